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
    private final CachePolicy policy;
    private final CacheClock clock;

    SharedFetches(
            FlightTable<FlightKey, FlightOutcome> flights,
            Fetch.Factory fetches,
            PassMarkers passMarkers,
            CachePolicy policy,
            CacheClock clock) {
        this.flights = flights;
        this.fetches = fetches;
        this.passMarkers = passMarkers;
        this.policy = policy;
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
        Fetch fetch = fetches.fetch(bounded(request, lookup, now), key, lookup.standing(), () -> {});
        ForwardReason why = lookup.why(now);
        boolean afresh = request.sinceCall();
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
     * Returns the request of the fetch that the caller may start. Where the caller would leave the fetch at its soft
     * timeout, the exchange must end by itself.
     */
    private CacheRequest bounded(CacheRequest request, Lookup lookup, long now) {
        if (request.softTimeout().isEmpty() || request.afresh()) {
            return request;
        }
        Duration longest = policy.longestAlone(request);
        return request.timeout().compareTo(longest) > 0 && request.usable(lookup.standing(), now) != null
                ? request.withTimeout(longest)
                : request;
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
        if (request.softTimeout().isPresent() && !request.afresh() && standsBy(request, membership)) {
            Deadline deadline =
                    membership.flight().since().plus(request.softTimeout().get());
            if (deadline.left() < longest(request, membership).left()) {
                try {
                    return flights.awaitFor(membership.flight(), deadline);
                } catch (TimeoutException e) {
                    if (standsBy(request, membership)) {
                        leaveSlow(membership.flight());
                        throw e;
                    }
                }
            }
        }
        return membership.flight().work() instanceof RestOfBody rest
                ? rest(request, membership, rest)
                : flights.await(membership.flight(), request.until());
    }

    /** Returns the end of the caller's wait without a soft timeout. */
    private static Deadline longest(CacheRequest request, FlightMembership membership) {
        return membership.flight().work() instanceof RestOfBody rest
                        && rest.shared().left() < request.until().left()
                ? rest.shared()
                : request.until();
    }

    /** Leaves a flight at the soft timeout. The flight goes on, unless it has no other waiter and may never end. */
    private void leaveSlow(Flight<FlightOutcome> flight) {
        if (flight.work().unbounded()) {
            flights.leaveAlone(flight);
        } else {
            flights.leaveToBackground(flight);
        }
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
