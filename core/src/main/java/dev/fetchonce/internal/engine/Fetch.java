package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Alarms;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.flight.FlightWork;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.caching.Validators;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.BodyMode;
import dev.fetchonce.internal.origin.BodyPolicy;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.OriginPermits;
import dev.fetchonce.internal.origin.UserCodeException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The work of one flight: steps 4 and 5 of a get. One permit at a time, one verdict, one landing. */
final class Fetch implements FlightWork<FlightOutcome> {
    /** Short, as a retry has to come before the fetch's deadline. */
    private static final BackoffDelay BETWEEN_RETRIES = new BackoffDelay(20_000_000, 1_000_000_000);

    private final EngineContext parts;
    private final CacheRequest ask;
    private final FlightKey key;
    private final LandingPublisher landings;
    private final Runnable atEnd;

    /**
     * What is revalidated: kept until this flight lands, whatever the store evicts meanwhile. Looked up once more just
     * before the request is sent, as the flight may have waited for another that landed.
     */
    private volatile @Nullable StoredResponse pinned;

    /** What is stored besides, for other requests; read and written on the flight's thread. */
    private List<StoredResponse> variants = List.of();

    /** How it asks about what is stored; read and written on the flight's thread. */
    private Revalidation way = Revalidation.BY_TAG;

    /** Since when it queues, by System.nanoTime; zero while it does not. */
    private final AtomicLong queuesSince = new AtomicLong();

    /** Where it queues without a thread, or has; null where it has not. */
    private volatile OriginPermits.@Nullable Place place;

    private volatile boolean forsaken;

    /** Whether it has a permit: written before the flight's thread starts, and on it. */
    private boolean permitted;

    Fetch(EngineContext parts, CacheRequest ask, FlightKey key, @Nullable StoredResponse pinned) {
        this(parts, ask, key, pinned, () -> {});
    }

    /**
     * Makes a fetch of which somebody keeps count.
     *
     * @param atEnd run when its flight has ended
     */
    Fetch(EngineContext parts, CacheRequest ask, FlightKey key, @Nullable StoredResponse pinned, Runnable atEnd) {
        this.parts = parts;
        this.ask = ask;
        this.key = key;
        this.pinned = pinned;
        this.atEnd = atEnd;
        this.landings = new LandingPublisher(parts, ask);
    }

    @Override
    public @Nullable FlightOutcome recheck() {
        Lookup lookup = Lookup.of(parts.store(), ask);
        if (!key.equals(lookup.flightKey(ask))) {
            return new FlightOutcome.Rekeyed();
        }
        StoredResponse stored = lookup.selected();
        long now = parts.clock().now();
        if (stored != null
                && !ask.afresh()
                && Reuse.satisfies(stored, ask.demand().directives(), now)
                && !Reuse.ahead(stored, parts.policy().trouble().ahead(), now)) {
            return new FlightOutcome.AlreadyStored(stored);
        }
        BackoffState closed = closed(
                ask.face().backsOff()
                        ? parts.backoffs().enter(ask)
                        : parts.backoffs().pass());
        return closed == null ? null : new FlightOutcome.BackedOff(closed);
    }

    @Override
    public void ended() {
        atEnd.run();
    }

    @Override
    public boolean unbounded() {
        return ask.timeout().compareTo(parts.policy().timeout()) > 0;
    }

    @Override
    public void start(Flight<FlightOutcome> me, Start start) {
        BooleanSupplier turn = () -> {
            permitted = true;
            return start.now();
        };
        if (parts.policy().requests().isPresent()) {
            start.now(); // that code may want a permit itself, so it runs before there is one
        } else if (parts.permits().tryAcquire(name())) {
            parts.permits().hand(name(), turn);
        } else if (joinsQueue(me)) {
            place = parts.permits().queue(name(), turn);
        } else {
            start.now(); // it was ended meanwhile, and its thread finds that out
        }
    }

