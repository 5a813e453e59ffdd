package dev.fetchonce.internal.http;

import dev.fetchonce.internal.flight.Memo;
import dev.fetchonce.internal.json.JsonBinder;
import java.lang.reflect.Type;

/**
 * The body of a stored response and the values decoded from it (RFC 9110 §8). A validation keeps it: the renewed response
 * has the very same decoded values. Thread-safe.
 *
 * @param body the bytes as they came; never handed out and never written
 * @param contentType the value of the Content-Type field, or empty
 * @param forms the values decoded so far, by type
 */
public record Representation(byte[] body, String contentType, Memo<Type, Object> forms) {
    /** A body from which nothing has been decoded. */
    public Representation(byte[] body, String contentType) {
        this(body, contentType, new Memo<>());
    }

    /** An estimate of the heap that body and decoded values take, in bytes. */
    long weight() {
        long[] weight = {body.length};
        forms.forEach((type, value) -> weight[0] += JsonBinder.weight(body.length, type));
        return weight[0];
    }
}
