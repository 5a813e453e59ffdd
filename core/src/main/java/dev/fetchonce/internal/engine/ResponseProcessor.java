package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.caching.Assessment;
import dev.fetchonce.internal.http.caching.Disposition;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.failure.RequestedWait;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Step 5 of a get: judges the reply of the origin, and plans the landing of the flight. Thread-safe. */
final class ResponseProcessor {
    private final CachePolicy policy;
    private final CacheClock clock;
    private final ResponseDecoder decoder;
    private final LandingPlanner planner;
    private final Recorder recorder;

    ResponseProcessor(
            CachePolicy policy, CacheClock clock, ResponseDecoder decoder, LandingPlanner planner, Recorder recorder) {
        this.policy = policy;
        this.clock = clock;
        this.decoder = decoder;
        this.planner = planner;
        this.recorder = recorder;
    }

    /**
     * Returns the plan for a flight with this reply.
     *
     * @param wishes the types to which the waiters want the response decoded
     * @throws TimeoutException when another thread takes too long to decode the response
     */
    LandingPlan plan(CacheRequest request, OriginReply reply, Supplier<Set<Object>> wishes)
            throws InterruptedException, TimeoutException {
        return switch (reply.result()) {
            case ExchangeResult.Broken broken ->
                failed(request, reply.validation().pinned(), broken.failure());
            case ExchangeResult.Live live ->
                planner.streamed(request, live, obstacle(request, live), requestedWait(live));
            case ExchangeResult.Growing growing -> growing(request, reply, growing);
            case ExchangeResult.Bare bare ->
                request.callerKind().exchanges()
                        ? failed(request, reply.validation().pinned(), bare.refused())
                        : bare(new Arrival(request, reply, bare.known(), wishes));
            case ExchangeResult.Answered answered -> answered(new Arrival(request, reply, answered, wishes));
        };
    }

    /** A response that has arrived, with all that decides on it. */
    private record Arrival(
            CacheRequest request, OriginReply reply, ExchangeResult.Answered answered, Supplier<Set<Object>> wishes) {
        /** Returns the stored response that was to be validated, or null. */
        @Nullable
        StoredResponse pinned() {
            return reply.validation().pinned();
        }
    }

    /**
     * Plans for a leader that reads the body live; another flight lands with the whole body. If a stored response
     * stands in for such a failure, the body is abandoned.
     */
    private LandingPlan growing(CacheRequest request, OriginReply reply, ExchangeResult.Growing growing) {
        int status = growing.live().status();
        Failure failure = Failure.answered(
                request.key().toString(), status, growing.live().headers());
        StoredResponse pinned = reply.validation().pinned();
        StoredResponse usable = request.afresh() ? null : request.usable(pinned, clock.now()); // as for the leader
        if (FailureRule.outage(status)
                && usable != null
                && policy.failurePolicy().covers(failure, usable)) {
            growing.abandon();
            return planner.failed(
                    request, failure, new FlightOutcome.Failed(failure), requestedWait(growing.live()), usable);
        }
        return planner.growing(growing.live());
    }

    /** Returns the plan for the rest of a body that only its leader reads. */
    LandingPlan outgrown(CacheRequest request, ExchangeResult.Live live) {
        return planner.outgrown(request, live, requestedWait(live));
    }

    private OptionalLong requestedWait(ExchangeResult.Live live) {
        return requestedWait(live.status(), live.headers(), longestPause());
    }

    /** Plans for a response by the verdict of the freshness policy. */
    private LandingPlan answered(Arrival arrival) throws InterruptedException, TimeoutException {
        Assessment assessment = assessment(arrival);
        StoredResponse response = response(arrival, assessment, selection(arrival));
        return switch (assessment.verdict()) {
            case Disposition.Refuse refuse ->
                failed(
                        arrival,
                        refuse.failure(),
                        response,
                        assessment.obstacle().orElse(Obstacle.FAILURE));
            case Disposition.Deny deny -> denied(arrival, deny.failure(), response);
            case Disposition.Store store -> storable(arrival, response);
            case Disposition.Pass pass ->
                unstored(arrival, response, assessment.obstacle().orElse(Obstacle.STATUS));
            case Disposition.Renew renew -> renewed(arrival);
        };
    }

    /** Plans for a response whose fields cannot be read. */
    private LandingPlan bare(Arrival arrival) throws InterruptedException, TimeoutException {
        Assessment assessment = assessment(arrival);
        Optional<VarySelection> unseen =
                policy.freshnessPolicy().unseen(arrival.request().headers());
        StoredResponse response = response(arrival, assessment, unseen.orElseGet(() -> selection(arrival)));
        return unseen.isPresent()
                ? storable(arrival, response)
                : unstored(arrival, response, assessment.obstacle().orElse(Obstacle.FIELDS_UNSEEN));
    }

    private Assessment assessment(Arrival arrival) {
        OriginReply reply = arrival.reply();
        return policy.freshnessPolicy()
                .judge(
                        arrival.request().context(),
                        arrival.answered().status(),
                        arrival.answered().headers(),
                        reply.received(),
                        reply.conditional());
    }

