package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.http.caching.Assessment;
import dev.fetchonce.internal.http.caching.Disposition;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.failure.RetryAfter;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Step 5 of a get: judges the reply of the origin, and lands the flight with the result. */
final class ResponseProcessor {
    private final EngineContext parts;
    private final Fetch fetch;
    private final CacheRequest request;
    private final LandingPublisher publisher;

    /** The stored response that was revalidated, or null. */
    private final @Nullable StoredResponse pinned;

    ResponseProcessor(
            EngineContext parts,
            Fetch fetch,
            CacheRequest request,
            LandingPublisher publisher,
            @Nullable StoredResponse pinned) {
        this.parts = parts;
        this.fetch = fetch;
        this.request = request;
        this.publisher = publisher;
        this.pinned = pinned;
    }

    /** Lands the flight with the reply; if that fails, abandons a body that is still arriving. */
    FlightResult<FlightOutcome> landing(Flight<FlightOutcome> me, OriginReply reply)
            throws InterruptedException, TimeoutException {
        try {
            return judged(me, reply);
        } catch (Throwable e) { // for example from the clock of the application
            reply.exchange().abandon();
            throw e;
        }
    }

    private FlightResult<FlightOutcome> judged(Flight<FlightOutcome> me, OriginReply reply)
            throws InterruptedException, TimeoutException {
        return switch (reply.exchange()) {
            case ExchangeResult.Broken broken -> failed(broken.failure());
            case ExchangeResult.Bare bare ->
                request.callerKind() == CallerKind.HTTP_CLIENT ? failed(bare.refused()) : bare(me, reply, bare.known());
            case ExchangeResult.Live live -> publisher.live(live, obstacle(live));
            case ExchangeResult.Growing growing -> growing(me, reply, growing);
            case ExchangeResult.Answered answered -> answered(me, reply, answered);
        };
    }

    /**
     * Lands the flight for a leader that reads the body live; another flight lands with the whole body. If a stored
     * response stands in for such a failure, the body is abandoned.
     */
    private FlightResult<FlightOutcome> growing(
            Flight<FlightOutcome> me, OriginReply reply, ExchangeResult.Growing growing) {
        int status = growing.live().status();
        Failure failure = Failure.answered(request.key().toString(), status);
        if (FailureRule.outage(status) && parts.covers(failure) && usable() != null) {
            growing.abandon();
            return publisher.failed(
                    failure,
                    new FlightOutcome.Failed(failure),
                    retryAfter(status, growing.live().headers(), parts.clock().instant(), longestPause()),
                    usable());
        }
        if (!parts.flights().succeed(me, new RestOfBody(parts, fetch, this, reply, growing))) {
            growing.body().stop();
            growing.body().settled();
        }
        return publisher.growing(growing.live(), fetch::leaderLeft);
    }

    /** Lands the rest of a body that only its leader reads. */
    FlightResult<FlightOutcome> outgrown(ExchangeResult.Live live) {
        return publisher.outgrown(live.status());
    }

    private FlightResult<FlightOutcome> answered(
            Flight<FlightOutcome> me, OriginReply reply, ExchangeResult.Answered answered)
            throws InterruptedException, TimeoutException {
        Assessment assessment =
                parts.policy().freshnessPolicy().judge(request, answered, reply.received(), reply.conditional());
        StoredResponse response = response(answered, reply, assessment, selection(answered));
        return switch (assessment.verdict()) {
            case Disposition.Refuse refuse ->
                failed(refuse.failure(), response, assessment.obstacle(), retryAfter(answered));
            case Disposition.Deny deny -> denied(deny.failure(), response, answered);
            case Disposition.Store store -> arrived(me, response, answered);
            case Disposition.Pass pass ->
                passed(me, response, answered, assessment.obstacle().orElse(Obstacle.STATUS));
            case Disposition.Renew renew -> renewed(reply, answered);
        };
    }

    /** Lands with a response whose fields cannot be read. */
    private FlightResult<FlightOutcome> bare(Flight<FlightOutcome> me, OriginReply reply, ExchangeResult.Answered bare)
            throws InterruptedException, TimeoutException {
        FreshnessPolicy freshnessPolicy = parts.policy().freshnessPolicy();
        Assessment assessment = freshnessPolicy.judge(request, bare, reply.received(), reply.conditional());
        Optional<VarySelection> unseen = freshnessPolicy.unseen(request.headers());
        StoredResponse response = response(bare, reply, assessment, unseen.orElseGet(() -> selection(bare)));
        return unseen.isPresent()
                ? arrived(me, response, bare)
                : passed(me, response, bare, assessment.obstacle().orElse(Obstacle.FIELDS_UNSEEN));
    }

