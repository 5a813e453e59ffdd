package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.internal.engine.Answer.Response;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.UserCodeException;
import dev.fetchonce.internal.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Step 6: answers one caller, from the outcome of its flight or from the end of its patience. Thread-safe. */
final class Responder {
    private final CachePolicy policy;
    private final int connectionsPerOrigin;
    private final MemoryStore store;
    private final Backoffs backoffs;
    private final CacheClock clock;
    private final Recorder recorder;

    Responder(
            CachePolicy policy,
            int connectionsPerOrigin,
            MemoryStore store,
            Backoffs backoffs,
            CacheClock clock,
            Recorder recorder) {
        this.policy = policy;
        this.connectionsPerOrigin = connectionsPerOrigin;
        this.store = store;
        this.backoffs = backoffs;
        this.clock = clock;
        this.recorder = recorder;
    }

    /**
     * Returns the answer of a flight, if this caller may use its outcome; empty when the caller must ask again.
     *
     * @param asked the time of its call
     */
    Optional<Answer> of(CacheRequest request, FlightMembership membership, FlightOutcome outcome, long asked) {
        if (!membership.mayUse(request, outcome, asked, policy.failurePolicy().shareErrors())) {
            return Optional.empty();
        }
        return switch (outcome) {
            case FlightOutcome.Streaming live ->
                live(request, membership, live.exchange(), live.obstacle().detail());
            case FlightOutcome.Growing growing -> live(request, membership, growing.exchange(), "");
            default -> Optional.of(whole(request, membership, outcome));
        };
    }

    /** Returns the answer with a live body, or empty when this thread came too late and the body was given up. */
    private Optional<Answer> live(
            CacheRequest request, FlightMembership membership, ExchangeResult.Live live, String detail) {
        CacheStatus status = CacheStatus.forwarded(policy.name(), membership.why())
                .status(live.status())
                .detail(detail);
        return live.body()
                .claim()
                .map(body -> new Answer.Streaming(
                        request.target(),
                        live.status(),
                        StoredFields.shown(live.status(), live.headers()),
                        live.connection(),
                        clock.instant(),
                        body,
                        status));
    }

    private Answer whole(CacheRequest request, FlightMembership membership, FlightOutcome outcome) {
        return switch (outcome) {
            case FlightOutcome.AlreadyStored found -> stored(request, found.response(), Served.HIT, clock.now());
            case FlightOutcome.Fetched landed -> landed(request, membership, landed, Backoffs.Outlook.CLEAR);
            case FlightOutcome.Undecodable whole ->
                request.wanted() == null
                        ? landed(
                                request,
                                membership,
                                new FlightOutcome.Fetched(whole.response(), false, Optional.of(Obstacle.UNDECODABLE)),
                                backoffs.outlook(request))
                        : fallback(request, membership, whole.failure(), Served.STALE_ERROR, null);
            case FlightOutcome.Streaming live ->
                throw new IllegalStateException("a response with a live body has no whole body yet");
            case FlightOutcome.Growing growing ->
                throw new IllegalStateException("a response with a live body has no whole body yet");
            case FlightOutcome.Outgrown outgrown ->
                throw new IllegalStateException("no caller may use such an outcome");
            case FlightOutcome.Rekeyed elsewhere ->
                throw new IllegalStateException("no caller may use such an outcome");
            case FlightOutcome.BackedOff backedOff ->
                backedOff(request, membership.standingUnlessInvalidated(), backedOff.backoff());
            case FlightOutcome.Failed failed ->
                fallback(
                        request,
                        membership,
                        failed.failure(),
                        Served.STALE_ERROR,
                        answered(request, membership, failed));
        };
    }

    /** @param outlook the outlook on the next request; clear where the origin has just answered */
    private Answer landed(
            CacheRequest request, FlightMembership membership, FlightOutcome.Fetched landed, Backoffs.Outlook outlook) {
        Served mine = landed.renewed() ? Served.REVALIDATED : Served.FETCHED;
        CacheStatus status = forwarded(membership, landed.response(), landed.obstacle());
        Response answer = given(
                request,
                membership.leader() ? landed.response() : landed.response().forOthers(),
                membership.leader() ? mine : Served.COLLAPSED,
                landed.renewed() ? status.status(304) : status,
                outlook,
                clock.now());
        return readable(request, answer);
    }

