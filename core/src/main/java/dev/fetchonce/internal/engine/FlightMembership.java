package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.VarySelection;
import org.jspecify.annotations.Nullable;

/**
 * The membership of one caller in a flight.
 *
 * @param flight the flight that the caller waits for
 * @param leader whether the caller started it
 * @param standing the standing response that the caller found before, or null
 * @param why why the response that its request selects was not the answer
 */
record FlightMembership(
        Flight<FlightOutcome> flight,
        boolean leader,
        @Nullable StoredResponse standing,
        ForwardReason why) {
    /** Returns the standing response that the caller found before, or null; null also when it was invalidated since. */
    @Nullable
    StoredResponse standingUnlessInvalidated() {
        return flight.invalidated() ? null : standing;
    }

    /** Records that this caller leaves before the end: no body is kept open for a leader that has left. */
    void leave() {
        if (leader && flight.work() instanceof Fetch fetch) {
            fetch.leaderLeaves();
        }
    }

    /**
     * Returns whether this caller may use the outcome; if not, it must ask again.
     *
     * @param asked the time of its call
     * @param shareErrors whether waiters share a failure
     */
    boolean mayUse(CacheRequest request, FlightOutcome outcome, long asked, boolean shareErrors) {
        return switch (outcome) {
            // A waiter may have called after an invalidation that came between the leader's look-up and this call.
            case FlightOutcome.AlreadyStored found -> leader && !request.afresh();
            case FlightOutcome.Fetched landed -> landedFor(request, landed.response()) && youngEnough(request, asked);
            case FlightOutcome.Undecodable whole -> landedFor(request, whole.response()) && youngEnough(request, asked);
            case FlightOutcome.Streaming live -> leader; // the request carried the leader's own fields
            case FlightOutcome.Growing growing -> leader; // the waiters wait for its end
            case FlightOutcome.Outgrown outgrown -> false;
            case FlightOutcome.Rekeyed elsewhere -> false;
            case FlightOutcome.Overtaken overtaken -> false;
            case FlightOutcome.BackedOff backedOff -> request.callerKind().backsOff();
            case FlightOutcome.Failed failed ->
                leader
                        || failed.failure().reason() == Reason.CLOSED // the cache is closed for all callers
                        || (shareErrors && failedFor(request, failed));
        };
    }

    /**
     * Returns whether a waiter that may not use such an outcome is better off alone: the next shared flight would suit
     * it no better.
     */
    static boolean isForOne(CacheRequest request, FlightOutcome outcome) {
        return switch (outcome) {
            case FlightOutcome.Fetched landed -> isForOne(request, landed.response(), landed.stored());
            case FlightOutcome.Undecodable whole -> isForOne(request, whole.response(), false);
            case FlightOutcome.Failed failed -> !ranOutOfTime(failed.failure()); // one more shared flight may succeed
            case FlightOutcome.Streaming live -> true;
            case FlightOutcome.Growing growing ->
                request.sinceCall(); // the flight with the rest sent its request before any waiter joined
            case FlightOutcome.Outgrown outgrown -> true;
            case FlightOutcome.AlreadyStored found -> false;
            case FlightOutcome.Rekeyed elsewhere -> false;
            case FlightOutcome.Overtaken overtaken -> false;
            case FlightOutcome.BackedOff backedOff -> false;
        };
    }

    /**
     * A response that is not stored does not change the key of the next flight, so its Vary would separate the waiters
     * again.
     */
    private static boolean isForOne(CacheRequest request, StoredResponse response, boolean stored) {
        VarySelection selection = response.selection();
        return selection.codedOtherwise(request.headers())
                || (selection.matches(request.headers())
                        ? !Reuse.shared(response, request.demand().directives())
                        : !stored);
    }

    private boolean landedFor(CacheRequest request, StoredResponse response) {
        return leader
                || (response.selection().matches(request.headers())
                        && Reuse.shared(response, request.demand().directives()));
    }

    /** An outage concerns all waiters; any other failure response may be meant for one of them only. */
    private boolean failedFor(CacheRequest request, FlightOutcome.Failed failed) {
        StoredResponse answered = failed.answered();
        if (answered != null) {
            return FailureRule.outage(answered.status())
                    ? answered.selection().matches(request.headers())
                    : landedFor(request, answered);
        }
        return !ranOutOfTime(failed.failure())
                || request.until().left() <= 0
                || !request.callerKind().exchanges();
    }

    /**
     * Returns whether this caller is the leader, and its flight ran out of time before the timeout of its request: the
     * caller was to leave with a stale response by then.
     */
    boolean cutShort(CacheRequest request, FlightOutcome outcome) {
        return leader
                && outcome instanceof FlightOutcome.Failed failed
                && ranOutOfTime(failed.failure())
                && flight.work() instanceof Fetch fetch
                && fetch.timeout().compareTo(request.timeout()) < 0;
    }

    /**
     * Returns whether the flight ran out of time. Its timeout was the leader's: a waiter with more time may still get
     * an answer.
     */
    private static boolean ranOutOfTime(Failure failure) {
        return failure.reason() == Reason.TIMEOUT;
    }

    private boolean youngEnough(CacheRequest request, long asked) {
        return !request.sinceCall() || flight.sentSince(asked);
    }
}
