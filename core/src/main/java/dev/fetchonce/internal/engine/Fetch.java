package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.Landing;
import dev.fetchonce.internal.flight.Work;
import dev.fetchonce.internal.http.Backoff;
import dev.fetchonce.internal.http.ContentCodings;
import dev.fetchonce.internal.http.ErrorFallback;
import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.RetryAfter;
import dev.fetchonce.internal.http.Selection;
import dev.fetchonce.internal.http.Slot;
import dev.fetchonce.internal.http.Storability;
import dev.fetchonce.internal.http.StoredFields;
import dev.fetchonce.internal.http.StoredResponse;
import dev.fetchonce.internal.http.Validators;
import dev.fetchonce.internal.json.UndecodableException;
import java.lang.reflect.Type;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The work of one flight: steps 4 and 5 of a get. One permit, one exchange, one verdict, one landing. */
final class Fetch implements Work<Outcome> {
    /** Short, as a retry has to come before the fetch's deadline. */
    private static final Backoff BETWEEN_RETRIES = new Backoff(20_000_000, 1_000_000_000);

    private final Parts parts;
    private final Ask ask;
    private final FlightKey key;

    /**
     * What is revalidated: kept until this flight lands, whatever the store evicts meanwhile. Looked up once more just
     * before the request is sent, as the flight may have waited for another that landed.
     */
    private volatile @Nullable StoredResponse pinned;

    private final Landings landings;

    Fetch(Parts parts, Ask ask, FlightKey key, @Nullable StoredResponse pinned) {
        this.parts = parts;
        this.ask = ask;
        this.key = key;
        this.pinned = pinned;
        this.landings = new Landings(parts, ask);
    }

    @Override
    public @Nullable Outcome look() {
        if (!key.equals(FlightKey.of(ask, parts.store().get(ask.key().text())))) {
            return new Outcome.Elsewhere();
        }
        StoredResponse stored = stored();
        long now = parts.clock().now();
        if (stored != null
                && !ask.afresh()
                && stored.fresh(now)
                && !parts.policy().trouble().early().ahead(stored, now)) {
            return new Outcome.Found(stored);
        }
        return switch (parts.gates().enter(ask)) {
            case Gates.Held held -> new Outcome.Held(held.gate());
            case Gates.Admitted admitted -> {
                landings.admitted(admitted);
                yield null;
            }
        };
    }

    @Override
    public Landing<Outcome> fly(Flight<Outcome> me) throws InterruptedException, TimeoutException {
        HttpRequest request = request(me);
        long queued = queue(me);
        Told told;
        try {
            Deadline deadline = Deadline.after(parts.policy().timeout());
            if (!me.board(deadline)) {
                throw calledOff();
            }
            StoredResponse stored = standing();
            pinned = stored == null ? pinned : stored;
            me.send();
            told = exchanges(request, deadline).after(queued);
        } finally {
            parts.permits().release(name()); // before decoding, which may run code that wants a permit itself
        }
        return landing(me, told);
    }

    /** Takes a permit; says how many nanoseconds it had to queue for it. */
    private long queue(Flight<Outcome> me) throws InterruptedException {
        if (parts.permits().tryAcquire(name())) {
            parts.counters().queued(0);
            return 0;
        }
        long before = System.nanoTime();
        try {
            if (!me.queue()) {
                throw calledOff();
            }
            parts.permits().acquire(name());
        } finally {
            parts.counters().queued(System.nanoTime() - before);
        }
        return System.nanoTime() - before;
    }

    private static InterruptedException calledOff() {
        return new InterruptedException("nobody waits");
    }

    /**
     * What came of the request.
     *
     * @param conditional whether it carried the conditions of the stored response
     */
    private record Told(Exchange exchange, boolean conditional) {
        Told after(long queuedNanos) {
            return new Told(exchange.after(queuedNanos), conditional);
        }
    }

    /** The exchange, and where it fails as many more as are allowed and fit before the deadline. */
    private Told exchanges(HttpRequest request, Deadline deadline) throws InterruptedException {
        for (int retry = 1; ; retry++) {
            Told told = exchange(request, deadline);
            OptionalLong pause = retry > parts.policy().trouble().retries()
                    ? OptionalLong.empty()
                    : pause(told.exchange(), retry, deadline);
            if (pause.isEmpty() || pause.getAsLong() >= deadline.left()) {
                return told;
            }
            Thread.sleep(Duration.ofNanos(pause.getAsLong()));
        }
    }

