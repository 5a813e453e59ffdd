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

/** Step 5 of a get: the verdict on what came of a request, and how its flight lands with that. */
final class ResponseProcessor {
    private final EngineContext parts;
    private final Fetch fetch;
    private final CacheRequest ask;
    private final LandingPublisher landings;

    /** What was revalidated, if anything. */
    private final @Nullable StoredResponse pinned;

    ResponseProcessor(
            EngineContext parts,
            Fetch fetch,
            CacheRequest ask,
            LandingPublisher landings,
            @Nullable StoredResponse pinned) {
        this.parts = parts;
        this.fetch = fetch;
        this.ask = ask;
        this.landings = landings;
        this.pinned = pinned;
    }

    /** Lands with what came; where that fails, a body that goes on coming is given up. */
    FlightResult<FlightOutcome> landing(Flight<FlightOutcome> me, OriginReply told)
            throws InterruptedException, TimeoutException {
        try {
            return judged(me, told);
        } catch (Throwable e) { // of a clock that was given, say
            told.exchange().abandon();
            throw e;
        }
    }

    private FlightResult<FlightOutcome> judged(Flight<FlightOutcome> me, OriginReply told)
            throws InterruptedException, TimeoutException {
        return switch (told.exchange()) {
            case ExchangeResult.Broken broken -> failed(broken.failure());
            case ExchangeResult.Bare bare ->
                ask.face() == CallerKind.HTTP_CLIENT ? failed(bare.refused()) : bare(me, told, bare.known());
            case ExchangeResult.Live live -> landings.live(live, obstacle(live));
            case ExchangeResult.Growing growing -> growing(me, told, growing);
            case ExchangeResult.Answered answered -> answered(me, told, answered);
        };
    }

    /**
     * The leader reads what comes, and another flight lands with the whole. Where a stored answer stands in for such a one, the
     * body is for no one.
     */
    private FlightResult<FlightOutcome> growing(
            Flight<FlightOutcome> me, OriginReply told, ExchangeResult.Growing growing) {
        int status = growing.live().status();
        Failure failure = Failure.answered(ask.key().toString(), status);
        if (FailureRule.outage(status) && parts.covers(failure) && usable() != null) {
            growing.abandon();
            return landings.failed(
                    failure,
                    new FlightOutcome.Failed(failure),
                    retryAfter(status, growing.live().headers(), parts.clock().instant(), longestPause()),
                    usable());
        }
        if (!parts.flights().succeed(me, new RestOfBody(parts, fetch, this, told, growing))) {
            growing.body().stop();
            growing.body().settled();
        }
        return landings.growing(growing.live(), fetch::forsaken);
    }

    /** The end of the rest of a body that is its leader's alone. */
    FlightResult<FlightOutcome> outgrown(ExchangeResult.Live live) {
        return landings.outgrown(live.status());
    }

    private FlightResult<FlightOutcome> answered(
            Flight<FlightOutcome> me, OriginReply told, ExchangeResult.Answered answered)
            throws InterruptedException, TimeoutException {
        Assessment judged = parts.policy().aging().judge(ask, answered, told.received(), told.conditional());
        StoredResponse response = response(answered, told, judged, selection(answered));
        return switch (judged.verdict()) {
            case Disposition.Refuse refuse ->
                failed(refuse.failure(), response, judged.obstacle(), retryAfter(answered));
            case Disposition.Deny deny -> denied(deny.failure(), response, answered);
            case Disposition.Store store -> arrived(me, response, answered);
            case Disposition.Pass pass ->
                passed(me, response, answered, judged.obstacle().orElse(Obstacle.STATUS));
            case Disposition.Renew renew -> renewed(told, answered);
        };
    }

    /** An answer of whose fields none is seen. */
    private FlightResult<FlightOutcome> bare(Flight<FlightOutcome> me, OriginReply told, ExchangeResult.Answered bare)
            throws InterruptedException, TimeoutException {
        FreshnessPolicy aging = parts.policy().aging();
        Assessment judged = aging.judge(ask, bare, told.received(), told.conditional());
        Optional<VarySelection> unseen = aging.unseen(ask.headers());
        StoredResponse response = response(bare, told, judged, unseen.orElseGet(() -> selection(bare)));
        return unseen.isPresent()
                ? arrived(me, response, bare)
                : passed(me, response, bare, judged.obstacle().orElse(Obstacle.FIELDS_UNSEEN));
    }

