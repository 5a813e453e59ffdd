package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The set of the flights that are aloft: the flight's thread may run or may yet start, or one of its waiters still
 * sleeps. A flight counts whether callers can join it or not. Thread-safe.
 *
 * @param <V> the value of a flight
 */
final class RunningFlights<V> {
    private final ConcurrentHashMap<Thread, Flight<V>> flights = new ConcurrentHashMap<>();
    private final ProtocolSteps steps;
    private final UnexpectedErrors unforeseen;

    RunningFlights(ProtocolSteps steps, UnexpectedErrors unforeseen) {
        this.steps = steps;
        this.unforeseen = unforeseen;
    }

    /**
     * Adds a flight. The leader calls it before the start of the thread, so that a close and the watchdog see the
     * flight.
     */
    void enter(FlightThread<V> pilot, Flight<V> flight) {
        flight.pilotedBy(pilot);
        flights.put(pilot.thread(), flight);
    }

    /**
     * Removes a flight that is over. A flight with a waiter that could not be woken stays until the watchdog has woken
     * it.
     */
    void leave(Flight<V> flight) {
        FlightThread<V> pilot = flight.pilot();
        if (pilot != null && flight.awake() && pilot.over()) {
            flights.remove(pilot.thread());
        }
    }

    /** Returns the flight of the current thread, or null where the thread is not that of a flight. */
    @Nullable
    Flight<V> mine() {
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
                unforeseen.met(e);
            }
        }
    }

    /** Returns the flights that are aloft now, in any order; weakly consistent. */
    Iterable<Flight<V>> all() {
        return steps.ordered(flights);
    }

    /** Calls the action for each flight that may still publish a value; weakly consistent. */
    void eachUp(Consumer<Flight<V>> action) {
        for (Flight<V> flight : flights.values()) {
            if (flight.up()) {
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
     * Waits until all flights that are aloft now have left, except the flight of the current thread. A flight whose
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
