package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.FailedAttempt;
import dev.fetchonce.internal.backoff.Outlook;
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
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.UserCodeException;
import dev.fetchonce.internal.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
        if (!membership.mayUse(request, outcome, asked, policy.failurePolicy().shareErrors())
                || (membership.cutShort(request, outcome)
                        && request.usable(membership.standingUnlessInvalidated(), clock.now()) == null)) {
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
            case FlightOutcome.Fetched landed -> landed(request, membership, landed, Optional.empty());
            case FlightOutcome.Undecodable whole ->
                request.wanted() == null
                        ? landed(
                                request,
                                membership,
                                new FlightOutcome.Fetched(whole.response(), false, Optional.of(Obstacle.UNDECODABLE)),
                                trouble(request))
                        : fallback(request, membership, whole.failure(), Served.STALE_ERROR, null);
            case FlightOutcome.Streaming live ->
                throw new IllegalStateException("a response with a live body has no whole body yet");
            case FlightOutcome.Growing growing ->
                throw new IllegalStateException("a response with a live body has no whole body yet");
            case FlightOutcome.Outgrown outgrown ->
                throw new IllegalStateException("no caller may use such an outcome");
            case FlightOutcome.Rekeyed elsewhere ->
                throw new IllegalStateException("no caller may use such an outcome");
            case FlightOutcome.Overtaken overtaken ->
                throw new IllegalStateException("no caller may use such an outcome");
            case FlightOutcome.BackedOff backedOff -> {
                StoredResponse standing = membership.standingUnlessInvalidated();
                Answer answer = backedOff(request, standing, backedOff.why());
                if (answer instanceof Answer.Held held) {
                    recordOutage(request, standing, held);
                }
                yield answer;
            }
            case FlightOutcome.Failed failed ->
                fallback(
                        request,
                        membership,
                        failed.failure(),
                        Served.STALE_ERROR,
                        answered(request, membership, failed));
        };
    }

    /** @param trouble the trouble of the URL; empty where the origin has just answered */
    private Answer landed(
            CacheRequest request,
            FlightMembership membership,
            FlightOutcome.Fetched landed,
            Optional<Trouble> trouble) {
        Served mine = landed.renewed() ? Served.REVALIDATED : Served.FETCHED;
        CacheStatus status = forwarded(membership, landed.response(), landed.obstacle());
        Response answer = given(
                request,
                membership.leader() ? landed.response() : landed.response().forOthers(),
                membership.leader() ? mine : Served.COLLAPSED,
                landed.renewed() ? status.status(304) : status,
                trouble,
                clock.now());
        return readable(request, answer);
    }

    /**
     * Answers a call with a stored response before any fetch, and counts it.
     *
     * @param stale how the response is served if it is not fresh
     */
    Answer atOnce(CacheRequest request, StoredResponse stored, Served stale, long now) {
        Served served = stored.fresh(now) ? Served.HIT : stale;
        recorder.hit(served);
        return stored(request, stored, served, now);
    }

    /** Answers with a stored response. A negative response, or one whose content cannot be had, is a failure. */
    Answer stored(CacheRequest request, StoredResponse stored, Served served, long now) {
        return stored.negative() ? denied(request, stored, now) : readable(request, hit(request, stored, served, now));
    }

    private Answer readable(CacheRequest request, Response answer) {
        Failure unreadable = request.unreadable(answer.response());
        return unreadable == null ? answer : failed(request, unreadable, null);
    }

    /** Answers with a stored response as it is. */
    Response hit(CacheRequest request, StoredResponse stored, Served served, long now) {
        return given(request, stored, served, CacheStatus.hit(policy.name()), trouble(request), now);
    }

    private Answer denied(CacheRequest request, StoredResponse negative, long now) {
        long left = negative.lifetimeNanos() - negative.ageNanos(now);
        Failure failure = Failure.of(
                negative.status(),
                request.key() + " answered with status " + negative.status() + "; the cache remembers this failure");
        Trouble trouble = Troubles.remembered(
                backoffs, request, clock, new FailedAttempt(failure, negative.receivedNanos()), left);
        // A negative response is stored beside a live seed where its own request was not a plain one.
        return standIn(request, null, failure, Served.STALE_ERROR, CacheStatus.hit(policy.name()))
                .orElseGet(() ->
                        new Answer.Failed(failure, Optional.of(trouble), hit(request, negative, Served.HIT, now)));
    }

    private Optional<Trouble> trouble(CacheRequest request) {
        return Troubles.of(backoffs, request, clock);
    }

    /**
     * Answers while a backoff is in force, or while a fetch looks whether it still must be. A held call is not recorded:
     * its caller may wait and ask.
     */
    Answer backedOff(CacheRequest request, @Nullable StoredResponse stored, Outlook outlook) {
        long now = clock.now();
        BackoffState trouble = Objects.requireNonNull(outlook.trouble(), "a failure");
        Failure last = trouble.last();
        String why = request.target().name() + " is left alone: requests to it or to its host have been failing for "
                + DurationText.ofMillis(trouble.failingNanos(now)) + " (consecutive failures: " + trouble.failures()
                + "), and the next request is allowed in "
                + DurationText.ofMillis(Math.max(0, outlook.heldUntil().orElse(now) - now)) + "; the last failure: "
                + last.message();
        Failure failure = new Failure(last.reason(), last.status(), last.rateLimited(), why, last.cause());
        CacheStatus status = CacheStatus.hit(policy.name()).detail("backoff");
        return standIn(request, stored, failure, Served.STALE_BACKOFF, status)
                .orElseGet(() -> new Answer.Held(failure, trouble(request)));
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
                        + request.target().name());
        CacheStatus status = CacheStatus.hit(policy.name()).detail("too-many-waiters");
        return counted(
                request,
                standIn(request, stored, failure, Served.STALE_PATIENCE, status)
                        .orElseGet(() -> failed(request, failure, null)));
    }

    /** Answers a caller whose patience ended first. */
    Answer impatient(CacheRequest request, FlightMembership membership) {
        return counted(
                request,
                fallback(
                        request,
                        membership,
                        patienceFailure(request, membership.flight()),
                        Served.STALE_PATIENCE,
                        null));
    }

    private Answer counted(CacheRequest request, Answer answer) {
        if (answer instanceof Answer.Failed failed) {
            recorder.callFailed(request.target().origin(), failed.failure().reason());
        }
        return answer;
    }

    private Failure patienceFailure(CacheRequest request, Flight<FlightOutcome> flight) {
        String waited = "waited " + DurationText.of(request.patience()) + " (patience) for ";
        String name = request.target().name();
        return switch (flight.phase()) {
            case PREPARING -> Failure.of(Reason.PATIENCE, waited + name + ", and the fetch had not begun to send");
            case QUEUED ->
                Failure.of(
                        Reason.BUSY,
                        waited + "a connection to " + name + ": all " + connectionsPerOrigin
                                + " (connectionsPerOrigin) were busy");
            case RUNNING ->
                Failure.of(Reason.PATIENCE, waited + name + "; the fetch goes on and is stored when it lands");
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
                .orElseGet(() -> outage(request, membership.standingUnlessInvalidated(), failure, answered));
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
        boolean impatient = failure.reason() == Reason.PATIENCE || failure.reason() == Reason.BUSY;
        CacheStatus status = CacheStatus.forwarded(policy.name(), ForwardReason.STALE);
        Served served = impatient ? Served.STALE_PATIENCE : Served.STALE_ERROR;
        return standIn(request, Lookup.success(store, request), failure, served, status)
                .orElseGet(() -> failed(request, failure, null));
    }

    /**
     * Returns the stale response, or else the seed of the request, if it may stand in for the answer that the caller
     * did not get.
     */
    private Optional<Answer> standIn(
            CacheRequest request, @Nullable StoredResponse stored, Failure failure, Served served, CacheStatus status) {
        StoredResponse stale = request.usable(stored, clock.now());
        if (stale == null || request.afresh() || !covers(request, failure, stale)) {
            return Optional.empty();
        }
        recorder.servedStale(served);
        return Optional.of(given(request, stale, served, status));
    }

    /**
     * Returns whether the stored response stays in use after the failure. It does so also when the application's own
     * decision throws.
     */
    private boolean covers(CacheRequest request, Failure failure, StoredResponse stale) {
        try {
            return policy.failurePolicy().covers(failure, stale);
        } catch (UserCodeException e) {
            recorder.userCodeFailed(request, e.failure(request.target().name()));
            return true;
        }
    }

    /** Answers with a failure that the stored response does not cover, or could not cover. */
    private Answer.Failed outage(
            CacheRequest request, @Nullable StoredResponse stored, Failure failure, @Nullable Response answered) {
        Answer.Failed failed = failed(request, failure, answered);
        recordOutage(request, stored, failed);
        return failed;
    }

    /**
     * Records that the call fails by an outage.
     *
     * @param stored the stored response that the caller found, or null
     */
    void recordOutage(CacheRequest request, @Nullable StoredResponse stored, Answer.Unsuccessful answer) {
        long now = clock.now();
        boolean tooOld = stored != null && !stored.negative() && request.usable(stored, now) == null;
        recorder.failedByOutage(request, answer.failure(), tooOld, answer.trouble(), now);
    }

    private Answer.Failed failed(CacheRequest request, Failure failure, @Nullable Response answered) {
        return new Answer.Failed(failure, trouble(request), answered);
    }

    private Response given(CacheRequest request, StoredResponse response, Served served, CacheStatus status) {
        return given(request, response, served, status, trouble(request), clock.now());
    }

    private static Response given(
            CacheRequest request,
            StoredResponse response,
            Served served,
            CacheStatus status,
            Optional<Trouble> trouble,
            long now) {
        long age = response.ageNanos(now);
        long ttl = TimeUnit.NANOSECONDS.toSeconds(response.lifetimeNanos() - age);
        return new Response(response, request.key(), served, age, trouble, status.ttl(ttl));
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
