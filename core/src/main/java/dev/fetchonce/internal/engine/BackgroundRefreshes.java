package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.SelfJoinException;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The flights without waiters: each renews a response that is about to go stale or has just gone stale. Their number
 * is bounded. A flight above the bound does not start; the next caller tries again. This class holds no flight, so a
 * flight that has ended can be collected. Thread-safe.
 */
final class BackgroundRefreshes {
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final AtomicInteger places;

    BackgroundRefreshes(FlightTable<FlightKey, FlightOutcome> flights, int most) {
        this.flights = flights;
        this.places = new AtomicInteger(most);
    }

    /**
     * Starts a flight for the key, unless one is up or the bound is reached.
     *
     * @param fetch makes the work of the flight; the work must run its argument when the flight has ended
     */
    void launch(FlightKey key, Function<Runnable, Fetch> fetch) {
        if (flights.isJoinable(key) || places.getAndUpdate(free -> Math.max(0, free - 1)) == 0) {
            return;
        }
        Place place = new Place();
        boolean launched = false;
        try {
            Fetch mine = fetch.apply(place);
            Flight<FlightOutcome> flight = flights.fly(key, mine);
            launched = flight.isFor(mine);
            if (launched) {
                flights.leaveToBackground(flight);
            } else {
                flights.leaveAlone(flight); // the flight has waiters, or is in the background already
            }
        } catch (TooManyWaitersException | SelfJoinException e) {
            // a flight with many waiters, or of this very thread, fetches it already
        } finally {
            if (!launched) {
                place.run();
            }
        }
    }

    /** One place below the bound, taken until it is given back. */
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
