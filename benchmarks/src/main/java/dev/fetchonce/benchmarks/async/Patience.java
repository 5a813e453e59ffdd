package dev.fetchonce.benchmarks.async;

import java.util.OptionalLong;

/**
 * How long a caller waits, and who sees to it: one alarm for each flight, set for the first of those who wait, as they come
 * in the order in which their patience ends. Thread-safe.
 *
 * @param nanos how long
 */
record Patience(long nanos, Machinery machinery) {
    /** Alarms come no closer together than this: a crowd that came within a moment is let go in a few steps. */
    private static final long STEP = 500_000;

    /** When the patience of a caller ends that comes now, by {@link System#nanoTime()}. */
    long deadline(long now) {
        return now + nanos;
    }

    /** Watches over those who wait for a flight, from its beginning to its end. */
    void watch(Flight flight) {
        set(flight, nanos);
    }

    private void set(Flight flight, long after) {
        flight.alarmed(machinery.after(after, () -> look(flight)));
    }

    private void look(Flight flight) {
        OptionalLong next = flight.dismiss(System.nanoTime());
        if (!flight.ended()) {
            // Where nobody waits somebody may still come, and has all of his patience then.
            set(flight, Math.max(STEP, next.orElse(nanos)));
        }
    }
}
