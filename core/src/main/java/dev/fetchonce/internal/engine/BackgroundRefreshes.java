package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.SelfJoinException;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The flights without waiters: each renews a response that is about to go stale or has just gone stale. Their number
 * is bounded. A flight above the bound does not start; the next caller tries again. This class holds no flight, so a
 * flight that has ended can be collected. Thread-safe.
 */
final class BackgroundRefreshes {
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final Fetch.Factory fetches;
    private final Duration longest;
    private final AtomicInteger places;

    /**
     * Makes the refreshes of one cache.
     *
     * @param longest the longest duration of an exchange
     * @param most the bound on the number of such flights
     */
    BackgroundRefreshes(
            FlightTable<FlightKey, FlightOutcome> flights, Fetch.Factory fetches, Duration longest, int most) {
        this.flights = flights;
        this.fetches = fetches;
        this.longest = longest;
        this.places = new AtomicInteger(most);
    }

    /**
     * Starts a flight that renews a stored response, unless one is up for its key or the bound is reached.
     *
     * @param request the request of the caller that gets the stored response
     * @param lookup the entries stored for the request
     */
    void refresh(CacheRequest request, Lookup lookup, StoredResponse stored) {
        FlightKey key = lookup.flightKey(request, CallerKind.BACKGROUND);
        if (flights.isJoinable(key) || places.getAndUpdate(free -> Math.max(0, free - 1)) == 0) {
            return;
        }
        Place place = new Place();
        boolean launched = false;
        try {
            Fetch mine = fetches.fetch(request.inBackground(longest), key, stored, place);
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
