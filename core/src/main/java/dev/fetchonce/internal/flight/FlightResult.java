package dev.fetchonce.internal.flight;

/**
 * How a flight ends.
 *
 * @param value what every waiter gets
 * @param publication what makes the result visible to later callers (a store, a gate); runs before the flight leaves the
 *     table, under the flight's lock, and not at all when the flight was detached. It must be short and call no user
 *     code.
 * @param afterwards what nobody waits for (logging, tiers, subscribers); runs on the flight's thread after the waiters
 *     were let go
 * @param <V> what a flight brings
 */
public record FlightResult<V>(V value, Runnable publication, Runnable afterwards) {
    /** Returns one that brings a value and does nothing else. */
    static <V> FlightResult<V> of(V value) {
        return new FlightResult<>(value, () -> {}, () -> {});
    }
}
