package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Optional;

/**
 * What is stored for a URL. Immutable but for what is decoded from it.
 *
 * @param target what was asked for
 * @param forms the body and what was decoded from it; a 304 keeps them
 * @param tag the entity tag, if it has one
 * @param modified when it was last modified, if that was said
 * @param freshUntil until when it is fresh, by {@link System#nanoTime()}
 * @param usableUntil until when it may stand in for an answer that cannot be had, likewise
 */
record Entry(
        TargetUri target,
        Forms forms,
        Optional<String> tag,
        Optional<String> modified,
        long freshUntil,
        long usableUntil) {
    /** What an entry takes besides its key, body and values, in bytes: it, its node, two field values and a URI. */
    private static final int OVERHEAD = 600;

    /**
     * An answer with these fields, now.
     *
     * @param ttl how long it is fresh, in nanoseconds
     * @param ifError how long past that it may stand in, likewise
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

    /** The same once a 304 with these fields has confirmed it; the other parameters are those of {@link #of}. */
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

    /** Whether a 304 with these fields can speak of it: servers weaken tags, so they are compared weakly. */
    boolean confirmedBy(HttpHeaders headers) {
        Optional<String> theirs = headers.firstValue("etag");
        return theirs.isEmpty() || tag.isEmpty() || opaque(theirs.get()).equals(opaque(tag.get()));
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /** Whether it can be asked about. */
    boolean validatable() {
        return tag.isPresent() || modified.isPresent();
    }

    /** Asks whether it still holds. */
    void conditions(HttpRequest.Builder request) {
        tag.ifPresent(text -> request.header("If-None-Match", text));
        modified.ifPresent(date -> request.header("If-Modified-Since", date));
    }

    boolean fresh(long now) {
        return now - freshUntil < 0;
    }

    /** Whether it may stand in for an answer that cannot be had. */
    boolean usable(long now) {
        return now - usableUntil < 0;
    }

    /** An estimate of the heap it takes under such a key, in bytes. */
    int weight(String url) {
        return (int) Math.min(OVERHEAD + 4L * url.length() + forms.weight(), Integer.MAX_VALUE);
    }
}
