package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.concurrent.Memoizer;
import dev.fetchonce.internal.http.coding.AppliedCodings;
import dev.fetchonce.internal.http.coding.ContentCodings;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The received body of a response, and the values decoded from it (RFC 9110 §8). A validation keeps this object: the
 * renewed response has the very same decoded values. Thread-safe.
 */
public final class Representation {
    /** The heap of this object and of its array's header, in bytes. */
    private static final long OBJECTS = 32 + 16 + 4;

    private static final VarHandle FORMS = handle("forms", Memoizer.class);
    private static final VarHandle DECODED_WEIGHT = handle("decodedWeight", int.class);

    private final byte[] body;
    private final String contentType;
    private final AppliedCodings codings;

    /** Null until a caller requests a decoded value. */
    private volatile @Nullable Memoizer<Type, Object> forms;

    /** The heap of the values decoded so far, in bytes; -1 for a body whose codings the cache has not yet undone. */
    private volatile int decodedWeight;

    /**
     * Makes a representation without decoded values.
     *
     * @param body the received bytes, which this object takes over
     * @param headers the fields that describe them
     * @param codings the content codings that the cache can undo
     */
    public Representation(byte[] body, HttpHeaders headers, ContentCodings codings) {
        this.body = body;
        // One string for each distinct value: most responses of a cache share a few.
        List<String> types = headers.allValues("content-type"); // firstValue makes a stream
        this.contentType = types.isEmpty() ? "" : types.getFirst().intern();
        this.codings = codings.of(body.length == 0 ? List.of() : headers.allValues("content-encoding"));
        this.decodedWeight = coded() ? -1 : 0;
    }

    /** Returns a representation of other bytes that shares only the known codings with this one. */
    Representation holding(byte[] bytes, HttpHeaders headers) {
        return new Representation(bytes, headers, codings.codings());
    }

    /** Returns a representation without a body. */
    Representation emptied() {
        return holding(new byte[0], HttpHeaders.of(Map.of(), (name, value) -> true));
    }

    /** Returns the number of received bytes. */
    public int length() {
        return body.length;
    }

    /** Reports whether the received bytes have a content coding. */
    public boolean coded() {
        return !codings.names().isEmpty();
    }

    /**
     * Returns the content with its codings undone. Without codings the result is this object's own array: for reading
     * only, and not for code of the application. With codings it is an array of the caller's own, decoded anew.
     *
     * @throws ContentCodings.CodingException when the body does not decode, or decodes to too many bytes. A body that
     *     has decoded once always does
     */
    public byte[] content() throws ContentCodings.CodingException {
        if (!coded()) {
            return body;
        }
        byte[] content = codings.undone(body);
        decoded(0);
        return content;
    }

    /** Reports whether the body has codings and the cache knows all of them. */
    public boolean decodable() {
        return coded() && codings.understood();
    }

    /**
     * Returns why the known codings cannot be undone; null where they can. The cache must not keep a body for all
     * callers that no caller can read. A body that decodes to more than the limit is valid; its length concerns only a
     * caller that decodes it.
     */
    public ContentCodings.@Nullable CodingException damage() {
        ContentCodings.CodingException e = decodable() ? unreadable() : null;
        return e == null || e.tooLarge() ? null : e;
    }

    /**
     * Returns why the content is not available: the body has {@link #damage}, has an unknown coding, or decodes to more
     * than the limit. Null where the content is available. A body that has decoded once is not decoded again.
     */
    public ContentCodings.@Nullable CodingException unreadable() {
        if (!coded() || decodedWeight >= 0) {
            return null;
        }
        try {
            content();
            return null;
        } catch (ContentCodings.CodingException e) {
            return e;
        }
    }

    /** Reports whether the body has {@link #damage}, as far as the built-in decoders can show it. */
    public boolean plainlyDamaged() {
        return codings.builtIn() && damage() != null;
    }

    /**
     * Returns the received bytes themselves, for reading only: code of the application gets them only in a read-only
     * form.
     */
    public byte[] wire() {
        return body;
    }

    /** Returns the value of the Content-Type field, or an empty string. */
    public String contentType() {
        return contentType;
    }

    /** Reports whether the Content-Type is a JSON type (RFC 8259 §11, RFC 6839 §3.1). */
    public boolean saysJson() {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }

    /** Returns the decoded values by type, to which later calls add. */
    public Memoizer<Type, Object> forms() {
        Memoizer<Type, Object> made = forms;
        if (made == null) {
            FORMS.compareAndSet(this, null, new Memoizer<Type, Object>());
            made = Objects.requireNonNull(forms);
        }
        return made;
    }

    /** Returns the decoded value of this type, or null before it is decoded. Allocates nothing. */
    public @Nullable Object known(Type type) {
        Memoizer<Type, Object> made = forms;
        return made == null ? null : made.peek(type);
    }

    /**
     * Adds the heap of a newly decoded value to the weight.
     *
     * @param bytes zero or more
     */
    public void decoded(long bytes) {
        int before;
        int after;
        do {
            before = decodedWeight;
            after = (int) Math.min(Integer.MAX_VALUE, Math.max(0, before) + bytes);
        } while (before != after && !DECODED_WEIGHT.compareAndSet(this, before, after));
    }

    /** Returns the types of the values decoded so far. */
    public Set<Type> types() {
        Set<Type> types = new LinkedHashSet<>();
        Memoizer<Type, Object> made = forms;
        if (made != null) {
            made.forEach((type, value) -> types.add(type));
        }
        return types;
    }

    /** Returns an estimate of the heap of the body and the decoded values, in bytes. */
    long weight() {
        return OBJECTS + body.length + Math.max(0, decodedWeight);
    }

    private static VarHandle handle(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Representation.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a field of this very class is missing", e);
        }
    }
}
