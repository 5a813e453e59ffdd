package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.HttpCache;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The knowledge of the callers about one URL in one cache, of all users: how often it was invalidated, and the oldest
 * version that may be there. Thread-safe.
 */
final class Shelf {
    private static final long UNDER_WAY = -1;

    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong floor = new AtomicLong(1);

    /** Returns the number of invalidations so far; negative while one is under way. */
    long drops() {
        long over = ended.get();
        return begun.get() == over ? over : UNDER_WAY;
    }

    /** Returns the oldest version that may answer a call that begins now. */
    long floor() {
        return floor.get();
    }

    /** Publishes a new version and invalidates the older ones. The floor rises only after the invalidation. */
    void invalidate(HttpCache cache, URI uri, Document document) {
        long version = document.publish();
        begun.incrementAndGet();
        cache.invalidate(uri);
        ended.incrementAndGet();
        floor.accumulateAndGet(version, Math::max);
    }
}
