package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A URL in one cache, as one user asks for it. Thread-safe. */
final class Target {
    private static final long NEVER = -2;

    private final HttpCache cache;
    private final URI uri;
    private final String user;
    private final Document document;
    private final Shelf shelf;
    private final Promise promise;
    private final MachineClock clock;
    private volatile long storedAt = NEVER;
    private volatile long freshAt;

    /**
     * Makes a target.
     *
     * @param user the value of Authorization; empty for callers without one
     * @param shelf shared by all users of the URL in this cache
     */
    Target(HttpCache cache, URI uri, String user, Document document, Shelf shelf, Promise promise, MachineClock clock) {
        this.cache = cache;
        this.uri = uri;
        this.user = user;
        this.document = document;
        this.shelf = shelf;
        this.promise = promise;
        this.clock = clock;
        this.freshAt = clock.nanos();
    }

    /** Returns the document at the URL. */
    Document document() {
        return document;
    }

    /** Returns the knowledge about the URL in this cache, of all users. */
    Shelf shelf() {
        return shelf;
    }

    /** Returns the promise of the cache. */
    Promise promise() {
        return promise;
    }

    /** Records that a call which began after so many {@link Shelf#drops} has an answer. It is stored, unless another followed. */
    void answered(long drops) {
        storedAt = drops;
    }

    /** Returns whether an answer must be stored, and must have been since there were so many {@link Shelf#drops}. */
    boolean stored(long drops) {
        return drops >= 0 && storedAt == drops && shelf.drops() == drops;
    }

    /** Records that a call got a fresh answer just now. */
    void fresh() {
        freshAt = clock.nanos();
    }

    /** Returns the time since the last fresh answer, or since the beginning. */
    Duration sinceFresh() {
        return clock.since(freshAt);
    }

    /** Gets the frozen tree. */
    JsonNode tree() throws FetchException, InterruptedException {
        return user.isEmpty() ? cache.get(uri.toString()) : fetch().json();
    }

    /** Gets the record. */
    Page page() throws FetchException, InterruptedException {
        return user.isEmpty() ? cache.get(uri.toString(), Page.class) : fetch().as(Page.class);
    }

    /** Fetches the response. */
    CachedResponse fetch() throws FetchException, InterruptedException {
        return user.isEmpty()
                ? cache.fetch(uri.toString())
                : cache.fetch(request().build());
    }

    /** Fetches the response with a patience of its own. */
    CachedResponse fetch(Duration timeout) throws FetchException, InterruptedException {
        return cache.fetch(request().timeout(timeout).build());
    }

    /** Refreshes the response from the origin. */
    CachedResponse refresh() throws FetchException, InterruptedException {
        return cache.refresh(request().build());
    }

    /** Returns the stored response, fresh or stale. */
    Optional<CachedResponse> peek() {
        return cache.peek(request().build());
    }

    /** Publishes a new version and invalidates the older ones. */
    void invalidate() {
        shelf.invalidate(cache, uri, document);
    }

    /** Ends the wait of the URL. */
    void retryNow() {
        cache.retryNow(uri);
    }

    /** Ends the waits of all URLs. */
    void retryAllNow() {
        cache.retryNow();
    }

    private HttpRequest.Builder request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return user.isEmpty() ? request : request.header("Authorization", user);
    }

    @Override
    public String toString() {
        return uri.getPath() + (user.isEmpty() ? "" : " for " + user);
    }
}