    /**
     * Answers a call with a stored response before any fetch, and counts it.
     *
     * @param stale how the response is served if it is not fresh
     */
    Answer atOnce(CacheRequest request, StoredResponse stored, Served stale, long now) {
        boolean fresh = stored.fresh(now);
        recorder.hit(fresh);
        return stored(request, stored, fresh ? Served.HIT : stale, now);
    }

    /** Answers with a stored response. A negative response, or one whose content cannot be had, is a failure. */
    private Answer stored(CacheRequest request, StoredResponse stored, Served served, long now) {
        return stored.negative() ? denied(request, stored, now) : readable(request, hit(request, stored, served, now));
    }

    private Answer readable(CacheRequest request, Response answer) {
        Failure unreadable = request.unreadable(answer.response());
        return unreadable == null ? answer : failed(request, unreadable, null);
    }

    /** Answers with a stored response as it is. */
    Response hit(CacheRequest request, StoredResponse stored, Served served, long now) {
        return given(request, stored, served, CacheStatus.hit(policy.name()), backoffs.outlook(request), now);
    }

    private Answer denied(CacheRequest request, StoredResponse negative, long now) {
        long left = negative.lifetimeNanos() - negative.ageNanos(now);
        Failure failure = Failure.of(
                negative.status(),
                request.key() + " answered with status " + negative.status() + "; the cache remembers this failure");
        Instant forgotten = clock.instant().plusNanos(Math.max(0, left));
        Instant next = backoffs.outlook(request)
                .nextAttempt()
                .filter(forgotten::isBefore)
                .orElse(forgotten);
        return new Answer.Failed(failure, Optional.of(next), hit(request, negative, Served.HIT, now));
    }

    /** Answers while a backoff is in force. */
    Answer backedOff(CacheRequest request, @Nullable StoredResponse stored, BackoffState backoff) {
        long now = clock.now();
        Failure last = backoff.last();
        String why = request.target().origin() + " has been failing for " + millis(backoff.failingNanos(now))
                + " (consecutive failures: "
                + backoff.failures() + "); the next request is allowed in "
                + millis(Math.max(0, backoff.earliest().orElse(now) - now)) + "; the last failure: " + last.message();
        Failure failure = new Failure(last.reason(), last.status(), why, last.cause());
        CacheStatus status = CacheStatus.hit(policy.name()).detail("backoff");
        return standIn(request, stored, failure, Served.STALE_BACKOFF, status)
                .orElseGet(() -> failed(request, failure, null));
    }

