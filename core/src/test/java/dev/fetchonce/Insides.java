package dev.fetchonce;

import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.EngineInsides;

/** What only this package can see of a cache, for the fixtures. */
public final class Insides {
    private Insides() {}

    /** Checks what must hold when no call is under way. */
    public static void check(HttpCache cache) {
        EngineInsides.check(cache.engine());
    }

    /** What is inside. */
    public static Engine engine(HttpCache cache) {
        return cache.engine();
    }

    /** How many flights are up, also of a closed cache. */
    public static int fetchesInProgress(HttpCache cache) {
        return cache.engine().fetchesInProgress();
    }

    /** Calls that have asked and were not answered from the store: each waits for a flight, or has waited. */
    public static long joined(HttpCache cache) {
        Engine engine = cache.engine();
        return engine.counters().misses() + engine.counters().collapsed();
    }
}
