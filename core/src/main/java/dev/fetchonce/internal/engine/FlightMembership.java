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
 * A caller's part in a flight.
 *
 * @param flight the flight it waits for
 * @param leader whether it started it
 * @param stored what it had found in the store before
 * @param why why that was not the answer
 */
record FlightMembership(
        Flight<FlightOutcome> flight,
        boolean leader,
        @Nullable StoredResponse stored,
        ForwardReason why) {
    /** What it had found in the store before, unless that was invalidated since; or null. */
    @Nullable
    StoredResponse valid() {
        return flight.invalidated() ? null : stored;
    }

    /** Tells that this caller leaves before the end: no body is kept open for a leader that has gone. */
    void forsake() {
        if (leader && flight.work() instanceof Fetch fetch) {
            fetch.forsake();
        }
    }

    /**
     * Whether the outcome is one for this caller; if not it must ask again.
     *
     * @param asked when it called
     * @param shareErrors whether those who wait share a failure
     */
    boolean mayUse(CacheRequest ask, FlightOutcome outcome, long asked, boolean shareErrors) {
        return switch (outcome) {
            // Whoever only joined may have asked after an invalidation that came between that look and this call.
            case FlightOutcome.AlreadyStored found -> leader && !ask.afresh() && selectedBy(ask, found.response());
            case FlightOutcome.Fetched landed -> landedFor(ask, landed.response()) && youngEnough(ask, asked);
            case FlightOutcome.Undecodable whole -> landedFor(ask, whole.response()) && youngEnough(ask, asked);
            case FlightOutcome.Streaming live -> leader; // it was sent with the leader's own fields
            case FlightOutcome.Growing growing -> leader; // the others wait for its end
            case FlightOutcome.Outgrown outgrown -> false;
            case FlightOutcome.Rekeyed elsewhere -> false;
            case FlightOutcome.BackedOff held -> true;
            case FlightOutcome.Failed failed ->
                leader
                        || failed.failure().reason() == Reason.CLOSED // of the cache, for all who use it
                        || (shareErrors && failedFor(ask, failed));
        };
    }

    /**
     * Whether who waited with others for such an outcome, and may not use it, had best ask alone: the next one they waited for
     * together would be no better.
     */
    static boolean isForOne(CacheRequest ask, FlightOutcome outcome) {
        return switch (outcome) {
            case FlightOutcome.Fetched landed -> isForOne(ask, landed.response(), landed.stored());
            case FlightOutcome.Undecodable whole -> isForOne(ask, whole.response(), false);
            case FlightOutcome.Failed failed -> !ranOutOfTime(failed.failure()); // which one more try for all may mend
            case FlightOutcome.Streaming live -> true;
            case FlightOutcome.Growing growing ->
                ask.afresh(); // the flight with the rest has sent before anybody asks for it
            case FlightOutcome.Outgrown outgrown -> true;
            case FlightOutcome.AlreadyStored found -> false;
            case FlightOutcome.Rekeyed elsewhere -> false;
            case FlightOutcome.BackedOff held -> false;
        };
    }

    /** What is not stored teaches the key of the next flight nothing, so its Vary would tell those who wait apart again. */
    private static boolean isForOne(CacheRequest ask, StoredResponse response, boolean stored) {
        VarySelection selection = response.selection();
        return selection.codedOtherwise(ask.headers())
                || (selection.matches(ask.headers())
                        ? !Reuse.shared(response, ask.demand().directives())
                        : !stored);
    }

    private boolean landedFor(CacheRequest ask, StoredResponse response) {
        return leader
                || (response.selection().matches(ask.headers())
                        && Reuse.shared(response, ask.demand().directives()));
    }

    /** An outage is one for all who wait; another answer that is a failure may be meant for one of them. */
    private boolean failedFor(CacheRequest ask, FlightOutcome.Failed failed) {
        StoredResponse answered = failed.answered();
        if (answered != null) {
            return FailureRule.outage(answered.status())
                    ? answered.selection().matches(ask.headers())
                    : landedFor(ask, answered);
        }
        return !ranOutOfTime(failed.failure())
                || ask.until().left() <= 0
                || ask.face().backsOff();
    }

    /** The flight's time was its leader's: who has more of it may still get an answer. */
    private static boolean ranOutOfTime(Failure failure) {
        return failure.reason() == Reason.TIMEOUT;
    }

    private boolean youngEnough(CacheRequest ask, long asked) {
        return !ask.afresh() || flight.sentSince(asked);
    }

    private boolean selectedBy(CacheRequest ask, StoredResponse response) {
        return leader || response.selection().matches(ask.headers());
    }
}
