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

/**
 * The work of one flight: steps 4 and 5 of a get. A fetch holds one permit at a time, reaches one verdict and lands
 * once.
 */
final class Fetch implements FlightWork<FlightOutcome> {
    /** The wait before a retry. It is short, as the retry has to come before the deadline of the fetch. */
    private static final BackoffDelay BETWEEN_RETRIES = new BackoffDelay(20_000_000, 1_000_000_000);

    private final EngineContext parts;
    private final CacheRequest cacheRequest;
    private final FlightKey key;
    private final LandingPublisher publisher;
    private final Runnable atEnd;

    /**
     * The stored response to revalidate, kept until this flight lands even if the store evicts it meanwhile. The fetch
     * looks it up again just before it sends the request, as the flight may have waited for another that landed.
     */
    private volatile @Nullable StoredResponse pinned;

    /** The other stored responses of the URL; read and written on the flight's thread. */
    private List<StoredResponse> variants = List.of();

    /** The kind of conditional request for the stored responses; read and written on the flight's thread. */
    private Revalidation way = Revalidation.BY_TAG;

    /** The time since which the fetch queues, by System.nanoTime; zero while it does not queue. */
    private final AtomicLong queuesSince = new AtomicLong();

    /** The place of the fetch in a queue without a thread, now or before; null when it has had no such place. */
    private volatile OriginPermits.@Nullable Place place;

    private volatile boolean leaderLeft;

    /** Whether the fetch has a permit: written before the flight's thread starts, and on that thread. */
    private boolean permitted;

    Fetch(EngineContext parts, CacheRequest cacheRequest, FlightKey key, @Nullable StoredResponse pinned) {
        this(parts, cacheRequest, key, pinned, () -> {});
    }

    /**
     * Makes a fetch that runs an action at its end.
     *
     * @param atEnd run when its flight has ended
     */
    Fetch(
            EngineContext parts,
            CacheRequest cacheRequest,
            FlightKey key,
            @Nullable StoredResponse pinned,
            Runnable atEnd) {
        this.parts = parts;
        this.cacheRequest = cacheRequest;
        this.key = key;
        this.pinned = pinned;
        this.atEnd = atEnd;
        this.publisher = new LandingPublisher(parts, cacheRequest);
    }

    @Override
    public @Nullable FlightOutcome recheck() {
        Lookup lookup = Lookup.of(parts.store(), cacheRequest);
        if (!key.equals(lookup.flightKey(cacheRequest))) {
            return new FlightOutcome.Rekeyed();
        }
        StoredResponse stored = lookup.selected();
        long now = parts.clock().now();
        if (stored != null
                && !cacheRequest.afresh()
                && Reuse.satisfies(stored, cacheRequest.demand().directives(), now)
                && !Reuse.ahead(stored, parts.policy().failurePolicy().ahead(), now)) {
            return new FlightOutcome.AlreadyStored(stored);
        }
        BackoffState backoff = refusedBy(
                cacheRequest.callerKind().backsOff()
                        ? parts.backoffs().admit(cacheRequest)
                        : parts.backoffs().admitUnchecked());
        return backoff == null ? null : new FlightOutcome.BackedOff(backoff);
    }

    @Override
    public void ended() {
        atEnd.run();
    }

    @Override
    public boolean unbounded() {
        return cacheRequest.timeout().compareTo(parts.policy().timeout()) > 0;
    }

    @Override
    public void start(Flight<FlightOutcome> me, Start start) {
        BooleanSupplier turn = () -> {
            permitted = true;
            return start.now();
        };
        if (parts.policy().requests().isPresent()) {
            start.now(); // the code of the application may want a permit itself, so it runs before this fetch has one
        } else if (parts.permits().tryAcquire(name())) {
            parts.permits().hand(name(), turn);
        } else if (joinsQueue(me)) {
            place = parts.permits().queue(name(), turn);
        } else {
            start.now(); // the flight has ended meanwhile, and its thread finds that out
        }
    }

    @Override
    public FlightResult<FlightOutcome> run(Flight<FlightOutcome> me) throws InterruptedException, TimeoutException {
        OriginReply reply;
        try {
            HttpRequest request = request(me);
            acquire(me);
            long queued = queued();
            parts.counters().queued(queued);
            BackoffState backoff = queued > 0 && cacheRequest.callerKind().backsOff()
                    ? refusedBy(parts.backoffs().admitAgain(cacheRequest, publisher.probe()))
                    : null;
            if (backoff != null) {
                return LandingPublisher.backedOff(backoff);
            }
            Deadline deadline = Deadline.after(cacheRequest.timeout());
            if (!me.toRunning(deadline)) {
                throw calledOff();
            }
            Lookup lookup = Lookup.of(parts.store(), cacheRequest);
            pinned = lookup.standing() == null ? pinned : lookup.standing();
            variants = lookup.variants();
            way = lookup.revalidation();
            publisher.revalidated(way);
            me.send();
            reply = exchanges(me, request, deadline).after(queued);
        } finally {
            release(); // before decoding, as the code it runs may want a permit itself
        }
        return new ResponseProcessor(parts, this, cacheRequest, publisher, pinned).landing(me, reply);
    }

    /** Records that the leader has left, and does not come for a body that is read live. */
    void leaderLeaves() {
        leaderLeft = true;
    }

    /** Returns whether the leader has left. */
    boolean leaderLeft() {
        return leaderLeft;
    }

