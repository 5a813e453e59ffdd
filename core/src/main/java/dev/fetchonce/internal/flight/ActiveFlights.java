package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The set of the flights that are active: the flight's thread may run or may yet start, or one of its waiters still
 * sleeps. A flight counts whether callers can join it or not. Thread-safe.
 *
 * @param <V> the value of a flight
 */
final class ActiveFlights<V> {
    private final ConcurrentHashMap<Thread, Flight<V>> flights = new ConcurrentHashMap<>();
    private final ProtocolSteps steps;
    private final UnexpectedErrors unexpectedErrors;

    ActiveFlights(ProtocolSteps steps, UnexpectedErrors unexpectedErrors) {
        this.steps = steps;
        this.unexpectedErrors = unexpectedErrors;
    }

    /**
     * Adds a flight. The leader calls it before the start of the thread, so that a close and the watchdog see the
     * flight.
     */
    void enter(FlightThread<V> flightThread, Flight<V> flight) {
        flight.setFlightThread(flightThread);
        flights.put(flightThread.thread(), flight);
    }

    /**
     * Removes a flight that is over. A flight with a waiter that could not be woken stays until the watchdog has woken
     * it.
     */
    void leave(Flight<V> flight) {
        FlightThread<V> flightThread = flight.flightThread();
        if (flightThread != null && flight.awake() && flightThread.over()) {
            flights.remove(flightThread.thread());
        }
    }

    /** Returns the flight of the current thread, or null where the thread is not that of a flight. */
    @Nullable
    Flight<V> current() {
        return flights.get(Thread.currentThread());
    }

    boolean has(Flight<V> flight) {
        return flights.containsValue(flight);
    }

    int size() {
        return flights.size();
    }

    /** Calls {@link Flight#look} of each flight; a throwable of one flight does not affect the others. */
    void look(long now) {
        for (Flight<V> flight : flights.values()) {
            try {
                flight.look(now);
                leave(flight);
            } catch (Throwable e) {
                unexpectedErrors.add(e);
            }
        }
    }

    /** Returns the flights that are active now, in any order; weakly consistent. */
    Iterable<Flight<V>> all() {
        return steps.ordered(flights);
    }

    /** Calls the action for each flight that may still publish a value; weakly consistent. */
    void forEachThatMayPublish(Consumer<Flight<V>> action) {
        for (Flight<V> flight : flights.values()) {
            if (flight.mayPublish()) {
                action.accept(flight);
            }
        }
    }

    /** Calls off all flights except the flight of the current thread. */
    void callOffOthers() {
        flights.forEach((thread, flight) -> {
            if (thread != Thread.currentThread()) {
                flight.callOff();
            }
        });
    }

    /**
     * Waits until all flights that are active now have left, except the flight of the current thread. A flight whose
     * thread has not started counts as well: either its thread starts, or the call that calls it off removes it.
     *
     * @return whether they left in time; false as well when the current thread is interrupted, whose interrupt stays
     *     pending
     */
    boolean awaitOthers(Deadline deadline) {
        List<Thread> others = new ArrayList<>(flights.keySet());
        others.remove(Thread.currentThread());
        boolean interrupted =
                Thread.interrupted(); // an earlier interrupt: the flights were ended all the same, so check them
        try {
            while (remain(others)) {
                if (deadline.passed()) {
                    return false;
                }
                steps.join(others.getFirst(), () -> !remain(others));
            }
            return true;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean remain(List<Thread> threads) {
        threads.removeIf(thread -> !flights.containsKey(thread));
        return !threads.isEmpty();
    }
}
