package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.engine.LandingPlan.Marking;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The rules that say what a fetch changes when it lands. Pure, except for the application's choice of statuses. */
final class LandingPlanner {
    private final CachePolicy policy;
    private final long maximumBytes;

    /**
     * Makes the rules of one cache.
     *
     * @param maximumBytes the bound of the store, in bytes
     */
    LandingPlanner(CachePolicy policy, long maximumBytes) {
        this.policy = policy;
        this.maximumBytes = maximumBytes;
    }

    /**
     * Returns the plan for a response that is kept.
     *
     * @param revalidation the kind of conditional request that revalidates it
     * @param now the time on the cache's monotonic clock
     */
    LandingPlan stored(CacheRequest request, StoredResponse response, Revalidation revalidation, long now) {
        List<Change> changes = new ArrayList<>();
        StoredResponse kept = kept(request, response);
        Marking marking = put(changes, request, kept, revalidation, now);
        FlightOutcome outcome = new FlightOutcome.Fetched(response, false, tooHeavy(kept));
        return new LandingPlan(outcome, changes, marking, new BackoffUpdate.Answered());
    }

    /**
     * Returns the plan for a stored response that a 304 has confirmed.
     *
     * @param response the response as it is from now on
     * @param others the renewed forms of the other stored responses that the 304 has confirmed
     */
    LandingPlan renewed(
            CacheRequest request, StoredResponse response, List<Renewed> others, Revalidation revalidation, long now) {
        List<Change> changes = new ArrayList<>();
        for (Renewed other : others) {
            StoredResponse renewed = kept(request, other.by());
            changes.add(new Change.Replace(
                    request.key(),
                    other.old(),
                    renewed,
                    policy.freshnessPolicy().usefulNanos(renewed)));
        }
        StoredResponse kept = kept(request, response);
        Marking marking = put(changes, request, kept, revalidation, now);
        FlightOutcome outcome = new FlightOutcome.Fetched(response, true, tooHeavy(kept));
        return new LandingPlan(outcome, changes, marking, new BackoffUpdate.Answered());
    }

    /** A stored response and its renewed form. */
    record Renewed(StoredResponse old, StoredResponse by) {}

    /** Returns the obstacle of a kept form that alone exceeds the store, which the store drops at once. */
    private Optional<Obstacle> tooHeavy(StoredResponse kept) {
        return kept.weight() <= maximumBytes ? Optional.empty() : Optional.of(Obstacle.TOO_HEAVY);
    }

