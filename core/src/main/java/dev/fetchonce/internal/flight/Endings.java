package dev.fetchonce.internal.flight;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;

/**
 * The ways in which a flight ends other than by itself: it hung, nobody waits for it, its table is closed, or it could not
 * start. Each publishes that, unless the flight was detached, takes it out of the table and lets its waiters go. Several
 * threads may end the same flight at once; the first one counts. Thread-safe.
 *
 * @param <V> what a flight brings
 */
final class Endings<V> {
    private final ConcurrentMap<?, Flight<V>> flights;
    private final Steps steps;

    /**
     * Makes the endings of one table.
     *
     * @param flights those that can be joined
     */
    Endings(ConcurrentMap<?, Flight<V>> flights, Steps steps) {
        this.flights = flights;
        this.steps = steps;
    }

    /** Retires a flight that is past its deadline and a second more; says whether it is. */
    boolean retiredIfHung(Flight<V> flight) {
        if (flight.untilRetired() > 0 || flight.isDone()) {
            return false;
        }
        end(flight, new TimeoutException("hung"));
        flight.callOff();
        return true;
    }

    /** Takes a flight that hung, or that is late, out of the reach of those who might join it; says whether it is one. */
    boolean outOfReach(Flight<V> flight, Duration usual) {
        boolean late = flight.late(usual);
        if (late) {
            flights.remove(flight.key(), flight); // it goes on for those aboard, and lands
        }
        return late || retiredIfHung(flight);
    }

    /** Takes one off those who wait; the last one who leaves a flight that queues ends it. */
    void abandon(Flight<V> flight) {
        steps.at("abandon");
        if (flight.boarding().leave()) {
            end(flight, new InterruptedException("nobody waits"));
            flight.callOff();
        }
    }

    /** Ends a flight whose table is closed; its thread is called off by who closes. */
    void close(Flight<V> flight) {
        flight.detach();
        end(flight, new CancellationException("closed"));
    }

    void end(Flight<V> flight, Throwable why) {
        if (flight.isDone()) {
            return; // and so has left the table
        }
        try {
            Landing<V> landing = flight.work().lost(why);
            steps.at("withdraw");
            boolean withdrawn = flight.withdraw(landing.publication());
            steps.at("leave");
            flights.remove(flight.key(), flight);
            steps.at("let go");
            flight.land(landing.value());
            if (withdrawn) {
                landing.afterwards().run();
            }
        } catch (Throwable e) {
            flights.remove(flight.key(), flight);
            flight.fail(e);
        }
    }
}
