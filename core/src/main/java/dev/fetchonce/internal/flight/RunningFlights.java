package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every flight whose thread may be running or may yet be started, or for which somebody still sleeps, whether it can still
 * be joined or not. Thread-safe.
 *
 * @param <V> what a flight brings
 */
final class RunningFlights<V> {
    private final ConcurrentHashMap<Thread, Flight<V>> flights = new ConcurrentHashMap<>();
    private final ProtocolSteps steps;
    private final UnexpectedErrors unforeseen;

    RunningFlights(ProtocolSteps steps, UnexpectedErrors unforeseen) {
        this.steps = steps;
        this.unforeseen = unforeseen;
    }

    /** Called before the thread is started, so that nobody overlooks it. */
    void enter(FlightThread<V> pilot, Flight<V> flight) {
        flight.pilotedBy(pilot);
        flights.put(pilot.thread(), flight);
    }

    /** Takes out a flight that is over. Where somebody cannot be woken it stays, until the watch has done that. */
    void leave(Flight<V> flight) {
        FlightThread<V> pilot = flight.pilot();
        if (pilot != null && flight.awake() && pilot.over()) {
            flights.remove(pilot.thread());
        }
    }

    /** The flight whose thread calls this, if a flight's thread does. */
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

    /** Has each look whether somebody's time has come, whatever the others meet. */
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

    /** The flights that are aloft now, in any order; weakly consistent. */
    Iterable<Flight<V>> all() {
        return steps.ordered(flights);
    }

    /** Calls back for each flight that may still bring something to be published; weakly consistent. */
    void eachUp(Consumer<Flight<V>> action) {
        for (Flight<V> flight : flights.values()) {
            if (flight.up()) {
                action.accept(flight);
            }
        }
    }

    /** Calls off all flights but that of the calling thread. */
    void callOffOthers() {
        flights.forEach((thread, flight) -> {
            if (thread != Thread.currentThread()) {
                flight.callOff();
            }
        });
    }

    /**
     * Waits until all flights but the caller's that are aloft now have left. One whose thread is not started counts as well:
     * it starts, or whoever calls it off takes it out.
     *
     * @return whether they left in time; false as well when the calling thread is interrupted, which stays pending
     */
    boolean awaitOthers(Deadline deadline) {
        List<Thread> others = new ArrayList<>(flights.keySet());
        others.remove(Thread.currentThread());
        boolean interrupted =
                Thread.interrupted(); // on entering: the flights were ended all the same, so look after them
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
