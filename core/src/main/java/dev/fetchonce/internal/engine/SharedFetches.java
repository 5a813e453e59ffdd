package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.store.PassMarkers;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * The fetches that callers share: a caller joins the fetch for its request, or starts it, and waits for its outcome.
 * Thread-safe.
 */
final class SharedFetches {
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final Fetch.Factory fetches;
    private final PassMarkers passMarkers;
    private final Duration softTimeout;
    private final CacheClock clock;

    /**
     * Makes the fetches of one cache.
     *
     * @param softTimeout the time from the start of a fetch for which callers of the value API wait where a stale
     *     response could stand in
     */
    SharedFetches(
            FlightTable<FlightKey, FlightOutcome> flights,
            Fetch.Factory fetches,
            PassMarkers passMarkers,
            Duration softTimeout,
            CacheClock clock) {
        this.flights = flights;
        this.fetches = fetches;
        this.passMarkers = passMarkers;
        this.softTimeout = softTimeout;
        this.clock = clock;
    }

    /**
     * Makes the caller a waiter of a fetch for its request.
     *
     * @param lookup the entries that the caller found in the store
     * @param alone whether no other caller may join the fetch
     * @param now the time on the cache's monotonic clock
     * @throws TooManyWaitersException when the fetch has its maximum of waiters
     */
    FlightMembership join(CacheRequest request, Lookup lookup, boolean alone, long now) {
        FlightKey key = lookup.flightKey(request);
        Fetch fetch = fetches.fetch(request, key, lookup.standing(), () -> {});
        ForwardReason why = lookup.why(now);
        boolean afresh = request.afresh();
        // Earlier responses for a marked key were for one caller each.
        boolean marked = !afresh && passMarkers.marked(request.key().text(), now);
        Flight<FlightOutcome> flight = alone || marked
                ? flights.flyAlone(key, fetch)
                : afresh ? flights.flyAfresh(key, fetch) : flights.fly(key, fetch);
        if (request.wanted() != null) {
            flight.wish(request.wanted());
        }
        return new FlightMembership(flight, flight.isFor(fetch), lookup.standing(), why);
    }

    /**
     * Waits for the outcome. The caller waits only until the soft timeout of the fetch where a stale response is still at
     * hand then; the fetch goes on.
     *
     * @throws TimeoutException when the patience or the soft timeout of the caller has ended
     */
    FlightOutcome await(CacheRequest request, FlightMembership membership)
            throws InterruptedException, TimeoutException {
        try {
            return outcome(request, membership);
        } catch (InterruptedException | TimeoutException e) {
            membership.leave();
            throw e;
        }
    }

    private FlightOutcome outcome(CacheRequest request, FlightMembership membership)
            throws InterruptedException, TimeoutException {
        if (request.callerKind().leavesSlowFetches() && !request.afresh() && standsBy(request, membership)) {
            Deadline deadline = membership.flight().since().plus(softTimeout);
            if (deadline.left() < request.until().left()) {
                try {
                    return flights.awaitFor(membership.flight(), deadline);
                } catch (TimeoutException e) {
                    if (standsBy(request, membership)) {
                        flights.leaveToBackground(membership.flight());
                        throw e;
                    }
                }
            }
        }
        return membership.flight().work() instanceof RestOfBody rest
                ? rest(request, membership, rest)
                : flights.await(membership.flight(), request.until());
    }

    /** Returns whether a stale response is at hand. If a clock throws, the caller leaves the flight. */
    private boolean standsBy(CacheRequest request, FlightMembership membership) {
        try {
            return request.usable(membership.standingUnlessInvalidated(), clock.now()) != null;
        } catch (Throwable e) {
            flights.leaveAlone(membership.flight());
            throw e;
        }
    }

    /** Waits for a body that the leader reads, but no longer than the bound on such a wait. */
    private FlightOutcome rest(CacheRequest request, FlightMembership membership, RestOfBody rest)
            throws InterruptedException, TimeoutException {
        if (request.until().left() <= rest.shared().left()) {
            return flights.await(membership.flight(), request.until());
        }
        try {
            return flights.await(membership.flight(), rest.shared());
        } catch (TimeoutException e) {
            return new FlightOutcome.Outgrown(rest.status());
        }
    }

    /** Returns whether a fetch with this key can be joined. */
    boolean isJoinable(FlightKey key) {
        return flights.isJoinable(key);
    }

    /** Ends all fetches; returns whether their threads ended within the bound. Later fetches end at once. */
    boolean close(Duration bound) {
        return flights.close(bound);
    }
}
