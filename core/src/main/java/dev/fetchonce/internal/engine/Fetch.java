package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.Landing;
import dev.fetchonce.internal.flight.Work;
import dev.fetchonce.internal.http.ContentCodings;
import dev.fetchonce.internal.http.ErrorFallback;
import dev.fetchonce.internal.http.Failure;
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
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work of one flight: steps 4 and 5 of a get. One permit, one exchange, one verdict, one landing. */
final class Fetch implements Work<Outcome> {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    private final Parts parts;
    private final Ask ask;
    private final FlightKey key;

    /**
     * What is revalidated: kept until this flight lands, whatever the store evicts meanwhile. Looked up once more just
     * before the request is sent, as the flight may have waited for another that landed.
     */
    private volatile @Nullable StoredResponse pinned;

    /** What the landing stored, or null when it must not; written and read on the flight's thread. */
    private @Nullable Slot landed;

    private final AtomicBoolean counted = new AtomicBoolean();

    Fetch(Parts parts, Ask ask, FlightKey key, @Nullable StoredResponse pinned) {
        this.parts = parts;
        this.ask = ask;
        this.key = key;
        this.pinned = pinned;
    }

    @Override
    public @Nullable Outcome look() {
        if (!key.equals(FlightKey.of(ask, parts.store().get(ask.key().text())))) {
            return new Outcome.Elsewhere();
        }
        StoredResponse stored = stored();
        return stored != null && !ask.afresh() && stored.fresh(parts.clock().now()) ? new Outcome.Found(stored) : null;
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
            StoredResponse stored = stored();
            pinned = stored == null ? pinned : stored;
            me.send();
            told = exchange(request, deadline).after(queued);
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
                        told.conditional())) {
                    case Storability.Refuse refuse -> failed(refuse.failure());
                    case Storability.Store store -> arrived(me, answered);
                    case Storability.Pass pass -> passed(response(answered));
                    case Storability.Renew renew -> renewed(answered);
                };
        };
    }

    private StoredResponse response(Exchange.Answered answered) {
        return new StoredResponse(
                ask.target().uri(),
                answered.status(),
                StoredFields.kept(answered.headers()),
                answered.representation(),
                Selection.of(answered.headers(), ask.headers()),
                Application.ttlNanos(parts.policy(), ask),
                parts.clock().now(),
                parts.clock().instant());
    }

    private Landing<Outcome> arrived(Flight<Outcome> me, Exchange.Answered answered)
            throws InterruptedException, TimeoutException {
        StoredResponse response = response(answered);
        if (!response.success()) {
            return landed(response.withoutBody(), false); // a redirect: its body is for nobody
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
                    return failed(failure, errors -> new Outcome.Undecodable(response, failure, errors));
                }
            } catch (Error e) {
                // is not remembered: whoever asks for that type meets it on its own thread
            }
        }
        return whole ? landed(response, false) : passed(response);
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

    /** An answer for those who wait, and for nobody later. */
    private Landing<Outcome> passed(StoredResponse response) {
        return new Landing<>(
                new Outcome.Landed(response, false),
                () -> update(0, slot -> slot == null ? null : slot.answered()),
                () -> log.debug("passed on {} status={}", ask.key(), response.status()));
    }

    private Landing<Outcome> renewed(Exchange.Answered notModified) {
        StoredResponse stored = Objects.requireNonNull(pinned);
        parts.counters().revalidated.increment();
        return landed(
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
        StoredResponse stored = pinned;
        if (stored != null && usable(stored)) {
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

    private boolean usable(StoredResponse stored) {
        long now = parts.clock().now();
        long window = Deadline.nanosOf(parts.policy().staleIfError());
        return stored.fresh(now) || ErrorFallback.within(stored, window, now) != null;
    }

    private Landing<Outcome> landed(StoredResponse response, boolean renewed) {
        Outcome outcome = new Outcome.Landed(response, renewed);
        if (response.selection().unmatchable()) {
            return new Landing<>(outcome, () -> {}, () -> {});
        }
        int errorsBefore = errors();
        long window = Deadline.nanosOf(parts.policy().staleIfError());
        long life = Math.min(response.ttlNanos(), (1L << 62) - window) + window; // whose sum alone could overflow
        return new Landing<>(
                outcome, () -> update(life, slot -> landed = Slot.landed(slot, ask.key(), response)), () -> {
                    if (errorsBefore > 0 && landed != null) {
                        log.warn("{} answers again after {} failed fetches", ask.key(), errorsBefore);
                    }
                    if (landed != null && !parts.store().fits(landed.weight())) {
                        log.warn(
                                "the answer of {} was not stored: it takes {} bytes with what was decoded from it, more"
                                        + " than the whole cache (maximumBytes)",
                                ask.key(),
                                landed.weight());
                    }
                    log.debug("landed {} status={} renewed={}", ask.key(), response.status(), renewed);
                });
    }

    private Landing<Outcome> failed(Failure failure) {
        return failed(failure, errors -> new Outcome.Failed(failure, errors));
    }

    private Landing<Outcome> failed(Failure failure, IntFunction<Outcome> outcome) {
        if (counted.compareAndSet(false, true)) { // several may retire a flight at once, and its own thread fail then
            parts.counters().failed(failure.reason());
        }
        int errors = errors() + 1;
        boolean degraded = ErrorFallback.covers(failure) && pinned != null && errors == 1;
        return new Landing<>(
                outcome.apply(errors),
                () -> update(
                        0,
                        slot -> slot == null
                                ? null
                                : ErrorFallback.revokes(failure) ? slot.dropped(ask.headers()) : slot.failed()),
                () -> {
                    if (degraded) {
                        log.warn(
                                "{} cannot be renewed, its stored answer stays in use: {}",
                                ask.key(),
                                failure.message());
                    }
                    log.debug("failed {} reason={} errors={}", ask.key(), failure.reason(), errors);
                });
    }

    @Override
    public Landing<Outcome> lost(Throwable why) {
        if (why instanceof InterruptedException) { // if the table interrupted it, the table has ended and counted it
            Failure failure =
                    Failure.of(Reason.INTERNAL, "the thread that fetched from " + name() + " was interrupted");
            return new Landing<>(new Outcome.Failed(failure, errors()), () -> {}, () -> {});
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

    private void update(long life, UnaryOperator<@Nullable Slot> change) {
        parts.store().update(ask.key(), life, parts.clock().now(), change);
    }

    private @Nullable StoredResponse stored() {
        return Slot.selected(parts.store().get(ask.key().text()), ask.headers());
    }

    private int errors() {
        Slot slot = parts.store().get(ask.key().text());
        return slot == null ? 0 : slot.errors();
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
