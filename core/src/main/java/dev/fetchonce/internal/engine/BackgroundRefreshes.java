package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.SelfJoinException;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Flights for which nobody waits: what is about to go stale, or has just gone, is renewed. Bounded in number; one too many
 * is not started, and the next caller tries again. It holds no flight, so one that has ended can be collected. Thread-safe.
 */
final class BackgroundRefreshes {
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final AtomicInteger places;

    BackgroundRefreshes(FlightTable<FlightKey, FlightOutcome> flights, int most) {
        this.flights = flights;
        this.places = new AtomicInteger(most);
    }

    /**
     * Starts a flight for that key, unless one is up or as many as may be.
     *
     * @param fetch makes its work, which must run what it is given when its flight has ended
     */
    void launch(FlightKey key, Function<Runnable, Fetch> fetch) {
        if (flights.isUp(key) || places.getAndUpdate(free -> Math.max(0, free - 1)) == 0) {
            return;
        }
        Place place = new Place();
        boolean launched = false;
        try {
            Fetch mine = fetch.apply(place);
            Flight<FlightOutcome> flight = flights.fly(key, mine);
            launched = flight.does(mine);
            if (launched) {
                flights.leaveToBackground(flight);
            } else {
                flights.leaveAlone(flight); // it has waiters of its own, or is in the background already
            }
        } catch (TooManyWaitersException | SelfJoinException e) {
            // it is being fetched, by many or by the very thread that asks
        } finally {
            if (!launched) {
                place.run();
            }
        }
    }

    /** One of the places, taken until it is given back. */
    private final class Place implements Runnable {
        private final AtomicBoolean taken = new AtomicBoolean(true);

        @Override
        public void run() {
            if (taken.getAndSet(false)) {
                places.incrementAndGet();
            }
        }
    }
}
