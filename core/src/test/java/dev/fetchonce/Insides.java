package dev.fetchonce;

import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.EngineInsides;

/** Access for the fixtures to the parts of a cache that only this package sees. */
public final class Insides {
    private Insides() {}

    /** Checks the invariants of a cache without calls in progress. */
    public static void check(HttpCache cache) {
        EngineInsides.check(cache.engine());
    }

    /** Returns the engine of a cache. */
    public static Engine engine(HttpCache cache) {
        return cache.engine();
    }

    /** Returns the number of flights that are up, for a closed cache too. */
    public static int fetchesInProgress(HttpCache cache) {
        return cache.engine().fetchesInProgress();
    }

    /** Returns the number of calls that the store did not answer. Each of them waits for a flight, or has waited. */
    public static long joined(HttpCache cache) {
        Engine engine = cache.engine();
        return engine.counters().misses() + engine.counters().collapsed();
    }
}
