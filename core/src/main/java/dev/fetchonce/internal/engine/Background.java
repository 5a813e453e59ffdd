package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.CrowdedException;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.SelfJoinException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Flights for which nobody waits: what is about to go stale, or has just gone, is renewed. Bounded in number; one too many
 * is not started, and the next caller tries again. Thread-safe.
 */
final class Background {
    private final FlightTable<FlightKey, Outcome> flights;
    private final AtomicInteger places;

    /** Those that were up when last looked at; their leaders never leave them, so that they are not given up in a queue. */
    private final Set<Flight<Outcome>> up = ConcurrentHashMap.newKeySet();

    Background(FlightTable<FlightKey, Outcome> flights, int most) {
        this.flights = flights;
        this.places = new AtomicInteger(most);
    }

    void launch(FlightKey key, Fetch fetch) {
        List<Flight<Outcome>> done = up.stream().filter(Flight::isDone).toList();
        done.stream().filter(up::remove).forEach(flight -> places.incrementAndGet());
        if (places.getAndUpdate(free -> Math.max(0, free - 1)) == 0) {
            return;
        }
        boolean launched = false;
        try {
            Flight<Outcome> flight = flights.fly(key, fetch);
            launched = flight.does(fetch) && up.add(flight);
            if (!launched) {
                flights.leaveAlone(flight); // somebody waits for that one, or it is in the background already
            }
        } catch (CrowdedException | SelfJoinException e) {
            // it is being fetched, by many or by the very thread that asks
        } finally {
            if (!launched) {
                places.incrementAndGet();
            }
        }
    }
}