    /**
     * Returns the plan for a stored response that a 304 has confirmed, and that must not be kept any longer.
     *
     * @param stored the response as it still is in the store
     * @param withdrawn the response as it is answered
     */
    LandingPlan withdrawn(CacheRequest request, StoredResponse stored, Renewal.Withdrawn withdrawn) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Drop(request.key(), request.headers()));
        changes.add(new Change.Replace(request.key().forAll(), stored, null, 0));
        return unstored(request, withdrawn.response(), true, withdrawn.why(), changes);
    }

    /** Returns the plan for a response that serves the waiters, and is not kept. */
    LandingPlan unstored(CacheRequest request, StoredResponse response, Obstacle why) {
        return unstored(request, response, false, why, new ArrayList<>());
    }

    private static LandingPlan unstored(
            CacheRequest request, StoredResponse response, boolean renewed, Obstacle why, List<Change> changes) {
        if (response.terms().sharing() == Validity.Sharing.NEVER) {
            supersede(changes, request, response.status());
        }
        boolean alone = forOne(request, response)
                || response.selection()
                        .varies(); // the key of the next flight does not include a Vary that is not stored
        return new LandingPlan(
                new FlightOutcome.Fetched(response, renewed, Optional.of(why)),
                changes,
                alone ? Marking.MARK : Marking.CLEAR,
                new BackoffUpdate.Answered());
    }

    /**
     * Returns the plan for a response to one caller, who reads the body as it arrives.
     *
     * @param requested the wait that the origin asked for, in nanoseconds
     */
    LandingPlan streamed(CacheRequest request, ExchangeResult.Live live, Obstacle why, OptionalLong requested) {
        List<Change> changes = new ArrayList<>();
        supersede(changes, request, live.status());
        return new LandingPlan(
                new FlightOutcome.Streaming(live, why),
                changes,
                Marking.MARK,
                FailureRule.outage(live.status()) ? failed(request, live, requested) : new BackoffUpdate.Answered());
    }

    private BackoffUpdate failed(CacheRequest request, ExchangeResult.Live live, OptionalLong requested) {
        Failure failure = Failure.answered(request.key().toString(), live.status(), live.headers());
        return new BackoffUpdate.Failed(failure, policy.failurePolicy().covers(failure, null), requested, false);
    }

    /** Returns the plan for a response whose leader reads the body while it is gathered; the rest has its own plan. */
    LandingPlan growing(ExchangeResult.Live live) {
        return new LandingPlan(
                new FlightOutcome.Growing(live),
                List.of(),
                Marking.KEEP,
                FailureRule.outage(live.status()) ? new BackoffUpdate.Unchanged() : new BackoffUpdate.Answered());
    }

    /**
     * Returns the plan for the rest of a body that only its leader reads, as it is too long to be kept.
     *
     * @param requested the wait that the origin asked for, in nanoseconds
     */
    LandingPlan outgrown(CacheRequest request, ExchangeResult.Live live, OptionalLong requested) {
        List<Change> changes = new ArrayList<>();
        supersede(changes, request, live.status());
        return new LandingPlan(
                new FlightOutcome.Outgrown(live.status()),
                changes,
                Marking.MARK,
                FailureRule.outage(live.status()) ? failed(request, live, requested) : new BackoffUpdate.Unchanged());
    }

    /**
     * Returns the plan for a failure that is remembered for a while as an answer.
     *
     * @param retryAfter the wait that the origin asked for, in nanoseconds
     */
    LandingPlan denied(
            CacheRequest request,
            StoredResponse negative,
            Failure failure,
            OptionalLong retryAfter,
            Revalidation revalidation,
            long now) {
        boolean covered = policy.failurePolicy().covers(failure, null);
        List<Change> changes = new ArrayList<>();
        if (FailureRule.revokes(failure)) {
            drop(changes, request);
        }
        StoredResponse kept = kept(request, negative);
        Marking marking = put(changes, request, kept, revalidation, now);
        return new LandingPlan(
                new FlightOutcome.Failed(failure, negative, tooHeavy(kept)),
                changes,
                marking,
                new BackoffUpdate.Failed(failure, covered, retryAfter, false));
    }

    /**
     * Returns the plan for a failure.
     *
     * @param outcome the outcome for the waiters
     * @param retryAfter the wait that the origin asked for, in nanoseconds
     * @param usable the stored response that may stand in, or null
     */
    LandingPlan failed(
            CacheRequest request,
            Failure failure,
            FlightOutcome outcome,
            OptionalLong retryAfter,
            @Nullable StoredResponse usable) {
        boolean covered = policy.failurePolicy().covers(failure, usable);
        List<Change> changes = new ArrayList<>();
        if (FailureRule.revokes(failure) && !covered) {
            drop(changes, request);
        }
        return new LandingPlan(
                outcome,
                changes,
                Marking.KEEP,
                tellsOfOrigin(request, failure)
                        ? new BackoffUpdate.Failed(failure, covered, retryAfter, usable != null)
                        : new BackoffUpdate.Unchanged());
    }

    /**
     * Returns whether a failure reveals anything about the origin. A timeout shorter than that of the cache reveals
     * nothing, and neither does a failure in code of the application.
     */
    private boolean tellsOfOrigin(CacheRequest request, Failure failure) {
        boolean hurried =
                failure.reason() == Reason.TIMEOUT && request.timeout().compareTo(policy.timeout()) < 0;
        return !hurried && !failure.ofApplication();
    }

    /** Returns the form of a response that the store keeps. */
    private StoredResponse kept(CacheRequest request, StoredResponse response) {
        return policy.freshnessPolicy().stored(request.context(), response);
    }

    /** Adds the changes by which the store keeps a response; returns the change of the marker. */
    private Marking put(
            List<Change> changes, CacheRequest request, StoredResponse kept, Revalidation revalidation, long now) {
        CacheKey key = request.key().of(kept.terms().placement());
        changes.add(new Change.Put(
                key,
                request.headers(),
                kept,
                revalidation,
                policy.freshnessPolicy().usefulNanos(kept)));
        if (!key.equals(
                request.key())) { // otherwise a response for these callers only would hide the one for everybody
            changes.add(new Change.Drop(request.key(), request.headers()));
        }
        // Waiters that do not share a response find it in the store while it is fresh.
        boolean alone =
                forOne(request, kept) && !(kept.fresh(now) && kept.selection().matches(request.headers()));
        return alone ? Marking.MARK : Marking.CLEAR;
    }

    /**
     * Returns whether the response is for one caller only. A response in a coding that its own request does not accept
     * is not found in the store either.
     */
    private static boolean forOne(CacheRequest request, StoredResponse response) {
        return !response.selection().matches(request.headers()) || !Reuse.shared(response, RequestDirectives.NONE);
    }

    /**
     * Adds the drop of the stored responses that a response which is not kept replaces: the origin no longer answers
     * with them.
     */
    private static void supersede(List<Change> changes, CacheRequest request, int status) {
        if (StatusCodes.success(status) || FailureRule.revokes(status)) {
            drop(changes, request);
        }
    }

    /**
     * Adds the drop of the response wherever this caller would find it; otherwise a caller that must not have it any
     * more could get it again.
     */
    private static void drop(List<Change> changes, CacheRequest request) {
        changes.add(new Change.Drop(request.key(), request.headers()));
        if (request.key().personal()) {
            changes.add(new Change.DropForAll(request.key().forAll(), request.headers()));
        }
    }
}
