package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The waits for the end of a flight, and its ends from outside. A flight is ended from outside when it hung, lost its
 * last waiter or could not start, or when its table is closed. Each end publishes the failure, unless the flight was detached, removes the flight from the table and releases its
 * waiters. Each of these steps runs even where an earlier one throws. Several threads may end one flight at once; the
 * first end counts. Thread-safe.
 *
 * @param <V> the value of a flight
 */
final class FlightLifecycle<V> {
    private final ConcurrentMap<?, Flight<V>> flights;
    private final Duration exchangeTime;

    /** The longest sleep of a waiter: a flight may get its deadline during the sleep. */
    private final long longestSleep;

    private final ProtocolSteps steps;
    private final UnexpectedErrors unexpectedErrors;

    /**
     * Makes the lifecycle of one table.
     *
     * @param flights the flights that callers can join
     * @param exchange the longest time of a flight before it queues, and again once it runs
     */
    FlightLifecycle(
            ConcurrentMap<?, Flight<V>> flights,
            Duration exchange,
            ProtocolSteps steps,
            UnexpectedErrors unexpectedErrors) {
        this.flights = flights;
        this.exchangeTime = exchange;
        this.longestSleep = Deadline.nanosOf(exchange.plus(FlightTable.RETIRE_AFTER));
        this.steps = steps;
        this.unexpectedErrors = unexpectedErrors;
    }

    /** Retires a flight whose deadline passed a second ago or earlier. Returns whether it was such a flight. */
    boolean retireIfHung(Flight<V> flight) {
        if (flight.untilRetired() > 0 || flight.isDone()) {
            return false;
        }
        StackHeadroom.require();
        end(flight, new TimeoutException("hung"));
        flight.callOff();
        return true;
    }

    /** Removes a flight that hung, is late or was detached from the table. Returns whether it was such a flight. */
    boolean removeIfOutOfReach(Flight<V> flight) {
        boolean gone = flight.late(exchangeTime) || flight.detached();
        if (gone) {
            flights.remove(flight.key(), flight); // its waiters stay, and it lands
        }
        return gone || retireIfHung(flight);
    }

    /**
     * Removes one waiter. The last waiter that leaves a queued flight ends it; for a running flight
     * {@link AbandonPolicy} decides.
     */
    void abandon(Flight<V> flight) {
        steps.at("abandon");
        if (!flight.isDone() && flight.waiterCount().leave()) {
            StackHeadroom.require(); // where this throws, the flight ends at its turn
            end(flight, new InterruptedException("the last waiter has left"));
            flight.callOff();
        }
    }

    /** Ends a flight whose table is closed. The caller that closes the table calls the flight's thread off. */
    void close(Flight<V> flight) {
        StackHeadroom.require();
        flight.detach();
        end(flight, new CancellationException("closed"));
    }

    /** Ends a flight, unless it has ended. Throws nothing, as its caller has other flights to look after. */
    void end(Flight<V> flight, Throwable why) {
        if (flight.isDone()) {
            return; // an ended flight has left the table
        }
        flight.detachPredecessors();
        try {
            end(flight, flight.work().describeFailure(why));
        } catch (Throwable e) {
            unexpectedErrors.add(e);
            flights.remove(flight.key(), flight);
            fail(flight, e);
        }
    }

    private void end(Flight<V> flight, FlightResult<V> landing) {
        boolean publishedInstead = false;
        try {
            steps.at("withdraw");
            publishedInstead = flight.publishInstead(landing.publication());
        } finally {
            try {
                steps.at("leave");
                flights.remove(flight.key(), flight);
                steps.at("let go");
                flight.complete(landing.value());
            } finally {
                if (publishedInstead) {
                    landing.afterwards().run();
                }
            }
        }
    }

    private void fail(Flight<V> flight, Throwable why) {
        try {
            flight.fail(why);
        } catch (Throwable e) {
            unexpectedErrors.add(e);
        }
    }

    /**
     * Waits for the end of a flight. A waiter that finds the flight hung retires it.
     *
     * @throws TimeoutException when the patience ended first
     */
    V awaitEnd(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        for (; ; ) {
            long slice = Math.min(longestSleep, Math.max(flight.untilRetired(), 1));
            try {
                return flight.get(Math.min(patience.left(), slice), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!retireIfHung(flight) && patience.passed()) {
                    throw e;
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("the work could not even describe its failure", e.getCause());
            }
        }
    }

    /** Waits for the predecessor of a flight, which must end before the flight sends. */
    void awaitPredecessor(Flight<V> flight) throws InterruptedException {
        Flight<V> predecessor = flight.predecessor();
        while (predecessor != null
                && predecessor.work().awaited()
                && !predecessor.isDone()
                && !predecessor.late(exchangeTime)) {
            try {
                awaitEnd(predecessor, Deadline.after(exchangeTime));
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
