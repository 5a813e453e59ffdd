package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Optional;

/**
 * A stored response. Immutable, except for the values decoded from it.
 *
 * @param target the URL of the response
 * @param forms the body and the values decoded from it; a 304 keeps them
 * @param tag the entity tag, if it has one
 * @param modified when it was last modified, if the origin said so
 * @param freshUntil until when it is fresh, by {@link System#nanoTime()}
 * @param usableUntil until when it may stand in after a failure, by {@link System#nanoTime()}
 */
record Entry(
        TargetUri target,
        Forms forms,
        Optional<String> tag,
        Optional<String> modified,
        long freshUntil,
        long usableUntil) {
    /**
     * The bytes that an entry takes besides its key, body and values: the entry, its node, two field values and a URI.
     */
    private static final int OVERHEAD = 600;

    /**
     * Returns the entry of a response that arrives now with these fields.
     *
     * @param ttl how long it is fresh, in nanoseconds
     * @param ifError how long it may stand in after that, in nanoseconds
     */
    static Entry of(TargetUri target, Forms forms, HttpHeaders headers, long now, long ttl, long ifError) {
        return new Entry(
                target,
                forms,
                headers.firstValue("etag"),
                headers.firstValue("last-modified"),
                now + ttl,
                now + ttl + ifError);
    }

    /** Returns this entry as a 304 with these fields renews it. The other parameters are those of {@link #of}. */
    Entry renewed(HttpHeaders headers, long now, long ttl, long ifError) {
        Entry told = of(target, forms, headers, now, ttl, ifError);
        return new Entry(
                target,
                forms,
                told.tag.or(() -> tag),
                told.modified.or(() -> modified),
                told.freshUntil,
                told.usableUntil);
    }

    /**
     * Reports whether a 304 with these fields can speak of this entry. Servers weaken tags, so the comparison is weak.
     */
    boolean confirmedBy(HttpHeaders headers) {
        Optional<String> theirs = headers.firstValue("etag");
        return theirs.isEmpty() || tag.isEmpty() || opaque(theirs.get()).equals(opaque(tag.get()));
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /** Reports whether the entry has a validator. */
    boolean validatable() {
        return tag.isPresent() || modified.isPresent();
    }

    /** Adds the conditions that ask whether the entry still holds. */
    void conditions(HttpRequest.Builder request) {
        tag.ifPresent(text -> request.header("If-None-Match", text));
        modified.ifPresent(date -> request.header("If-Modified-Since", date));
    }

    boolean fresh(long now) {
        return now - freshUntil < 0;
    }

    /** Reports whether the entry may stand in after a failure. */
    boolean usable(long now) {
        return now - usableUntil < 0;
    }

    /** Returns an estimate of the heap that the entry takes under this key, in bytes. */
    int weight(String url) {
        return (int) Math.min(OVERHEAD + 4L * url.length() + forms.weight(), Integer.MAX_VALUE);
    }
}
