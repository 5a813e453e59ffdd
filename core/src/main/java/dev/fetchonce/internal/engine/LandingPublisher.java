package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Publishes the end of one fetch: in the store, in the backoffs and in the log. A backoff begins, or ends, before the
 * flight leaves its table. A probe is given back right after that, or at the end of a flight that was detached.
 */
final class LandingPublisher {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** The time that a body waits for its caller. A released caller claims its body at once, unless it has left. */
    private static final Duration UNCLAIMED = Duration.ofSeconds(2);

    private final EngineContext parts;
    private final CacheRequest request;

    /** The name of the probe, if this fetch is one; written before the flight starts, and on its thread. */
    private volatile long probe;

    /**
     * The kind of conditional request that revalidates the stored response; written on the fetch's thread, and read at
     * its end.
     */
    private volatile Revalidation revalidation = Revalidation.BY_TAG;

    private final AtomicBoolean counted = new AtomicBoolean();

    LandingPublisher(EngineContext parts, CacheRequest request) {
        this.parts = parts;
        this.request = request;
    }

    /** Records that the backoffs admitted this fetch. */
    void admitted(Backoffs.Admitted admitted) {
        probe = admitted.probe();
    }

    /** Returns the name under which this fetch was admitted. */
    long probe() {
        return probe;
    }

    /** Records the kind of conditional request that revalidates the response once it is stored. */
    void revalidated(Revalidation way) {
        revalidation = way;
    }

    /** The data that a publication passes to the step after it; both run on the thread that ends the flight. */
    private static final class Trace {
        @Nullable
        BackoffState backoff;

        /** Why a response is not stored, if the log does not say so yet. */
        @Nullable
        Obstacle newObstacle;
    }

    /** Begins a landing with a response; all code of the application has succeeded for it. */
    private Trace begun() {
        parts.userCodeFailures().succeeded(request.key().url());
        return new Trace();
    }

    /** Lands with a response that is kept. */
    FlightResult<FlightOutcome> landed(StoredResponse response) {
        return kept(response, new FlightOutcome.Fetched(response, false, tooHeavy(response)), List.of());
    }

    /** Lands with a stored response that was confirmed, and with others confirmed beside it. */
    FlightResult<FlightOutcome> renewed(StoredResponse response, List<StoredResponse> others) {
        return kept(response, new FlightOutcome.Fetched(response, true, tooHeavy(response)), others);
    }

    /** Returns the obstacle of a response that alone exceeds the store, which the store drops at once. */
    private Optional<Obstacle> tooHeavy(StoredResponse response) {
        return parts.store().fits(response.weight()) ? Optional.empty() : Optional.of(Obstacle.TOO_HEAVY);
    }

    /**
     * Lands with a stored response that was confirmed, and must not be kept any longer.
     *
     * @param stored the response as it still is in the store
     * @param withdrawn the response as it is answered
     */
    FlightResult<FlightOutcome> withdrawn(StoredResponse stored, Renewal.Withdrawn withdrawn) {
        FlightResult<FlightOutcome> landing = passed(withdrawn.response(), true, withdrawn.why());
        return new FlightResult<>(
                landing.value(),
                () -> {
                    drop(request.key());
                    update(
                            request.key().forAll(),
                            0,
                            variants -> variants == null ? null : variants.replaced(stored, null));
                    landing.publication().run();
                },
                landing.afterwards());
    }

    private FlightResult<FlightOutcome> kept(
            StoredResponse response, FlightOutcome outcome, List<StoredResponse> others) {
        Trace trace = begun();
        return landing(
                outcome,
                () -> {
                    trace.backoff = parts.backoffs().answered(request);
                    others.forEach(this::keepOther);
                    trace.newObstacle = weighed(store(response));
                },
                () -> {
                    recovered(trace.backoff);
                    unstored(trace.newObstacle);
                    log.debug("landed {} status={}", request.key(), response.status());
                });
    }

    /** Lands without an answer, as a backoff began while the fetch queued; the fetch is no probe any more. */
    static FlightResult<FlightOutcome> backedOff(BackoffState backoff) {
        return new FlightResult<>(new FlightOutcome.BackedOff(backoff), () -> {}, () -> {});
    }

    /** Lands with a response for the waiters only, which is not stored. */
    FlightResult<FlightOutcome> passed(StoredResponse response, Obstacle why) {
        return passed(response, false, why);
    }

    private FlightResult<FlightOutcome> passed(StoredResponse response, boolean renewed, Obstacle why) {
        Trace trace = begun();
        return landing(
                new FlightOutcome.Fetched(response, renewed, Optional.of(why)),
                () -> {
                    trace.backoff = parts.backoffs().answered(request);
                    trace.newObstacle = ifNew(why);
                    mark(forOne(response)
                            || response.selection()
                                    .varies()); // the key of the next flight does not include a Vary that is not stored
                    if (response.terms().sharing() == Validity.Sharing.NEVER) {
                        supersede(response.status());
                    }
                },
                () -> {
                    recovered(trace.backoff);
                    unstored(trace.newObstacle);
                    log.debug("landed unstored {} status={}", request.key(), response.status());
                });
    }