    /**
     * Returns the backoff that stops the request. If there is no such backoff, records the admission of the request
     * and returns null.
     */
    private @Nullable BackoffState refusedBy(Backoffs.Admission admission) {
        return switch (admission) {
            case Backoffs.Refused refused -> refused.backoff();
            case Backoffs.Admitted admitted -> {
                publisher.admitted(admitted);
                yield null;
            }
        };
    }

    /** Takes a permit, unless the fetch already has one from the queue. */
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
        return me.toQueued();
    }

    /** Ends the time in the queue; returns it in nanoseconds, or zero if the fetch did not queue. */
    private long queued() {
        long since = queuesSince.getAndSet(0);
        return since == 0 ? 0 : System.nanoTime() - since;
    }

    private static InterruptedException calledOff() {
        return new InterruptedException("the flight has no waiters");
    }

    /**
     * Makes the exchange, and repeats it after a failure. The retries are bounded in number, by the deadline and by
     * the timeout of the cache.
     */
    private OriginReply exchanges(Alarms alarms, HttpRequest request, Deadline deadline) throws InterruptedException {
        Deadline retries = Deadline.after(parts.policy().timeout()); // the deadline of a client's request may be never
        for (int retry = 1; ; retry++) {
            OriginReply reply = exchange(alarms, request, deadline);
            long left = Math.min(deadline.left(), retries.left());
            OptionalLong pause = retry > parts.policy().failurePolicy().retries()
                    ? OptionalLong.empty()
                    : pause(reply.exchange(), retry, left);
            if (pause.isEmpty() || pause.getAsLong() >= left) {
                return reply;
            }
            long until = System.nanoTime() + left;
            release(); // other fetches may use the permit during the sleep
            Thread.sleep(Duration.ofNanos(pause.getAsLong()));
            if (!acquireAgain(until - System.nanoTime())) {
                return reply;
            }
        }
    }

    /**
     * Takes a permit for a retry, behind the fetches that queued before.
     *
     * @param nanos the longest wait for the permit
     * @return false, and the retry is not made, when the wait was longer or a backoff began meanwhile
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
                && (!cacheRequest.callerKind().backsOff()
                        || refusedBy(parts.backoffs().admitAgain(cacheRequest, publisher.probe())) == null);
    }

    /**
     * Returns the wait before a retry, in nanoseconds; empty when a retry is of no use.
     *
     * @param left the time left, in nanoseconds; it also bounds the wait that the origin asks for
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
     * Makes the exchange. If its conditions were in vain, one more request leaves them out, and so do all later
     * requests of this fetch. The store remembers with the response which conditions the next fetch sends.
     */
    private OriginReply exchange(Alarms alarms, HttpRequest request, Deadline deadline) throws InterruptedException {
        Revalidation asks = way;
        StoredResponse stored = pinned;
        List<StoredResponse> candidates = parts.policy().freshnessPolicy().candidates(stored, variants);
        Map<String, String> conditions = Validators.conditions(asks, stored, candidates);
        List<StoredResponse> askedAbout =
                conditions.isEmpty() ? List.of() : Validators.askedAbout(asks, stored, candidates);
        OriginReply first = reply(alarms, OriginRequests.with(conditions, request), askedAbout, deadline);
        if (!first.inVain() || deadline.passed()) {
            return first;
        }
        publisher.revalidated(first.next(asks));
        way = Revalidation.UNCONDITIONAL;
        return reply(alarms, request, List.of(), deadline);
    }

    private OriginReply reply(Alarms alarms, HttpRequest request, List<StoredResponse> askedAbout, Deadline deadline)
            throws InterruptedException {
        long sent = parts.clock().now();
        long begun = System.nanoTime();
        Instant at = parts.clock().instant();
        BodyPolicy rule = (status, headers) -> !askedAbout.isEmpty() && OriginReply.ofCondition(status)
                ? BodyMode.REFUSE
                : parts.policy().freshnessPolicy().bodyMode(cacheRequest, status, headers, at);
        ExchangeResult exchange = parts.origin().exchange(alarms, request, name(), deadline, rule);
        try {
            long now = parts.clock().now();
            parts.counters().loaded(System.nanoTime() - begun);
            return OriginReply.of(
                    exchange,
                    way,
                    askedAbout,
                    new ReceiptTime(now, parts.clock().instant(), Math.max(0, now - sent)));
        } catch (Throwable e) { // for example from the clock of the application
            exchange.abandon();
            throw e;
        }
    }

    @Override
    public FlightResult<FlightOutcome> describeFailure(Throwable why) {
        OriginPermits.Place left = place;
        if (left != null) {
            left.leave(); // so that the queue holds no reference to this fetch
        }
        long queued = queued();
        if (queued > 0) {
            parts.counters().queued(queued);
        }
        if (why instanceof InterruptedException) {
            return publisher.calledOff();
        }
        return new ResponseProcessor(parts, this, cacheRequest, publisher, pinned)
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
        return cacheRequest.target().origin();
    }

    private HttpRequest request(Flight<FlightOutcome> me) throws InterruptedException {
        HttpRequest request = OriginRequests.request(parts.policy(), cacheRequest);
        if (Thread.interrupted()
                && me.isDone()) { // otherwise the code of the application has left the interrupt behind
            throw calledOff();
        }
        return request;
    }
}
