package dev.fetchonce.internal.http;

import dev.fetchonce.internal.flight.Memo;
import dev.fetchonce.internal.json.JsonBinder;
import java.lang.reflect.Type;

/**
 * The body of a response and the values decoded from it (RFC 9110 §8). A validation keeps it: the renewed response has the
 * very same decoded values. Thread-safe.
 */
public final class Representation {
    private final byte[] body;
    private final String contentType;
    private final Memo<Type, Object> forms = new Memo<>();

    /**
     * A body from which nothing has been decoded.
     *
     * @param body the bytes as they came; they become this object's own
     * @param contentType the value of the Content-Type field, or empty
     */
    public Representation(byte[] body, String contentType) {
        this.body = body;
        this.contentType = contentType;
    }

    /** The very bytes: for reading only, and not to be handed to code of the application. */
    public byte[] body() {
        return body;
    }

    /** The value of the Content-Type field, or empty. */
    public String contentType() {
        return contentType;
    }

    /** The values decoded so far, by type. */
    public Memo<Type, Object> forms() {
        return forms;
    }

    /** An estimate of the heap that body and decoded values take, in bytes. */
    long weight() {
        long[] weight = {body.length};
        forms.forEach((type, value) -> weight[0] += JsonBinder.weight(body.length, type));
        return weight[0];
    }
}
