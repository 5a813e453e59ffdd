package dev.fetchonce.internal.http;

import dev.fetchonce.internal.flight.Memo;
import dev.fetchonce.internal.json.JsonBinder;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The body of a response as it came, and the values decoded from it (RFC 9110 §8). A validation keeps it: the renewed
 * response has the very same decoded values. Thread-safe.
 */
public final class Representation {
    private final byte[] body;
    private final String contentType;
    private final List<String> applied;
    private final ContentCodings codings;
    private final Memo<Type, Object> forms = new Memo<>();

    /** How long the content was when it was decoded last; written by whoever decodes it, always to the same value. */
    private volatile int contentLength;

    /**
     * A body from which nothing has been decoded.
     *
     * @param body the bytes as they came; they become this object's own
     * @param headers the fields that describe them
     * @param codings what undoes their content codings
     */
    public Representation(byte[] body, HttpHeaders headers, ContentCodings codings) {
        this.body = body;
        this.contentType = headers.firstValue("content-type").orElse("");
        this.applied = body.length == 0 ? List.of() : ContentCodings.applied(headers.allValues("content-encoding"));
        this.codings = codings;
        this.contentLength = body.length;
    }

    /** A representation that has nothing but its codings from this one. */
    Representation holding(byte[] bytes, HttpHeaders headers) {
        return new Representation(bytes, headers, codings);
    }

    /** A representation without a body. */
    Representation emptied() {
        return holding(new byte[0], HttpHeaders.of(Map.of(), (name, value) -> true));
    }

    /** The number of bytes that came. */
    public int length() {
        return body.length;
    }

    /** Whether the content has to be decoded from the bytes that came. */
    public boolean coded() {
        return !applied.isEmpty();
    }

    /**
     * The content, its codings undone. Where there are none, the very bytes: for reading only, and not to be handed to
     * code of the application. Otherwise an array of the caller's own, decoded anew.
     *
     * @throws ContentCodings.CodingException when it does not decode, or decodes to too much. What decoded once always does
     */
    public byte[] content() throws ContentCodings.CodingException {
        if (!coded()) {
            return body;
        }
        byte[] content = codings.decode(body, applied);
        contentLength = content.length;
        return content;
    }

    /** Whether its codings are understood and cannot be undone: what cannot be read by all must not be kept for them. */
    public boolean damaged() {
        if (!coded() || !codings.understands(applied)) {
            return false;
        }
        try {
            content();
            return false;
        } catch (ContentCodings.CodingException e) {
            return true;
        }
    }

    /** The very bytes that came, for reading only: never to be handed to code of the application but read-only. */
    public byte[] wire() {
        return body;
    }

    /** The value of the Content-Type field, or empty. */
    public String contentType() {
        return contentType;
    }

    /** Whether its Content-Type says that it is JSON (RFC 8259 §11, RFC 6839 §3.1). */
    public boolean saysJson() {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }

    /** The values decoded so far, by type. */
    public Memo<Type, Object> forms() {
        return forms;
    }

    /** An estimate of the heap that body and decoded values take, in bytes. */
    long weight() {
        long[] weight = {body.length};
        forms.forEach((type, value) -> weight[0] += JsonBinder.weight(contentLength, type));
        return weight[0];
    }
}