    private VarySelection selection(ExchangeResult.Answered answered) {
        return parts.policy().freshnessPolicy().selection(answered.headers(), request.headers());
    }

    private StoredResponse response(
            ExchangeResult.Answered answered, OriginReply reply, Assessment assessment, VarySelection selection) {
        return new StoredResponse(
                url(),
                answered.status(),
                StoredFields.shown(answered.status(), answered.headers()),
                answered.representation(),
                selection,
                assessment.validity(),
                reply.received().nanos(),
                reply.received().at(),
                answered.connection());
    }

    /** Returns the URL; it is the same string object as that of the stored response, if there is one. */
    private String url() {
        return pinned == null ? request.target().text() : pinned.url();
    }

    /** Lands with a failure to be remembered, but never in place of a good response that stands in for it. */
    private FlightResult<FlightOutcome> denied(
            Failure failure, StoredResponse response, ExchangeResult.Answered answered) {
        return usable() != null && parts.covers(failure)
                ? failed(failure, response, Optional.of(Obstacle.FAILURE), retryAfter(answered))
                : publisher.denied(response, failure, retryAfter(answered));
    }

    private FlightResult<FlightOutcome> arrived(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered)
            throws InterruptedException, TimeoutException {
        FlightResult<FlightOutcome> refused = refused(me, response, answered);
        if (refused != null) {
            return refused;
        }
        if (!isWhole(response, answered)) {
            return publisher.passed(response, Obstacle.INCOMPLETE);
        }
        ContentCodings.CodingException damage = response.representation().damage();
        if (damage == null) {
            return publisher.landed(response);
        }
        parts.userCodeFailures().failed(request.key().url(), response.uncodable(damage));
        return publisher.passed(response, Obstacle.DAMAGED);
    }

    private FlightResult<FlightOutcome> passed(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered, Obstacle why)
            throws InterruptedException, TimeoutException {
        FlightResult<FlightOutcome> refused = refused(me, response, answered);
        return refused == null ? publisher.passed(response, why) : refused;
    }

    /** Returns why the response is streamed: because of its head, or else because of its length. */
    private Obstacle obstacle(ExchangeResult.Live live) {
        return parts.policy()
                .freshnessPolicy()
                .forOne(request, live.status(), live.headers(), parts.clock().instant())
                .orElse(Obstacle.TOO_LARGE);
    }

    /**
     * Returns the landing when the response does not suit the waiters or breaks a decoded type; null when it does suit
     * them.
     */
    private @Nullable FlightResult<FlightOutcome> refused(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered)
            throws InterruptedException, TimeoutException {
        if (!response.success() || forBytes()) {
            return null; // no caller reads the body of a redirect, and an exchange leaves its body to its caller
        }
        try {
            response.representation().content();
            return undecoded(me, response, answered);
        } catch (ContentCodings.CodingException e) {
            return failed(response.uncodable(e));
        }
    }

    /**
     * Returns whether the body is not decoded: the client made the request, or a background renewal is of use to the
     * client only.
     */
    private boolean forBytes() {
        StoredResponse stored = pinned;
        return switch (request.callerKind()) {
            case HTTP_CLIENT -> true;
            case VALUE_API -> false;
            case BACKGROUND -> stored != null && stored.representation().unreadable() != null;
        };
    }

