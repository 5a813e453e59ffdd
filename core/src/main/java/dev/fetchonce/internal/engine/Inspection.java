package dev.fetchonce.internal.engine;

import dev.fetchonce.Served;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.OriginPermits;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.UrlSpellings;
import org.jspecify.annotations.Nullable;

/** The view of a cache from outside: it starts no flight, counts nothing and changes nothing. Thread-safe. */
public final class Inspection {
    private final MemoryStore store;
    private final Backoffs backoffs;
    private final UrlSpellings spellings;
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final OriginPermits permits;
    private final CacheClock clock;
    private final Responder responder;

    Inspection(
            MemoryStore store,
            Backoffs backoffs,
            UrlSpellings spellings,
            FlightTable<FlightKey, FlightOutcome> flights,
            OriginPermits permits,
            CacheClock clock,
            Responder responder) {
        this.store = store;
        this.backoffs = backoffs;
        this.spellings = spellings;
        this.flights = flights;
        this.permits = permits;
        this.clock = clock;
        this.responder = responder;
    }

    /** Returns the stored response for the request, fresh or stale, or else its seed; or null. */
    public Answer.@Nullable Response peek(CacheRequest request) {
        StoredResponse selected = Lookup.of(store, request).selected();
        boolean none = selected == null || selected.negative() || request.unreadable(selected) != null;
        StoredResponse stored = none ? request.seed() : selected;
        if (stored == null) {
            return null;
        }
        long now = clock.now();
        return responder.hit(request, stored, stored.fresh(now) ? Served.HIT : Served.STALE, now);
    }

    /** Returns the number of entries that were dropped for want of room, or because they had outlived every use. */
    public long evictions() {
        return store.evictions();
    }

    /** Returns the bytes taken by stored responses and by remembered spellings. */
    public long bytes() {
        return store.bytes() + spellings.bytes();
    }

    /** Returns the number of origins whose backoff forbids requests now. It walks the origins that have failed. */
    public int originsInBackoff() {
        return backoffs.originsHeld();
    }

    /** Returns the number of stored responses. */
    public long entries() {
        return store.entries();
    }

    /** Returns the number of flights that are up. */
    public int fetchesInProgress() {
        return flights.size();
    }

    /**
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants() {
        if (permits.origins() != 0) {
            throw new IllegalStateException("a permit was not given back");
        }
    }

    /** Returns the store, for the check of its own invariants. */
    MemoryStore store() {
        return store;
    }

    /** Returns the flights, for the check of their own invariants. */
    FlightTable<FlightKey, FlightOutcome> flights() {
        return flights;
    }
}
