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
 * How one fetch ends: what it leaves in the store and at the gates, and what it tells the log. A gate is closed, or opened,
 * before the flight leaves its table; a probe is given back right after that, or at the end of a flight that was detached.
 */
final class LandingPublisher {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** A caller that was let go comes for its body at once, unless it has left. */
    private static final Duration UNCLAIMED = Duration.ofSeconds(2);

    private final EngineContext parts;
    private final CacheRequest ask;

    /** The name of the probe that this fetch is, if it is one; written before the flight starts, and on its thread. */
    private volatile long probe;

    /** How what it leaves in the store is revalidated; written on the fetch's thread, and read where it ends. */
    private volatile Revalidation revalidation = Revalidation.BY_TAG;

    private final AtomicBoolean counted = new AtomicBoolean();

    LandingPublisher(EngineContext parts, CacheRequest ask) {
        this.parts = parts;
        this.ask = ask;
    }

    /** Says that the gates let this fetch through. */
    void admitted(Backoffs.Admitted admitted) {
        probe = admitted.probe();
    }

    /** The name under which it was let through. */
    long probe() {
        return probe;
    }

    /** Says how the answer is revalidated when it has been stored. */
    void revalidated(Revalidation way) {
        revalidation = way;
    }

    /** What a publication leaves for what comes after it; both run on the thread that ends the flight. */
    private static final class Trace {
        @Nullable
        BackoffState gate;

        /** Why an answer is not stored, where the log has not been told. */
        @Nullable
        Obstacle news;
    }

    /** Begins a landing with an answer, for which all code of the application has worked. */
    private Trace begun() {
        parts.faults().worked(ask.key().url());
        return new Trace();
    }

    /** An answer that is kept. */
    FlightResult<FlightOutcome> landed(StoredResponse response) {
        return kept(response, new FlightOutcome.Fetched(response, false, tooHeavy(response)), List.of());
    }

    /** A stored response that was confirmed, and others that were with it. */
    FlightResult<FlightOutcome> renewed(StoredResponse response, List<StoredResponse> others) {
        return kept(response, new FlightOutcome.Fetched(response, true, tooHeavy(response)), others);
    }

    /** The store gives up at once what does not fit into it alone. */
    private Optional<Obstacle> tooHeavy(StoredResponse response) {
        return parts.store().fits(response.weight()) ? Optional.empty() : Optional.of(Obstacle.TOO_HEAVY);
    }

    /**
     * A stored response that was confirmed, and is not to be kept any longer.
     *
     * @param stored as it still is in the store
     * @param withdrawn as it is answered
     */
    FlightResult<FlightOutcome> withdrawn(StoredResponse stored, Renewal.Withdrawn withdrawn) {
        FlightResult<FlightOutcome> landing = passed(withdrawn.response(), true, withdrawn.why());
        return new FlightResult<>(
                landing.value(),
                () -> {
                    drop(ask.key());
                    update(ask.key().forAll(), 0, slot -> slot == null ? null : slot.replaced(stored, null));
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
                    trace.gate = parts.backoffs().answered(ask);
                    others.forEach(this::beside);
                    trace.news = weighed(store(response));
                },
                () -> {
                    recovered(trace.gate);
                    unstored(trace.news);
                    log.debug("landed {} status={}", ask.key(), response.status());
                });
    }

    /** No answer, as a gate has closed while it queued; it is no probe any more. */
    static FlightResult<FlightOutcome> held(BackoffState gate) {
        return new FlightResult<>(new FlightOutcome.BackedOff(gate), () -> {}, () -> {});
    }

    /** An answer for those who wait, and for nobody later. */
    FlightResult<FlightOutcome> passed(StoredResponse response, Obstacle why) {
        return passed(response, false, why);
    }

    private FlightResult<FlightOutcome> passed(StoredResponse response, boolean renewed, Obstacle why) {
        Trace trace = begun();
        return landing(
                new FlightOutcome.Fetched(response, renewed, Optional.of(why)),
                () -> {
                    trace.gate = parts.backoffs().answered(ask);
                    trace.news = news(why);
                    mark(forOne(response) || response.selection().varies()); // which no key of a flight learns
                    if (response.terms().sharing() == Validity.Sharing.NEVER) {
                        supersede(response.status());
                    }
                },
                () -> {
                    recovered(trace.gate);
                    unstored(trace.news);
                    log.debug("passed on {} status={}", ask.key(), response.status());
                });
    }

