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
 * The body of a response as it came, and the values decoded from it (RFC 9110 §8). A validation keeps it: the renewed
 * response has the very same decoded values. Thread-safe.
 */
public final class Representation {
    /** The heap that this object and the head of its array take, in bytes. */
    private static final long OBJECTS = 32 + 16 + 4;

    private static final VarHandle FORMS = handle("forms", Memoizer.class);
    private static final VarHandle DECODED_WEIGHT = handle("decodedWeight", int.class);

    private final byte[] body;
    private final String contentType;
    private final AppliedCodings codings;

    /** Null until somebody wants a value decoded. */
    private volatile @Nullable Memoizer<Type, Object> forms;

    /** What the values decoded so far take, in bytes; -1 where it has codings that nobody has undone yet. */
    private volatile int decodedWeight;

    /**
     * A body from which nothing has been decoded.
     *
     * @param body the bytes as they came; they become this object's own
     * @param headers the fields that describe them
     * @param codings what undoes their content codings
     */
    public Representation(byte[] body, HttpHeaders headers, ContentCodings codings) {
        this.body = body;
        // One string for each value that there is: most responses of a cache have the same.
        List<String> types = headers.allValues("content-type"); // firstValue makes a stream
        this.contentType = types.isEmpty() ? "" : types.getFirst().intern();
        this.codings = codings.of(body.length == 0 ? List.of() : headers.allValues("content-encoding"));
        this.decodedWeight = coded() ? -1 : 0;
    }

    /** A representation that has nothing but its codings from this one. */
    Representation holding(byte[] bytes, HttpHeaders headers) {
        return new Representation(bytes, headers, codings.codings());
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
        return !codings.none();
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
        byte[] content = codings.undone(body);
        decoded(0);
        return content;
    }

    /** Whether it has codings, and all of them are understood here. */
    public boolean decodable() {
        return coded() && codings.understood();
    }

    /**
     * Why its codings, which are understood, cannot be undone: what cannot be read by all must not be kept for them. Null where they
     * can. One that decodes to more than the limit is sound; its length is the affair of who decodes it.
     */
    public ContentCodings.@Nullable CodingException damage() {
        ContentCodings.CodingException e = decodable() ? unreadable() : null;
        return e == null || e.tooLarge() ? null : e;
    }

    /**
     * Why its content cannot be had: it has {@link #damage}, a coding that is not understood, or decodes to more than the limit.
     * Null where it can. What decoded once is not decoded again.
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

    /** Whether it has {@link #damage}, where that can be told without a decoder of the application's. */
    public boolean plainlyDamaged() {
        return codings.builtIn() && damage() != null;
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

    /** The values decoded so far, by type, and those to come. */
    public Memoizer<Type, Object> forms() {
        Memoizer<Type, Object> made = forms;
        if (made == null) {
            FORMS.compareAndSet(this, null, new Memoizer<Type, Object>());
            made = Objects.requireNonNull(forms);
        }
        return made;
    }

    /** The value of this type if it has been decoded, else null. Allocates nothing. */
    public @Nullable Object known(Type type) {
        Memoizer<Type, Object> made = forms;
        return made == null ? null : made.peek(type);
    }

    /**
     * Adds to its weight what a value takes that has just been decoded from it.
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

    /** The types of the values decoded so far. */
    public Set<Type> types() {
        Set<Type> types = new LinkedHashSet<>();
        Memoizer<Type, Object> made = forms;
        if (made != null) {
            made.forEach((type, value) -> types.add(type));
        }
        return types;
    }

    /** An estimate of the heap that body and decoded values take, in bytes. */
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