    private VarySelection selection(Arrival arrival) {
        return policy.freshnessPolicy()
                .selection(arrival.answered().headers(), arrival.request().headers());
    }

    private static StoredResponse response(Arrival arrival, Assessment assessment, VarySelection selection) {
        ExchangeResult.Answered answered = arrival.answered();
        StoredResponse pinned = arrival.pinned();
        return new StoredResponse(
                pinned == null ? arrival.request().target().text() : pinned.url(), // one string object for both
                answered.status(),
                StoredFields.shown(answered.status(), answered.headers()),
                answered.representation(),
                selection,
                assessment.validity(),
                arrival.reply().received().nanos(),
                arrival.reply().received().at(),
                answered.connection());
    }

    /** Plans for a failure to be remembered, but never in place of a good response that stands in for it. */
    private LandingPlan denied(Arrival arrival, Failure failure, StoredResponse response) {
        CacheRequest request = arrival.request();
        StoredResponse usable = usable(request, arrival.pinned());
        return usable != null && policy.failurePolicy().covers(failure, usable)
                ? failed(arrival, failure, response, Obstacle.FAILURE)
                : planner.denied(
                        request,
                        response,
                        failure,
                        requestedWait(arrival),
                        arrival.reply().validation().next(),
                        clock.now());
    }

    /** Plans for a response that the freshness policy permits to store. */
    private LandingPlan storable(Arrival arrival, StoredResponse response)
            throws InterruptedException, TimeoutException {
        LandingPlan unfit = decodeForWaiters(arrival, response);
        if (unfit != null) {
            return unfit;
        }
        CacheRequest request = arrival.request();
        if (!isWhole(response, arrival.answered())) {
            return planner.unstored(request, response, Obstacle.INCOMPLETE);
        }
        ContentCodings.CodingException damage = response.representation().damage();
        if (damage == null) {
            return planner.stored(
                    request, response, arrival.reply().validation().next(), clock.now());
        }
        recorder.userCodeFailed(request, response.uncodable(damage));
        return planner.unstored(request, response, Obstacle.DAMAGED);
    }

    private LandingPlan unstored(Arrival arrival, StoredResponse response, Obstacle why)
            throws InterruptedException, TimeoutException {
        LandingPlan unfit = decodeForWaiters(arrival, response);
        return unfit == null ? planner.unstored(arrival.request(), response, why) : unfit;
    }

    /** Returns why the response is streamed: because of its head, or else because of its length. */
    private Obstacle obstacle(CacheRequest request, ExchangeResult.Live live) {
        return policy.freshnessPolicy()
                .forOne(request.context(), live.status(), live.headers(), clock.instant())
                .orElse(Obstacle.TOO_LARGE);
    }

    /**
     * Returns the plan when the response does not suit the waiters or breaks a decoded type; null when it does suit
     * them.
     */
    private @Nullable LandingPlan decodeForWaiters(Arrival arrival, StoredResponse response)
            throws InterruptedException, TimeoutException {
        if (!response.success() || isForBytes(arrival)) {
            return null; // no caller reads the body of a redirect, and an exchange leaves its body to its caller
        }
        try {
            response.representation().content();
            return decodeToTypes(arrival, response);
        } catch (ContentCodings.CodingException e) {
            return failed(arrival.request(), arrival.pinned(), response.uncodable(e));
        }
    }

    /**
     * Returns whether the body is not decoded: the client made the request, or a background renewal is of use to the
     * client only.
     */
    private static boolean isForBytes(Arrival arrival) {
        StoredResponse stored = arrival.pinned();
        return switch (arrival.request().callerKind()) {
            case HTTP_CLIENT, BACKOFF_CLIENT -> true;
            case VALUE_API -> false;
            case BACKGROUND -> stored != null && stored.representation().unreadable() != null;
        };
    }

    /**
     * Returns the plan when the decoded content does not suit the waiters, or null; the codings must be undone. While
     * the stored response can stand in, its callers will want the types to which it was decoded again. A response that
     * breaks one of them must not replace it.
     */
    private @Nullable LandingPlan decodeToTypes(Arrival arrival, StoredResponse response)
            throws ContentCodings.CodingException, InterruptedException, TimeoutException {
        CacheRequest request = arrival.request();
        if (!isWhole(response, arrival.answered()) && response.representation().saysJson()) {
            return failed(
                    request,
                    arrival.pinned(),
                    Failure.of(
                            Reason.BROKEN,
                            request.target().name() + " ended the connection before the JSON document ended"));
        }
        StoredResponse stored = usable(request, arrival.pinned());
        try {
            if (stored != null && stored.terms().unending()) {
                decoder.requireJson(response); // as the seed is JSON, another content does not retire it
            }
            for (Type type :
                    stored == null ? Set.<Type>of() : stored.representation().types()) {
                decode(response, type);
            }
        } catch (UndecodableException e) {
            return failed(request, arrival.pinned(), response.undecodable(e));
        }
        for (Type type : wished(arrival)) {
            try {
                decode(response, type);
            } catch (UndecodableException e) {
                if (!e.wellFormed()) { // otherwise only the callers that want that type fail
                    Failure failure = response.undecodable(e);
                    FlightOutcome outcome = new FlightOutcome.Undecodable(response, failure);
                    return planner.failed(
                            request, failure, outcome, OptionalLong.empty(), usable(request, arrival.pinned()));
                }
            } catch (Error e) {
                // not remembered: a caller that asks for that type gets the error on its own thread
            }
        }
        return null;
    }