    /** Lands with a response for one caller, which must claim the body; an unclaimed body closes its connection. */
    FlightResult<FlightOutcome> live(ExchangeResult.Live live, Obstacle why) {
        Trace trace = begun();
        return landing(
                new FlightOutcome.Streaming(live, why),
                () -> {
                    trace.backoff = parts.backoffs().answered(request);
                    trace.newObstacle = ifNew(why);
                    mark(true);
                    supersede(live.status());
                },
                () -> {
                    live.body().abandonUnlessClaimed(UNCLAIMED);
                    recovered(trace.backoff);
                    unstored(trace.newObstacle);
                    log.debug("streamed {} status={}", request.key(), live.status());
                });
    }

    /**
     * Lands with a response whose leader reads the body while it is gathered; the store changes at its end.
     *
     * @param leaderLeft whether that leader has left
     */
    FlightResult<FlightOutcome> growing(ExchangeResult.Live live, BooleanSupplier leaderLeft) {
        Trace trace = new Trace();
        return landing(
                new FlightOutcome.Growing(live),
                () -> {
                    if (!FailureRule.outage(live.status())) {
                        trace.backoff = parts.backoffs().answered(request);
                    }
                },
                () -> {
                    live.body().abandonUnlessClaimed(leaderLeft.getAsBoolean() ? Duration.ZERO : UNCLAIMED);
                    recovered(trace.backoff);
                    log.debug("streamed and gathered {} status={}", request.key(), live.status());
                });
    }

    /** Lands the rest of a body that only its leader reads, as it is too long to be kept. */
    FlightResult<FlightOutcome> outgrown(int status) {
        return landing(
                new FlightOutcome.Outgrown(),
                () -> {
                    mark(true);
                    supersede(status);
                },
                () -> unstored(Obstacle.TOO_LARGE));
    }

    /**
     * Lands with a failure that is remembered for a while as an answer.
     *
     * @param retryAfter the wait that the origin asked for, in nanoseconds
     */
    FlightResult<FlightOutcome> denied(StoredResponse negative, Failure failure, OptionalLong retryAfter) {
        boolean covered = parts.covers(failure);
        count(failure);
        return landing(
                new FlightOutcome.Failed(failure, negative, Optional.empty()),
                () -> {
                    parts.backoffs().failed(request, failure, covered, retryAfter, false);
                    if (FailureRule.revokes(failure)) {
                        drop();
                    }
                    weighed(store(negative));
                },
                () -> log.debug("landed negative {} status={}", request.key(), negative.status()));
    }

    /**
     * Lands with a failure.
     *
     * @param outcome the outcome for the waiters
     * @param retryAfter the wait that the origin asked for, in nanoseconds
     * @param usable the stored response that may stand in, or null
     */
    FlightResult<FlightOutcome> failed(
            Failure failure, FlightOutcome outcome, OptionalLong retryAfter, @Nullable StoredResponse usable) {
        boolean covered = parts.covers(failure);
        count(failure);
        Trace trace = new Trace();
        return landing(
                outcome,
                () -> {
                    if (tellsOfOrigin(failure)) {
                        trace.backoff = parts.backoffs().failed(request, failure, covered, retryAfter, usable != null);
                    }
                    if (FailureRule.revokes(failure) && !covered) {
                        drop();
                    }
                    if (outcome instanceof FlightOutcome.Failed failed
                            && failed.answered() != null
                            && !FailureRule.outage(failed.answered().status())) {
                        trace.newObstacle = failed.obstacle().map(this::ifNew).orElse(null);
                    }
                },
                () -> {
                    int consecutiveFailures = trace.backoff == null ? 0 : trace.backoff.failures();
                    if (covered && usable != null && consecutiveFailures == 1) {
                        log.warn(
                                "{} cannot be renewed, its stored response stays in use: {}",
                                request.key(),
                                failure.message());
                    }
                    unstored(trace.newObstacle);
                    log.debug("failed {} reason={} failures={}", request.key(), failure.reason(), consecutiveFailures);
                });
    }

    /**
     * Returns whether a failure reveals anything about the origin. A timeout shorter than that of the cache reveals
     * nothing, and neither does a failure in code of the application.
     */
    private boolean tellsOfOrigin(Failure failure) {
        boolean hurried = failure.reason() == Reason.TIMEOUT
                && request.timeout().compareTo(parts.policy().timeout()) < 0;
        return !hurried && !failure.ofApplication();
    }

    /**
     * Lands a fetch that was called off. The code that called it off has ended the flight, and has counted it where it
     * counts. A probe reveals nothing about its origin then. It is given back at once, as the flight may have been
     * detached and never have had a thread.
     */
    FlightResult<FlightOutcome> calledOff() {
        parts.backoffs().returned(request, probe);
        Failure failure = Failure.of(
                Reason.INTERNAL,
                "the thread that fetched from " + request.target().origin() + " was interrupted");
        return new FlightResult<>(new FlightOutcome.Failed(failure), () -> {}, () -> {});
    }