    private static String millis(long nanos) {
        return DurationText.of(Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    /** Answers a caller that needs a fetch but sent only-if-cached. */
    Answer declined(CacheRequest request) {
        return failed(
                request,
                Failure.of(
                        504,
                        "no usable response is stored for " + request.key() + ", and the request says only-if-cached"),
                null);
    }

    /** Answers a caller when the flight already has the maximum number of waiters. */
    Answer tooManyWaiters(CacheRequest request, @Nullable StoredResponse stored) {
        int most = policy.failurePolicy().maximumWaiters();
        Failure failure = Failure.of(
                Reason.TOO_MANY_WAITERS,
                most + " callers (maximumWaiters) already wait for "
                        + request.target().origin());
        CacheStatus status = CacheStatus.hit(policy.name()).detail("too-many-waiters");
        return counted(standIn(request, stored, failure, Served.STALE_PATIENCE, status)
                .orElseGet(() -> failed(request, failure, null)));
    }

    /** Answers a caller whose patience ended first. */
    Answer impatient(CacheRequest request, FlightMembership membership) {
        return counted(fallback(
                request, membership, patienceFailure(request, membership.flight()), Served.STALE_PATIENCE, null));
    }

    private Answer counted(Answer answer) {
        if (answer instanceof Answer.Failed failed) {
            recorder.callFailed(failed.failure().reason());
        }
        return answer;
    }

    private Failure patienceFailure(CacheRequest request, Flight<FlightOutcome> flight) {
        String waited = "waited " + DurationText.of(request.patience()) + " (patience) for ";
        String origin = request.target().origin();
        return switch (flight.phase()) {
            case PREPARING -> Failure.of(Reason.PATIENCE, waited + origin + ", and the fetch had not begun to send");
            case QUEUED ->
                Failure.of(
                        Reason.BUSY,
                        waited + "a connection to " + origin + ": all " + connectionsPerOrigin
                                + " (connectionsPerOrigin) were busy");
            case RUNNING ->
                Failure.of(Reason.PATIENCE, waited + origin + "; the fetch goes on and is stored when it lands");
        };
    }

    private Answer fallback(
            CacheRequest request,
            FlightMembership membership,
            Failure failure,
            Served served,
            @Nullable Response answered) {
        CacheStatus went = CacheStatus.forwarded(policy.name(), membership.why(), signs(membership, false))
                .detail(failure.reason().name().toLowerCase(Locale.ROOT));
        CacheStatus status =
                failure.status().isPresent() ? went.status(failure.status().getAsInt()) : went;
        return standIn(request, membership.standingUnlessInvalidated(), failure, served, status)
                .orElseGet(() -> failed(request, failure, answered));
    }

    private @Nullable Response answered(
            CacheRequest request, FlightMembership membership, FlightOutcome.Failed failed) {
        StoredResponse answered = failed.answered();
        return answered == null
                ? null
                : given(
                        request,
                        membership.leader() ? answered : answered.forOthers(),
                        membership.leader() ? Served.FETCHED : Served.COLLAPSED,
                        forwarded(membership, answered, failed.obstacle()));
    }

    /** Answers a request whose own answer, a redirect, led to a failure. */
    Answer standIn(CacheRequest request, Failure failure) {
        VariantSet variants = store.get(request.key().text());
        boolean impatient = failure.reason() == Reason.PATIENCE || failure.reason() == Reason.BUSY;
        StoredResponse success = variants == null ? null : variants.success(request.headers());
        CacheStatus status = CacheStatus.forwarded(policy.name(), ForwardReason.STALE);
        return standIn(request, success, failure, impatient ? Served.STALE_PATIENCE : Served.STALE_ERROR, status)
                .orElseGet(() -> failed(request, failure, null));
    }

    /** Returns the stale response, if it may stand in for the answer that the caller did not get. */
    private Optional<Answer> standIn(
            CacheRequest request, @Nullable StoredResponse stored, Failure failure, Served served, CacheStatus status) {
        StoredResponse stale = request.usable(stored, clock.now());
        if (stale == null || request.afresh() || !covers(request, failure)) {
            return Optional.empty();
        }
        recorder.servedStale();
        return Optional.of(given(request, stale, served, status));
    }

    /**
     * Returns whether the stored response stays in use after the failure. It does so also when the application's own
     * decision throws.
     */
    private boolean covers(CacheRequest request, Failure failure) {
        try {
            return policy.failurePolicy().covers(failure);
        } catch (UserCodeException e) {
            recorder.userCodeFailed(request, e.failure(request.target().origin()));
            return true;
        }
    }

    private Answer.Failed failed(CacheRequest request, Failure failure, @Nullable Response answered) {
        return new Answer.Failed(failure, backoffs.outlook(request).nextAttempt(), answered);
    }

    private Response given(CacheRequest request, StoredResponse response, Served served, CacheStatus status) {
        return given(request, response, served, status, backoffs.outlook(request), clock.now());
    }

    private static Response given(
            CacheRequest request,
            StoredResponse response,
            Served served,
            CacheStatus status,
            Backoffs.Outlook outlook,
            long now) {
        long age = response.ageNanos(now);
        long ttl = TimeUnit.NANOSECONDS.toSeconds(response.lifetimeNanos() - age);
        return new Response(
                response,
                request.key(),
                served,
                age,
                outlook.consecutiveFailures(),
                outlook.nextAttempt(),
                status.ttl(ttl));
    }

    private CacheStatus forwarded(FlightMembership membership, StoredResponse response, Optional<Obstacle> obstacle) {
        CacheStatus status = CacheStatus.forwarded(
                        policy.name(), membership.why(), signs(membership, obstacle.isEmpty()))
                .status(response.status());
        return obstacle.map(why -> status.detail(why.detail())).orElse(status);
    }

    private static CacheStatus.Sign[] signs(FlightMembership membership, boolean stored) {
        List<CacheStatus.Sign> signs = new ArrayList<>(2);
        if (stored) {
            signs.add(CacheStatus.Sign.STORED);
        }
        if (!membership.leader()) {
            signs.add(CacheStatus.Sign.COLLAPSED);
        }
        return signs.toArray(CacheStatus.Sign[]::new);
    }
}