    /** An answer for one caller, who has to come for its body; if nobody does, its connection is closed. */
    FlightResult<FlightOutcome> live(ExchangeResult.Live live, Obstacle why) {
        Trace trace = begun();
        return landing(
                new FlightOutcome.Streaming(live, why),
                () -> {
                    trace.gate = parts.backoffs().answered(ask);
                    trace.news = news(why);
                    mark(true);
                    supersede(live.status());
                },
                () -> {
                    live.body().abandonUnlessClaimed(UNCLAIMED);
                    recovered(trace.gate);
                    unstored(trace.news);
                    log.debug("handed on {} status={}", ask.key(), live.status());
                });
    }

    /**
     * An answer whose body its leader reads while it is gathered; what it means to the store is seen to at its end.
     *
     * @param forsaken whether that leader has left
     */
    FlightResult<FlightOutcome> growing(ExchangeResult.Live live, BooleanSupplier forsaken) {
        Trace trace = new Trace();
        return landing(
                new FlightOutcome.Growing(live),
                () -> {
                    if (!FailureRule.outage(live.status())) {
                        trace.gate = parts.backoffs().answered(ask);
                    }
                },
                () -> {
                    live.body().abandonUnlessClaimed(forsaken.getAsBoolean() ? Duration.ZERO : UNCLAIMED);
                    recovered(trace.gate);
                    log.debug("read as it comes {} status={}", ask.key(), live.status());
                });
    }

    /** The rest of a body that its leader has for itself, as it is longer than what is kept. */
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
     * A failure that is remembered for a while as an answer.
     *
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds
     */
    FlightResult<FlightOutcome> denied(StoredResponse negative, Failure failure, OptionalLong retryAfter) {
        boolean covered = parts.covers(failure);
        count(failure);
        return landing(
                new FlightOutcome.Failed(failure, negative, Optional.empty()),
                () -> {
                    parts.backoffs().failed(ask, failure, covered, retryAfter, false);
                    if (FailureRule.revokes(failure)) {
                        drop();
                    }
                    weighed(store(negative));
                },
                () -> log.debug("denied {} status={}", ask.key(), negative.status()));
    }

    /**
     * A failure.
     *
     * @param outcome what those who wait get
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds
     * @param usable what is stored and may stand in, or null
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
                        trace.gate = parts.backoffs().failed(ask, failure, covered, retryAfter, usable != null);
                    }
                    if (FailureRule.revokes(failure) && !covered) {
                        drop();
                    }
                    if (outcome instanceof FlightOutcome.Failed told
                            && told.answered() != null
                            && !FailureRule.outage(told.answered().status())) {
                        trace.news = told.obstacle().map(this::news).orElse(null);
                    }
                },
                () -> {
                    int errors = trace.gate == null ? 0 : trace.gate.failures();
                    if (covered && usable != null && errors == 1) {
                        log.warn(
                                "{} cannot be renewed, its stored answer stays in use: {}",
                                ask.key(),
                                failure.message());
                    }
                    unstored(trace.news);
                    log.debug("failed {} reason={} errors={}", ask.key(), failure.reason(), errors);
                });
    }

    /**
     * Whether a failure says something of the origin. A request that gives it less time than the cache would says nothing by
     * running out of that, and code of the application says nothing by failing.
     */
    private boolean tellsOfOrigin(Failure failure) {
        boolean hurried = failure.reason() == Reason.TIMEOUT
                && ask.timeout().compareTo(parts.policy().timeout()) < 0;
        return !hurried && !failure.ofApplication();
    }

    /**
     * It was called off: whoever did that has ended the flight, and counted it if it is to be counted. What was a probe says
     * nothing of its origin and is given back at once, as the flight may have been detached and never have had a thread.
     */
    FlightResult<FlightOutcome> calledOff() {
        parts.backoffs().returned(ask, probe);
        Failure failure = Failure.of(
                Reason.INTERNAL, "the thread that fetched from " + ask.target().origin() + " was interrupted");
        return new FlightResult<>(new FlightOutcome.Failed(failure), () -> {}, () -> {});
    }

    private FlightResult<FlightOutcome> landing(FlightOutcome outcome, Runnable publication, Runnable afterwards) {
        return new FlightResult<>(
                outcome,
                () -> {
                    publication.run();
                    parts.backoffs().returned(ask, probe); // before those who wait are told when the next one may ask
                },
                () -> {
                    parts.backoffs().returned(ask, probe); // if it was detached
                    afterwards.run();
                });
    }

