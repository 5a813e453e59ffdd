package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.SelfJoinException;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The flights without waiters. A refresh renews a response that is about to go stale or has just gone stale; the number
 * of refreshes is bounded, and the next caller tries again. A probe looks whether an origin in trouble works again; the
 * backoffs and the permits bound the probes. This class holds no flight, so a flight that has ended can be collected.
 * Thread-safe.
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
            launched = launch(key, request, stored, place);
        } finally {
            if (!launched) {
                place.run();
            }
        }
    }

    /**
     * Starts a flight that looks whether the origin works again, unless one is up for its key.
     *
     * @param request the request of the caller that gets the stale response
     * @param lookup the entries stored for the request
     */
    void probe(CacheRequest request, Lookup lookup) {
        FlightKey key = lookup.flightKey(request, CallerKind.BACKGROUND);
        if (!flights.isJoinable(key)) {
            launch(key, request, lookup.standing(), () -> {});
        }
    }

    /** Launches a flight in the background; returns whether it is up and no caller waits for it. */
    private boolean launch(FlightKey key, CacheRequest request, @Nullable StoredResponse stored, Runnable atEnd) {
        try {
            Fetch mine = fetches.fetch(request.inBackground(longest), key, stored, atEnd);
            Flight<FlightOutcome> flight = flights.fly(key, mine);
            if (flight.isFor(mine)) {
                flights.leaveToBackground(flight);
                return true;
            }
            flights.leaveAlone(flight); // the flight has waiters, or is in the background already
        } catch (TooManyWaitersException | SelfJoinException e) {
            // a flight with many waiters, or of this very thread, fetches it already
        }
        return false;
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
