package dev.fetchonce.benchmarks.async;

import java.util.OptionalLong;

/**
 * The patience of callers. One alarm for each flight is set for its first waiter, because waiters come in the order in
 * which their patience ends. Thread-safe.
 *
 * @param nanos how long a caller waits
 */
record Patience(long nanos, Machinery machinery) {
    /** The shortest time between two alarms. A crowd that came within a moment is let go in a few steps. */
    private static final long STEP = 500_000;

    /** Returns when the patience of a caller that comes now ends, by {@link System#nanoTime()}. */
    long deadline(long now) {
        return now + nanos;
    }

    /** Watches over the waiters of a flight until it ends. */
    void watch(Flight flight) {
        set(flight, nanos);
    }

    private void set(Flight flight, long after) {
        flight.alarmed(machinery.after(after, () -> look(flight)));
    }

    private void look(Flight flight) {
        OptionalLong next = flight.dismiss(System.nanoTime());
        if (!flight.ended()) {
            // A flight without waiters may still get one, with its full patience.
            set(flight, Math.max(STEP, next.orElse(nanos)));
        }
    }
}
