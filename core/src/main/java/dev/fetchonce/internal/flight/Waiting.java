package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The wait for the end of a flight. A waiter that finds the flight hung retires it. Thread-safe.
 *
 * @param <V> the value of a flight
 */
final class Waiting<V> {
    private final Duration exchange;
    private final FlightLifecycle<V> lifecycle;

    Waiting(Duration exchange, FlightLifecycle<V> lifecycle) {
        this.exchange = exchange;
        this.lifecycle = lifecycle;
    }

    V forEnd(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        // A flight may get its deadline during this wait, so no single sleep is longer than a running flight may take.
        long recheck = Deadline.nanosOf(exchange.plus(FlightTable.RETIRE_AFTER));
        for (; ; ) {
            long slice = Math.min(recheck, Math.max(flight.untilRetired(), 1));
            try {
                return flight.get(Math.min(patience.left(), slice), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!lifecycle.retiredIfHung(flight) && patience.passed()) {
                    throw e;
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("the work could not even describe its failure", e.getCause());
            }
        }
    }

    /** Waits for the predecessor of a flight, which must end before the flight sends. */
    void forPredecessor(Flight<V> flight) throws InterruptedException {
        Flight<V> predecessor = flight.predecessor();
        while (predecessor != null
                && predecessor.work().awaited()
                && !predecessor.isDone()
                && !predecessor.late(exchange)) {
            try {
                forEnd(predecessor, Deadline.after(exchange));
            } catch (TimeoutException e) {
                // the predecessor has sent: it lands, or it is retired in the end
            }
        }
        if (predecessor != null && !predecessor.isDone()) {
            predecessor.detach(); // it may last for ever, and must not land after this flight
        }
        flight.forgetPredecessor();
    }
}