    private VarySelection selection(ExchangeResult.Answered answered) {
        return parts.policy().aging().selection(answered.headers(), ask.headers());
    }

    private StoredResponse response(
            ExchangeResult.Answered answered, OriginReply told, Assessment judged, VarySelection selection) {
        return new StoredResponse(
                url(),
                answered.status(),
                StoredFields.shown(answered.status(), answered.headers()),
                answered.representation(),
                selection,
                judged.life(),
                told.received().nanos(),
                told.received().at(),
                answered.transport());
    }

    /** As one string with what is stored, where there is anything. */
    private String url() {
        return pinned == null ? ask.target().text() : pinned.url();
    }

    /** A failure to be remembered: but never in place of a good answer that stands in for it. */
    private FlightResult<FlightOutcome> denied(
            Failure failure, StoredResponse response, ExchangeResult.Answered answered) {
        return usable() != null && parts.covers(failure)
                ? failed(failure, response, Optional.of(Obstacle.FAILURE), retryAfter(answered))
                : landings.denied(response, failure, retryAfter(answered));
    }

    private FlightResult<FlightOutcome> arrived(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered)
            throws InterruptedException, TimeoutException {
        FlightResult<FlightOutcome> refused = refused(me, response, answered);
        if (refused != null) {
            return refused;
        }
        if (!isWhole(response, answered)) {
            return landings.passed(response, Obstacle.INCOMPLETE);
        }
        ContentCodings.CodingException damage = response.representation().damage();
        if (damage == null) {
            return landings.landed(response);
        }
        parts.faults().struck(ask.key().url(), response.uncodable(damage));
        return landings.passed(response, Obstacle.DAMAGED);
    }

    private FlightResult<FlightOutcome> passed(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered, Obstacle why)
            throws InterruptedException, TimeoutException {
        FlightResult<FlightOutcome> refused = refused(me, response, answered);
        return refused == null ? landings.passed(response, why) : refused;
    }

    /** Why it is handed on as it comes: by its head, or else by its length. */
    private Obstacle obstacle(ExchangeResult.Live live) {
        return parts.policy()
                .aging()
                .forOne(ask, live.status(), live.headers(), parts.clock().instant())
                .orElse(Obstacle.TOO_LARGE);
    }

    /** The end of a fetch whose answer is not what those want who wait, or had; null when it is. */
    private @Nullable FlightResult<FlightOutcome> refused(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered)
            throws InterruptedException, TimeoutException {
        if (!response.success() || forBytes()) {
            return null; // the body of a redirect is for nobody, and that of an exchange is its caller's affair
        }
        try {
            response.representation().content();
            return undecoded(me, response, answered);
        } catch (ContentCodings.CodingException e) {
            return failed(response.uncodable(e));
        }
    }

    /** Whether nothing is decoded of it: the client asks, or what is renewed for nobody can be of use to the client alone. */
    private boolean forBytes() {
        StoredResponse stored = pinned;
        return switch (ask.face()) {
            case HTTP_CLIENT -> true;
            case VALUE_API -> false;
            case BACKGROUND -> stored != null && stored.representation().unreadable() != null;
        };
    }