    @Override
    public FlightResult<FlightOutcome> run(Flight<FlightOutcome> me) throws InterruptedException, TimeoutException {
        OriginReply told;
        try {
            HttpRequest request = request(me);
            acquire(me);
            long queued = queued();
            parts.counters().queued(queued);
            BackoffState closed = queued > 0 && ask.face().backsOff()
                    ? closed(parts.backoffs().enterAgain(ask, landings.probe()))
                    : null;
            if (closed != null) {
                return LandingPublisher.held(closed);
            }
            Deadline deadline = Deadline.after(ask.timeout());
            if (!me.board(deadline)) {
                throw calledOff();
            }
            Lookup lookup = Lookup.of(parts.store(), ask);
            pinned = lookup.standing() == null ? pinned : lookup.standing();
            variants = lookup.variants();
            way = lookup.revalidation();
            landings.revalidated(way);
            me.send();
            told = exchanges(me, request, deadline).after(queued);
        } finally {
            release(); // before decoding, which may run code that wants a permit itself
        }
        return new ResponseProcessor(parts, this, ask, landings, pinned).landing(me, told);
    }

    /** Says that its leader has left, and will not come for a body that is read live. */
    void forsake() {
        forsaken = true;
    }

    /** Whether its leader has left. */
    boolean forsaken() {
        return forsaken;
    }

    /** The gate that keeps it back; null, and it goes by that name, where none does. */
    private @Nullable BackoffState closed(Backoffs.Entry entry) {
        return switch (entry) {
            case Backoffs.Held held -> held.gate();
            case Backoffs.Admitted admitted -> {
                landings.admitted(admitted);
                yield null;
            }
        };
    }

    /** Takes a permit, unless it has had its turn already. */
    private void acquire(Flight<FlightOutcome> me) throws InterruptedException {
        if (!permitted && !parts.permits().tryAcquire(name())) {
            if (!joinsQueue(me)) {
                throw calledOff();
            }
            parts.permits().acquire(name());
        }
        permitted = true;
    }

    @Override
    public void release() {
        if (permitted) {
            permitted = false;
            parts.permits().release(name());
        }
    }

    private boolean joinsQueue(Flight<FlightOutcome> me) {
        queuesSince.set(System.nanoTime());
        return me.queue();
    }

    /** Ends the time in the queue; says how many nanoseconds it was, or zero. */
    private long queued() {
        long since = queuesSince.getAndSet(0);
        return since == 0 ? 0 : System.nanoTime() - since;
    }

    private static InterruptedException calledOff() {
        return new InterruptedException("nobody waits");
    }

    /** The exchange, and where it fails as many more as are allowed and fit before the deadline and within the timeout. */
    private OriginReply exchanges(Alarms alarms, HttpRequest request, Deadline deadline) throws InterruptedException {
        Deadline retries = Deadline.after(parts.policy().timeout()); // a request of the client may have no deadline
        for (int retry = 1; ; retry++) {
            OriginReply told = exchange(alarms, request, deadline);
            long left = Math.min(deadline.left(), retries.left());
            OptionalLong pause = retry > parts.policy().trouble().retries()
                    ? OptionalLong.empty()
                    : pause(told.exchange(), retry, left);
            if (pause.isEmpty() || pause.getAsLong() >= left) {
                return told;
            }
            long until = System.nanoTime() + left;
            release(); // others ask while this one sleeps
            Thread.sleep(Duration.ofNanos(pause.getAsLong()));
            if (!acquireAgain(until - System.nanoTime())) {
                return told;
            }
        }
    }

    /**
     * Takes a permit for a retry, in the line behind those that came before.
     *
     * @param nanos the longest wait for it
     * @return false, and the retry is not made, where the wait was longer or a gate closed meanwhile
     */
    private boolean acquireAgain(long nanos) throws InterruptedException {
        if (parts.permits().tryAcquire(name())) {
            permitted = true;
            return true;
        }
        long since = System.nanoTime();
        permitted = parts.permits().acquire(name(), nanos);
        parts.counters().queued(System.nanoTime() - since);
        return permitted
                && (!ask.face().backsOff() || closed(parts.backoffs().enterAgain(ask, landings.probe())) == null);
    }