    /** How long to wait before a retry, in nanoseconds; empty where a retry is of no use. */
    private OptionalLong pause(Exchange exchange, int retry, Deadline deadline) {
        long own = BETWEEN_RETRIES.wait(retry, Math.random());
        return switch (exchange) {
            case Exchange.Broken broken ->
                switch (broken.failure().reason()) {
                    case CONNECT, BROKEN -> OptionalLong.of(own);
                    default -> OptionalLong.empty();
                };
            case Exchange.Answered answered -> {
                OptionalLong asked = retryAfter(answered, deadline.left());
                yield ErrorFallback.outage(answered.status())
                        ? OptionalLong.of(Math.max(own, asked.orElse(own)))
                        : OptionalLong.empty();
            }
        };
    }

    private Told exchange(HttpRequest request, Deadline deadline) throws InterruptedException {
        Duration timeout = parts.policy().timeout();
        StoredResponse stored = pinned;
        Map<String, String> conditions = stored == null ? Map.of() : Validators.conditions(stored);
        Exchange first = parts.origin().exchange(Application.with(conditions, request), name(), deadline);
        boolean ofAnother = first instanceof Exchange.Answered answered
                && answered.status() == 304
                && stored != null
                && !Validators.confirms(answered.headers(), stored);
        Told told = ofAnother
                ? new Told(parts.origin().exchange(request, name(), deadline), false)
                : new Told(first, !conditions.isEmpty());
        parts.counters().loaded(Deadline.nanosOf(timeout) - deadline.left());
        return told;
    }

    private Landing<Outcome> landing(Flight<Outcome> me, Told told) throws InterruptedException, TimeoutException {
        return switch (told.exchange()) {
            case Exchange.Broken broken -> failed(broken.failure());
            case Exchange.Answered answered ->
                switch (Storability.judge(
                        ask.key().toString(),
                        ask.target(),
                        answered.status(),
                        answered.headers(),
                        parts.policy().trouble().negativeTtl().containsKey(answered.status()),
                        told.conditional())) {
                    case Storability.Refuse refuse -> failed(refuse.failure(), retryAfter(answered));
                    case Storability.Deny deny -> denied(deny.failure(), answered);
                    case Storability.Store store -> arrived(me, answered);
                    case Storability.Pass pass -> landings.passed(response(answered));
                    case Storability.Renew renew -> renewed(answered);
                };
        };
    }

    /** A failure to be remembered: but never in place of a good answer that stands in for it. */
    private Landing<Outcome> denied(Failure failure, Exchange.Answered answered) {
        if (usable() != null && parts.covers(failure)) {
            return failed(failure, retryAfter(answered));
        }
        Duration ttl =
                Objects.requireNonNull(parts.policy().trouble().negativeTtl().get(answered.status()));
        return landings.denied(response(answered, Deadline.nanosOf(ttl)).withoutBody(), failure);
    }

    private OptionalLong retryAfter(Exchange.Answered answered) {
        return retryAfter(answered, parts.policy().trouble().backoff().maximumNanos());
    }

    private OptionalLong retryAfter(Exchange.Answered answered, long maximumNanos) {
        return RetryAfter.applies(answered.status())
                ? RetryAfter.nanos(answered.headers(), parts.clock().instant(), Math.max(0, maximumNanos))
                : OptionalLong.empty();
    }

    private StoredResponse response(Exchange.Answered answered) {
        return response(answered, Application.ttlNanos(parts.policy(), ask));
    }

    private StoredResponse response(Exchange.Answered answered, long ttl) {
        return new StoredResponse(
                ask.target().uri(),
                answered.status(),
                StoredFields.kept(answered.headers()),
                answered.representation(),
                Selection.of(answered.headers(), ask.headers()),
                ttl,
                parts.clock().now(),
                parts.clock().instant());
    }

