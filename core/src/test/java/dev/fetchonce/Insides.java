package dev.fetchonce;

import dev.fetchonce.internal.engine.CacheCore;
import dev.fetchonce.internal.engine.EngineInsides;
import dev.fetchonce.internal.engine.Recorder;

/** Access for the fixtures to the parts of a cache that only this package sees. */
public final class Insides {
    private Insides() {}

    /** Checks the invariants of a cache without calls in progress. */
    public static void check(HttpCache cache) {
        EngineInsides.check(cache.core());
    }

    /** Returns the core of a cache. */
    public static CacheCore core(HttpCache cache) {
        return cache.core();
    }

    /** Returns the number of flights that are up, for a closed cache too. */
    public static int fetchesInProgress(HttpCache cache) {
        return cache.core().inspection().fetchesInProgress();
    }

    /** Returns the number of calls that the store did not answer. Each of them waits for a flight, or has waited. */
    public static long joined(HttpCache cache) {
        Recorder counts = cache.core().recorder();
        return counts.misses() + counts.collapsed();
    }
}