    /** Returns the landing when the decoded content does not suit the waiters, or null; the codings must be undone. */
    private @Nullable FlightResult<FlightOutcome> undecoded(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered)
            throws ContentCodings.CodingException, InterruptedException, TimeoutException {
        if (!isWhole(response, answered) && response.representation().saysJson()) {
            return failed(Failure.of(
                    Reason.BROKEN, request.target().origin() + " ended the connection before the JSON document ended"));
        }
        for (Type type : kept()) {
            try {
                decode(response, type);
            } catch (UndecodableException e) {
                return failed(response.undecodable(e));
            }
        }
        for (Type type : wished(me)) {
            try {
                decode(response, type);
            } catch (UndecodableException e) {
                if (!e.wellFormed()) { // otherwise only the callers that want that type fail
                    Failure failure = response.undecodable(e);
                    FlightOutcome outcome = new FlightOutcome.Undecodable(response, failure);
                    return publisher.failed(failure, outcome, OptionalLong.empty(), usable());
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
                || isWholeJson(response);
    }

    /** Returns whether the content is one JSON document that cannot be the beginning of another. */
    private boolean isWholeJson(StoredResponse response) {
        try {
            var representation = response.representation();
            return parts.binder().isWhole(representation.content(), representation.contentType());
        } catch (ContentCodings.CodingException e) {
            return false;
        }
    }

    /**
     * Lands with the response that the 304 confirms: the pinned one, or another variant that answers this request from
     * now on. The 304 updates all confirmed responses, and each keeps its own selection.
     */
    private FlightResult<FlightOutcome> renewed(OriginReply reply, ExchangeResult.Answered notModified) {
        List<StoredResponse> confirmed = reply.confirmed();
        StoredResponse mine = pinned;
        StoredResponse answer = mine != null && confirmed.contains(mine) ? mine : confirmed.getFirst();
        parts.counters().revalidated.increment();
        List<StoredResponse> others = new ArrayList<>();
        for (StoredResponse other : confirmed) {
            if (!other.equals(mine) && renewed(other, reply, notModified) instanceof Renewal.Kept kept) {
                others.add(kept.response().selectedAs(other));
            }
        }
        return switch (renewed(answer, reply, notModified)) {
            case Renewal.Kept kept -> publisher.renewed(kept.response(), others);
            case Renewal.Withdrawn withdrawn -> publisher.withdrawn(answer, withdrawn);
        };
    }

    private Renewal renewed(StoredResponse stored, OriginReply reply, ExchangeResult.Answered notModified) {
        return parts.policy()
                .freshnessPolicy()
                .renewed(request, stored, StoredFields.kept(notModified.headers()), reply.received());
    }

    /**
     * Returns the types to which the stored response was decoded, while it can stand in. Its callers will want them
     * again, and a response that breaks one of them must not replace it.
     */
    private Set<Type> kept() {
        StoredResponse stored = usable();
        return stored == null ? Set.of() : stored.representation().types();
    }

    /** Returns the types to which the waiters want the response decoded. */
    private Set<Type> wished(Flight<FlightOutcome> me) {
        Set<Type> types = new LinkedHashSet<>();
        if (request.wanted() != null) {
            types.add(request.wanted());
        }
        for (Object wish : me.wishes()) {
            types.add((Type) wish);
        }
        return types;
    }

    private void decode(StoredResponse response, Type type)
            throws UndecodableException, ContentCodings.CodingException, InterruptedException, TimeoutException {
        parts.decoded(response, type, Deadline.after(parts.policy().timeout()));
    }

    /** Returns the stored response if it can still be used, or null. */
    private @Nullable StoredResponse usable() {
        StoredResponse stored = pinned;
        boolean fresh = stored != null
                && !stored.negative()
                && stored.fresh(parts.clock().now())
                && parts.unreadable(request, stored) == null;
        return fresh ? stored : parts.usable(stored, request);
    }

    FlightResult<FlightOutcome> failed(Failure failure) {
        return publisher.failed(failure, new FlightOutcome.Failed(failure), OptionalLong.empty(), usable());
    }

    private FlightResult<FlightOutcome> failed(
            Failure failure, StoredResponse answered, Optional<Obstacle> why, OptionalLong retryAfter) {
        FlightOutcome outcome = new FlightOutcome.Failed(failure, answered, Optional.of(why.orElse(Obstacle.FAILURE)));
        return publisher.failed(failure, outcome, retryAfter, usable());
    }

    private OptionalLong retryAfter(ExchangeResult.Answered answered) {
        return retryAfter(answered, parts.clock().instant(), longestPause());
    }

    private long longestPause() {
        return parts.policy().failurePolicy().delay().maximumNanos();
    }

    /** Returns the wait that the origin asks for, in nanoseconds. */
    static OptionalLong retryAfter(ExchangeResult.Answered answered, Instant now, long maximumNanos) {
        return retryAfter(answered.status(), answered.headers(), now, maximumNanos);
    }

    private static OptionalLong retryAfter(int status, HttpHeaders headers, Instant now, long maximumNanos) {
        return RetryAfter.applies(status)
                ? RetryAfter.nanos(headers, now, Math.max(0, maximumNanos))
                : OptionalLong.empty();
    }
}