    private Landing<Outcome> arrived(Flight<Outcome> me, Exchange.Answered answered)
            throws InterruptedException, TimeoutException {
        StoredResponse response = response(answered);
        if (!response.success()) {
            return landings.landed(response.withoutBody(), false); // a redirect: its body is for nobody
        }
        boolean whole;
        try {
            byte[] content = response.representation().content();
            whole = !answered.untilClose() || response.representation().coded() || isWholeJson(response, content);
        } catch (ContentCodings.CodingException e) {
            return failed(response.uncodable(e));
        }
        if (!whole && response.representation().saysJson()) {
            return failed(Failure.of(Reason.BROKEN, name() + " ended the connection before the JSON document ended"));
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
                    Outcome outcome = new Outcome.Undecodable(response, failure);
                    return landings.failed(failure, outcome, OptionalLong.empty(), usable());
                }
            } catch (Error e) {
                // is not remembered: whoever asks for that type meets it on its own thread
            }
        }
        return whole ? landings.landed(response, false) : landings.passed(response);
    }

    /** Whether the content is one JSON document that cannot be the beginning of another. */
    private boolean isWholeJson(StoredResponse response, byte[] content) {
        try {
            parts.binder().check(content, response.representation().contentType());
            return !parts.binder().isNumber(content); // which may be the beginning of another
        } catch (UndecodableException e) {
            return false;
        }
    }

    private Landing<Outcome> renewed(Exchange.Answered notModified) {
        StoredResponse stored = Objects.requireNonNull(pinned);
        parts.counters().revalidated.increment();
        return landings.landed(
                stored.renewed(
                        ask.headers(),
                        StoredFields.kept(notModified.headers()),
                        Application.ttlNanos(parts.policy(), ask),
                        parts.clock().now(),
                        parts.clock().instant()),
                true);
    }

    /**
     * What the stored response had been decoded to, for as long as it can stand in: whoever used it will want it again, and
     * an answer that breaks it must not take its place.
     */
    private Set<Type> kept() {
        Set<Type> types = new LinkedHashSet<>();
        StoredResponse stored = usable();
        if (stored != null) {
            stored.representation().forms().forEach((type, value) -> types.add(type));
        }
        return types;
    }

    /** What those who wait want it decoded to. */
    private Set<Type> wished(Flight<Outcome> me) {
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
            throws UndecodableException, InterruptedException, TimeoutException {
        parts.decoded(response, type, Deadline.after(parts.policy().timeout()));
    }

    /** What is stored, if it can still be used, or null. */
    private @Nullable StoredResponse usable() {
        StoredResponse stored = pinned;
        boolean fresh = stored != null
                && !stored.negative()
                && stored.fresh(parts.clock().now());
        return fresh ? stored : parts.usable(stored);
    }

    private Landing<Outcome> failed(Failure failure) {
        return failed(failure, OptionalLong.empty());
    }

    private Landing<Outcome> failed(Failure failure, OptionalLong retryAfter) {
        return landings.failed(failure, new Outcome.Failed(failure), retryAfter, usable());
    }

    @Override
    public Landing<Outcome> lost(Throwable why) {
        if (why instanceof InterruptedException) {
            return landings.calledOff();
        }
        return failed(
                switch (why) {
                    case TimeoutException hung ->
                        Failure.of(Reason.TIMEOUT, "the fetch from " + name() + " hung past its deadline");
                    case ApplicationFault fault ->
                        Failure.of(Reason.INTERNAL, name() + " cannot be asked: " + fault.getMessage());
                    case CancellationException closed ->
                        Failure.of(Reason.CLOSED, "the cache was closed while " + name() + " was awaited");
                    default -> Failure.of(Reason.INTERNAL, "the fetch from " + name() + " could not be made", why);
                });
    }

    private @Nullable StoredResponse standing() {
        return Slot.standing(parts.store().get(ask.key().text()), ask.headers());
    }

    private @Nullable StoredResponse stored() {
        return Slot.selected(parts.store().get(ask.key().text()), ask.headers());
    }

    private String name() {
        return ask.target().origin();
    }

    private HttpRequest request(Flight<Outcome> me) throws InterruptedException {
        HttpRequest request = Application.request(parts.policy(), ask);
        if (Thread.interrupted() && me.isDone()) { // otherwise that code has left it behind
            throw calledOff();
        }
        return request;
    }
}