    /**
     * How long to wait before a retry, in nanoseconds; empty where a retry is of no use.
     *
     * @param left how much time there is, in nanoseconds: no more is understood of what the origin asks for
     */
    private OptionalLong pause(ExchangeResult exchange, int retry, long left) {
        long own = BETWEEN_RETRIES.wait(retry, Math.random());
        return switch (exchange) {
            case ExchangeResult.Broken broken ->
                switch (broken.failure().reason()) {
                    case CONNECT, BROKEN -> OptionalLong.of(own);
                    default -> OptionalLong.empty();
                };
            case ExchangeResult.Live live -> OptionalLong.empty();
            case ExchangeResult.Growing growing -> OptionalLong.empty();
            case ExchangeResult.Bare bare -> OptionalLong.empty();
            case ExchangeResult.Answered answered -> {
                OptionalLong asked =
                        ResponseProcessor.retryAfter(answered, parts.clock().instant(), left);
                yield FailureRule.outage(answered.status())
                        ? OptionalLong.of(Math.max(own, asked.orElse(own)))
                        : OptionalLong.empty();
            }
        };
    }

    /**
     * The exchange. Conditions that are in vain are left out of one more request, and of all later ones of this fetch; how
     * the next fetch asks is remembered with the answer.
     */
    private OriginReply exchange(Alarms alarms, HttpRequest request, Deadline deadline) throws InterruptedException {
        Revalidation asks = way;
        StoredResponse stored = pinned;
        List<StoredResponse> candidates = parts.policy().aging().candidates(stored, variants);
        Map<String, String> conditions = Validators.conditions(asks, stored, candidates);
        List<StoredResponse> askedAbout =
                conditions.isEmpty() ? List.of() : Validators.askedAbout(asks, stored, candidates);
        OriginReply first = told(alarms, OriginRequests.with(conditions, request), askedAbout, deadline);
        if (!first.inVain() || deadline.passed()) {
            return first;
        }
        landings.revalidated(first.next(asks));
        way = Revalidation.UNCONDITIONAL;
        return told(alarms, request, List.of(), deadline);
    }

    private OriginReply told(Alarms alarms, HttpRequest request, List<StoredResponse> askedAbout, Deadline deadline)
            throws InterruptedException {
        long sent = parts.clock().now();
        long begun = System.nanoTime();
        Instant at = parts.clock().instant();
        BodyPolicy rule = (status, headers) -> !askedAbout.isEmpty() && OriginReply.ofCondition(status)
                ? BodyMode.REFUSE
                : parts.policy().aging().intake(ask, status, headers, at);
        ExchangeResult exchange = parts.origin().exchange(alarms, request, name(), deadline, rule);
        try {
            long now = parts.clock().now();
            parts.counters().loaded(System.nanoTime() - begun);
            return OriginReply.of(
                    exchange,
                    way,
                    askedAbout,
                    new ReceiptTime(now, parts.clock().instant(), Math.max(0, now - sent)));
        } catch (Throwable e) { // of a clock that was given, say
            exchange.abandon();
            throw e;
        }
    }

    @Override
    public FlightResult<FlightOutcome> describeFailure(Throwable why) {
        OriginPermits.Place left = place;
        if (left != null) {
            left.leave(); // so that the line keeps nothing of this fetch
        }
        long queued = queued();
        if (queued > 0) {
            parts.counters().queued(queued);
        }
        if (why instanceof InterruptedException) {
            return landings.calledOff();
        }
        return new ResponseProcessor(parts, this, ask, landings, pinned)
                .failed(
                        switch (why) {
                            case TimeoutException hung ->
                                Failure.of(Reason.TIMEOUT, "the fetch from " + name() + " hung past its deadline");
                            case UserCodeException fault -> fault.failure(name());
                            case CancellationException closed ->
                                Failure.of(Reason.CLOSED, "the cache was closed while " + name() + " was awaited");
                            default ->
                                Failure.of(Reason.INTERNAL, "the fetch from " + name() + " could not be made", why);
                        });
    }

    private String name() {
        return ask.target().origin();
    }

    private HttpRequest request(Flight<FlightOutcome> me) throws InterruptedException {
        HttpRequest request = OriginRequests.request(parts.policy(), ask);
        if (Thread.interrupted() && me.isDone()) { // otherwise that code has left it behind
            throw calledOff();
        }
        return request;
    }
}