    /** Returns whether the body has certainly arrived in full, or has codings that reveal it when they are undone. */
    private boolean isWhole(StoredResponse response, ExchangeResult.Answered answered) {
        return !response.success()
                || !answered.untilClose()
                || response.representation().decodable()
                || decoder.isWholeJson(response);
    }

    /**
     * Plans for the response that the 304 confirms: the pinned one, or another variant that answers this request from
     * now on. The 304 updates all confirmed responses, and each keeps its own selection.
     */
    private LandingPlan renewed(Arrival arrival) {
        List<StoredResponse> confirmed = arrival.reply().confirmed();
        if (confirmed.isEmpty()) { // and no time was left to ask again without conditions
            CacheRequest request = arrival.request();
            return failed(
                    request,
                    arrival.pinned(),
                    Failure.of(
                            Reason.PROTOCOL,
                            request.key() + " answered 304 Not Modified, but about no stored response"));
        }
        StoredResponse mine = arrival.pinned();
        StoredResponse answer = mine != null && confirmed.contains(mine) ? mine : confirmed.getFirst();
        List<LandingPlanner.Renewed> others = new ArrayList<>();
        for (StoredResponse other : confirmed) {
            if (!other.equals(mine) && renewal(arrival, other) instanceof Renewal.Kept kept) {
                others.add(new LandingPlanner.Renewed(other, kept.response().selectedAs(other)));
            }
        }
        return switch (renewal(arrival, answer)) {
            case Renewal.Kept kept ->
                planner.renewed(
                        arrival.request(),
                        kept.response(),
                        others,
                        arrival.reply().validation().next(),
                        clock.now());
            case Renewal.Withdrawn withdrawn -> planner.withdrawn(arrival.request(), answer, withdrawn);
        };
    }

    private Renewal renewal(Arrival arrival, StoredResponse stored) {
        HttpHeaders fields = StoredFields.kept(arrival.answered().headers());
        return policy.freshnessPolicy()
                .renewed(
                        arrival.request().context(),
                        stored,
                        fields,
                        arrival.reply().received());
    }

    /** Returns the types to which the waiters want the response decoded. */
    private static Set<Type> wished(Arrival arrival) {
        Set<Type> types = new LinkedHashSet<>();
        if (arrival.request().wanted() != null) {
            types.add(arrival.request().wanted());
        }
        for (Object wish : arrival.wishes().get()) {
            types.add((Type) wish);
        }
        return types;
    }

    private void decode(StoredResponse response, Type type)
            throws UndecodableException, ContentCodings.CodingException, InterruptedException, TimeoutException {
        decoder.decoded(response, type, Deadline.after(policy.timeout()));
    }

    /** Returns the stored response if it can still be used, or else the seed of the request; or null. */
    private @Nullable StoredResponse usable(CacheRequest request, @Nullable StoredResponse stored) {
        if (stored == null) {
            return request.seed();
        }
        long now = clock.now();
        boolean fresh = !stored.negative() && stored.fresh(now) && request.unreadable(stored) == null;
        return fresh ? stored : request.usable(stored, now);
    }

    /**
     * Returns the plan for a failure without a response.
     *
     * @param pinned the stored response that was to be validated, or null
     */
    LandingPlan failed(CacheRequest request, @Nullable StoredResponse pinned, Failure failure) {
        return planner.failed(
                request, failure, new FlightOutcome.Failed(failure), OptionalLong.empty(), usable(request, pinned));
    }

    private LandingPlan failed(Arrival arrival, Failure failure, StoredResponse response, Obstacle why) {
        return planner.failed(
                arrival.request(),
                failure,
                new FlightOutcome.Failed(failure, response, Optional.of(why)),
                requestedWait(arrival),
                usable(arrival.request(), arrival.pinned()));
    }

    private OptionalLong requestedWait(Arrival arrival) {
        return requestedWait(arrival.answered().status(), arrival.answered().headers(), longestPause());
    }

    private long longestPause() {
        return Deadline.nanosOf(policy.failurePolicy().maximumRetryAfter());
    }

    /**
     * Returns the wait that the origin asks for, in nanoseconds.
     *
     * @param maximumNanos the bound on that wait
     */
    OptionalLong requestedWait(int status, HttpHeaders headers, long maximumNanos) {
        return RequestedWait.nanos(status, headers, clock.instant(), Math.max(0, maximumNanos));
    }
}
