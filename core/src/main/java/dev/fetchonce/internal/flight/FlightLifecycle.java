package dev.fetchonce.internal.flight;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;

/**
 * The ways in which a flight ends other than by itself: it hung, nobody waits for it, its table is closed, or it could not
 * start. Each publishes that, unless the flight was detached, takes it out of the table and lets its waiters go, whatever
 * becomes of the step before. Several threads may end the same flight at once; the first one counts. Thread-safe.
 *
 * @param <V> what a flight brings
 */
final class FlightLifecycle<V> {
    private final ConcurrentMap<?, Flight<V>> flights;
    private final ProtocolSteps steps;
    private final UnexpectedErrors unforeseen;

    /**
     * Makes the endings of one table.
     *
     * @param flights those that can be joined
     */
    FlightLifecycle(ConcurrentMap<?, Flight<V>> flights, ProtocolSteps steps, UnexpectedErrors unforeseen) {
        this.flights = flights;
        this.steps = steps;
        this.unforeseen = unforeseen;
    }

    /** Retires a flight that is past its deadline and a second more; says whether it is. */
    boolean retiredIfHung(Flight<V> flight) {
        if (flight.untilRetired() > 0 || flight.isDone()) {
            return false;
        }
        StackHeadroom.require();
        end(flight, new TimeoutException("hung"));
        flight.callOff();
        return true;
    }

    /** Takes a flight that hung, is late or was detached out of the reach of those who might join it; says whether it is one. */
    boolean outOfReach(Flight<V> flight, Duration usual) {
        boolean gone = flight.late(usual) || flight.detached();
        if (gone) {
            flights.remove(flight.key(), flight); // it goes on for those aboard, and lands
        }
        return gone || retiredIfHung(flight);
    }

    /** Takes one off those who wait; the last one who leaves a flight that queues ends it. */
    void abandon(Flight<V> flight) {
        steps.at("abandon");
        if (!flight.isDone() && flight.boarding().leave()) {
            StackHeadroom.require(); // where there is none, what nobody waits for ends at its turn
            end(flight, new InterruptedException("nobody waits"));
            flight.callOff();
        }
    }

    /** Ends a flight whose table is closed; its thread is called off by who closes. */
    void close(Flight<V> flight) {
        StackHeadroom.require();
        flight.detach();
        end(flight, new CancellationException("closed"));
    }

    /** Ends a flight, if it has not ended. Throws nothing: whoever calls it has others to look after. */
    void end(Flight<V> flight, Throwable why) {
        if (flight.isDone()) {
            return; // and so has left the table
        }
        flight.overtake();
        try {
            end(flight, flight.work().describeFailure(why));
        } catch (Throwable e) {
            unforeseen.met(e);
            flights.remove(flight.key(), flight);
            fail(flight, e);
        }
    }

    private void end(Flight<V> flight, FlightResult<V> landing) {
        boolean withdrawn = false;
        try {
            steps.at("withdraw");
            withdrawn = flight.withdraw(landing.publication());
        } finally {
            try {
                steps.at("leave");
                flights.remove(flight.key(), flight);
                steps.at("let go");
                flight.land(landing.value());
            } finally {
                if (withdrawn) {
                    landing.afterwards().run();
                }
            }
        }
    }

    private void fail(Flight<V> flight, Throwable why) {
        try {
            flight.fail(why);
        } catch (Throwable e) {
            unforeseen.met(e);
        }
    }
}
