package dev.fetchonce.internal.flight;

/**
 * The result of a flight: a value, and the actions that follow from it.
 *
 * @param value the value for every waiter
 * @param publication the action that makes the result visible to later callers (a store, a backoff). It runs before the
 *     flight leaves the table, under the flight's lock. It does not run when the flight was detached. It must be short
 *     and call no code of the application but its clock.
 * @param afterwards the action for which no waiter waits (logging). It runs after the release of the waiters, on the thread that has ended the flight.
 * @param <V> the value of a flight
 */
public record FlightResult<V>(V value, Runnable publication, Runnable afterwards) {
    /** Returns a result that has a value and no actions. */
    public static <V> FlightResult<V> of(V value) {
        return new FlightResult<>(value, () -> {}, () -> {});
    }
}