    /** Several may retire a flight at once, and its own thread fail then: that is one failure. */
    private void count(Failure failure) {
        if (counted.compareAndSet(false, true)) {
            parts.counters().failed(failure.reason());
            parts.faults().struck(ask.key().url(), failure);
        }
    }

    private void recovered(@Nullable BackoffState before) {
        if (before != null) {
            log.warn("{} answers again after {} failed fetches", ask.key(), before.failures());
        }
    }

    /** The obstacle, where the log is to be told of it; what is a failure, or looks like one, it is told anyway. */
    private @Nullable Obstacle news(Obstacle why) {
        boolean failure = why == Obstacle.FAILURE || why == Obstacle.UNDECODABLE;
        return !failure && parts.remarks().isNew(ask.key().url(), why) ? why : null;
    }

    /** Tells the log, once until an answer is stored, why one is not. */
    private void unstored(@Nullable Obstacle news) {
        if (news != null) {
            log.atLevel(news.unmeant() ? Level.WARN : Level.INFO)
                    .log("the answer of {} was not stored: {}", ask.key(), news.words());
        }
    }

    /** The same where the store had to give it up. */
    private @Nullable Obstacle weighed(@Nullable VariantSet slot) {
        if (slot != null && !parts.store().fits(slot.weight())) {
            return news(Obstacle.TOO_HEAVY);
        }
        parts.remarks().clear(ask.key().url());
        return null;
    }

    /** Where an answer is for one caller only, whoever comes next need not wait for another's. */
    private void mark(boolean forOne) {
        String text = ask.key().text();
        if (forOne) {
            parts.passes().mark(text, parts.clock().now());
        } else {
            parts.passes().clear(text);
        }
    }

    /** Even its own request would not find a response in the store whose coding it does not accept. */
    private boolean forOne(StoredResponse response) {
        return !response.selection().matches(ask.headers()) || !Reuse.shared(response, RequestDirectives.NONE);
    }

    /** Whether those who waited in vain, for what is not shared, find it in the store. */
    private boolean isFound(StoredResponse kept) {
        return kept.selection().matches(ask.headers())
                && kept.fresh(parts.clock().now());
    }

    private @Nullable VariantSet store(StoredResponse response) {
        StoredResponse kept = parts.stored(ask, response);
        @Nullable VariantSet[] landed = new VariantSet[1];
        CacheKey key = ask.key().of(kept.terms().placement());
        update(
                key,
                parts.kept(kept),
                slot -> landed[0] =
                        VariantSet.landed(superseded(slot, kept), key, kept).revalidated(revalidation));
        if (!key.equals(ask.key())) {
            drop(ask.key()); // or what only these callers may have would stand before what everybody may
        }
        mark(forOne(kept) && !isFound(kept));
        return landed[0];
    }

    /** Another variant, updated. */
    private void beside(StoredResponse variant) {
        StoredResponse kept = parts.stored(ask, variant);
        update(ask.key(), parts.kept(kept), slot -> slot == null ? null : VariantSet.landed(slot, ask.key(), kept));
    }

    /** A success without Vary takes the place of all for this request, as what has a Vary would be selected before it. */
    private @Nullable VariantSet superseded(@Nullable VariantSet slot, StoredResponse by) {
        return slot == null || !by.success() || by.selection().varies() ? slot : slot.dropped(ask.headers());
    }

    /** What is not to be kept takes the place of what was: none of that is what the origin answers by now. */
    private void supersede(int status) {
        if ((status >= 200 && status <= 299) || FailureRule.revokes(status)) {
            drop();
        }
    }

    /** Wherever this caller would find it, or it would come back to one who may not have it any more. */
    private void drop() {
        drop(ask.key());
        if (ask.key().personal()) {
            update(ask.key().forAll(), 0, slot -> slot == null ? null : slot.droppedForAll(ask.headers()));
        }
    }

    private void drop(CacheKey key) {
        update(key, 0, slot -> slot == null ? null : slot.dropped(ask.headers()));
    }

    private void update(CacheKey key, long life, UnaryOperator<@Nullable VariantSet> change) {
        parts.store().update(key, life, parts.clock().now(), change);
    }
}