    /** The same, now that its codings are undone. */
    private @Nullable FlightResult<FlightOutcome> undecoded(
            Flight<FlightOutcome> me, StoredResponse response, ExchangeResult.Answered answered)
            throws ContentCodings.CodingException, InterruptedException, TimeoutException {
        if (!isWhole(response, answered) && response.representation().saysJson()) {
            return failed(Failure.of(
                    Reason.BROKEN, ask.target().origin() + " ended the connection before the JSON document ended"));
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
                if (!e.wellFormed()) { // else it is the affair of those who want that type
                    Failure failure = response.undecodable(e);
                    FlightOutcome outcome = new FlightOutcome.Undecodable(response, failure);
                    return landings.failed(failure, outcome, OptionalLong.empty(), usable());
                }
            } catch (Error e) {
                // is not remembered: whoever asks for that type meets it on its own thread
            }
        }
        return null;
    }

    /** Whether the body has surely come to its end, or has codings that tell when they are undone. */
    private boolean isWhole(StoredResponse response, ExchangeResult.Answered answered) {
        return !response.success()
                || !answered.untilClose()
                || response.representation().decodable()
                || isWholeJson(response);
    }

    /** Whether the content is one JSON document that cannot be the beginning of another. */
    private boolean isWholeJson(StoredResponse response) {
        try {
            var representation = response.representation();
            return parts.binder().isWhole(representation.content(), representation.contentType());
        } catch (ContentCodings.CodingException e) {
            return false;
        }
    }

    /**
     * The 304 speaks of what was pinned, or of another variant that is the answer to this request as well from now on. It
     * updates all of which it speaks, as what they were selected for.
     */
    private FlightResult<FlightOutcome> renewed(OriginReply told, ExchangeResult.Answered notModified) {
        List<StoredResponse> confirmed = told.confirmed();
        StoredResponse mine = pinned;
        StoredResponse answer = mine != null && confirmed.contains(mine) ? mine : confirmed.getFirst();
        parts.counters().revalidated.increment();
        List<StoredResponse> others = new ArrayList<>();
        for (StoredResponse other : confirmed) {
            if (!other.equals(mine) && renewed(other, told, notModified) instanceof Renewal.Kept kept) {
                others.add(kept.response().selectedAs(other));
            }
        }
        return switch (renewed(answer, told, notModified)) {
            case Renewal.Kept kept -> landings.renewed(kept.response(), others);
            case Renewal.Withdrawn withdrawn -> landings.withdrawn(answer, withdrawn);
        };
    }

    private Renewal renewed(StoredResponse stored, OriginReply told, ExchangeResult.Answered notModified) {
        return parts.policy().aging().renewed(ask, stored, StoredFields.kept(notModified.headers()), told.received());
    }

    /**
     * What the stored response had been decoded to, for as long as it can stand in: whoever used it will want it again, and
     * an answer that breaks it must not take its place.
     */
    private Set<Type> kept() {
        StoredResponse stored = usable();
        return stored == null ? Set.of() : stored.representation().types();
    }

    /** What those who wait want it decoded to. */
    private Set<Type> wished(Flight<FlightOutcome> me) {
        Set<Type> types = new LinkedHashSet<>();
        if (ask.wanted() != null) {
            types.add(ask.wanted());
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

    /** What is stored, if it can still be used, or null. */
    private @Nullable StoredResponse usable() {
        StoredResponse stored = pinned;
        boolean fresh = stored != null
                && !stored.negative()
                && stored.fresh(parts.clock().now())
                && parts.unreadable(ask, stored) == null;
        return fresh ? stored : parts.usable(stored, ask);
    }

    FlightResult<FlightOutcome> failed(Failure failure) {
        return landings.failed(failure, new FlightOutcome.Failed(failure), OptionalLong.empty(), usable());
    }

    private FlightResult<FlightOutcome> failed(
            Failure failure, StoredResponse answered, Optional<Obstacle> why, OptionalLong retryAfter) {
        FlightOutcome outcome = new FlightOutcome.Failed(failure, answered, Optional.of(why.orElse(Obstacle.FAILURE)));
        return landings.failed(failure, outcome, retryAfter, usable());
    }

    private OptionalLong retryAfter(ExchangeResult.Answered answered) {
        return retryAfter(answered, parts.clock().instant(), longestPause());
    }

    private long longestPause() {
        return parts.policy().trouble().backoff().maximumNanos();
    }

    /** How long the origin asks to be left alone, in nanoseconds. */
    static OptionalLong retryAfter(ExchangeResult.Answered answered, Instant now, long maximumNanos) {
        return retryAfter(answered.status(), answered.headers(), now, maximumNanos);
    }

    private static OptionalLong retryAfter(int status, HttpHeaders headers, Instant now, long maximumNanos) {
        return RetryAfter.applies(status)
                ? RetryAfter.nanos(headers, now, Math.max(0, maximumNanos))
                : OptionalLong.empty();
    }
}