    private FlightResult<FlightOutcome> landing(FlightOutcome outcome, Runnable publication, Runnable afterwards) {
        return new FlightResult<>(
                outcome,
                () -> {
                    publication.run();
                    parts.backoffs()
                            .returned(request, probe); // before the waiters read when the next request is allowed
                },
                () -> {
                    parts.backoffs().returned(request, probe); // for a flight that was detached
                    afterwards.run();
                });
    }

    /** Counts the failure once: several threads may retire a flight at once, and its own thread may fail as well. */
    private void count(Failure failure) {
        if (counted.compareAndSet(false, true)) {
            parts.counters().failed(failure.reason());
            parts.userCodeFailures().failed(request.key().url(), failure);
        }
    }

    private void recovered(@Nullable BackoffState before) {
        if (before != null) {
            log.warn("{} answers again after {} consecutive failures", request.key(), before.failures());
        }
    }

    /**
     * Returns the obstacle if the log has to mention it, or null. The log mentions failures, and responses that cannot
     * be decoded, by other means.
     */
    private @Nullable Obstacle ifNew(Obstacle why) {
        boolean failure = why == Obstacle.FAILURE || why == Obstacle.UNDECODABLE;
        return !failure && parts.loggedObstacles().isNew(request.key().url(), why) ? why : null;
    }

    /** Logs why a response is not stored, once until a response of the URL is stored. */
    private void unstored(@Nullable Obstacle newObstacle) {
        if (newObstacle != null) {
            log.atLevel(newObstacle.unintended() ? Level.WARN : Level.INFO)
                    .log("the response of {} was not stored: {}", request.key(), newObstacle.words());
        }
    }

    /**
     * Returns the obstacle if the entries exceed the store, which drops them, or null; without an obstacle, the log's
     * memory of the URL is cleared.
     */
    private @Nullable Obstacle weighed(@Nullable VariantSet variants) {
        if (variants != null && !parts.store().fits(variants.weight())) {
            return ifNew(Obstacle.TOO_HEAVY);
        }
        parts.loggedObstacles().clear(request.key().url());
        return null;
    }

    /**
     * Marks or clears the key: where a response is for one caller only, the next caller need not wait for another's.
     */
    private void mark(boolean forOne) {
        String text = request.key().text();
        if (forOne) {
            parts.passes().mark(text, parts.clock().now());
        } else {
            parts.passes().clear(text);
        }
    }

    /**
     * Returns whether the response is for one caller only. A response in a coding that its own request does not accept
     * is not found in the store either.
     */
    private boolean forOne(StoredResponse response) {
        return !response.selection().matches(request.headers()) || !Reuse.shared(response, RequestDirectives.NONE);
    }

    /** Returns whether waiters of a response that is not shared find it in the store. */
    private boolean isFound(StoredResponse kept) {
        return kept.selection().matches(request.headers())
                && kept.fresh(parts.clock().now());
    }

    private @Nullable VariantSet store(StoredResponse response) {
        StoredResponse kept = parts.stored(request, response);
        @Nullable VariantSet[] landed = new VariantSet[1];
        CacheKey key = request.key().of(kept.terms().placement());
        update(
                key,
                parts.kept(kept),
                variants -> landed[0] =
                        VariantSet.landed(superseded(variants, kept), key, kept).revalidated(revalidation));
        if (!key.equals(request.key())) {
            drop(request.key()); // otherwise a response for these callers only would hide the one for everybody
        }
        mark(forOne(kept) && !isFound(kept));
        return landed[0];
    }

    /** Stores another variant that was updated. */
    private void keepOther(StoredResponse variant) {
        StoredResponse kept = parts.stored(request, variant);
        update(
                request.key(),
                parts.kept(kept),
                variants -> variants == null ? null : VariantSet.landed(variants, request.key(), kept));
    }

    /**
     * Drops the other responses for this request if the new one is a success without Vary: one with a Vary would be
     * selected before it.
     */
    private @Nullable VariantSet superseded(@Nullable VariantSet variants, StoredResponse by) {
        return variants == null || !by.success() || by.selection().varies()
                ? variants
                : variants.dropped(request.headers());
    }

    /**
     * Drops the stored responses that a response which is not kept replaces: the origin no longer answers with them.
     */
    private void supersede(int status) {
        if ((status >= 200 && status <= 299) || FailureRule.revokes(status)) {
            drop();
        }
    }

    /**
     * Drops the response wherever this caller would find it; otherwise a caller that must not have it any more could
     * get it again.
     */
    private void drop() {
        drop(request.key());
        if (request.key().personal()) {
            update(
                    request.key().forAll(),
                    0,
                    variants -> variants == null ? null : variants.droppedForAll(request.headers()));
        }
    }

    private void drop(CacheKey key) {
        update(key, 0, variants -> variants == null ? null : variants.dropped(request.headers()));
    }

    private void update(CacheKey key, long keptNanos, UnaryOperator<@Nullable VariantSet> change) {
        parts.store().update(key, keptNanos, parts.clock().now(), change);
    }
}
