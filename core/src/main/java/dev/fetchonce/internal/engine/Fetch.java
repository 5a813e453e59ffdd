package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.FlightWork;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.failure.RetryDelay;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.UserCodeException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The work of one flight: steps 4 and 5 of a get. A fetch holds one permit at a time, and lands once. */
final class Fetch implements FlightWork<FlightOutcome> {
    /** The wait before a retry. It is short, as the retry has to come before the deadline of the fetch. */
    private static final RetryDelay BETWEEN_RETRIES = new RetryDelay(20_000_000, 1_000_000_000);

    private final CacheRequest request;
    private final FlightKey key;
    private final Runnable atEnd;
    private final FetchPermit permit;
    private final CachePolicy policy;
    private final SecondLook secondLook;
    private final FetchTimes times;
    private final ConditionalExchange conditionalExchange;
    private final ResponseProcessor processor;
    private final LandingPublisher publisher;
    private final FlightTable<FlightKey, FlightOutcome> flights;

    /** The admission; written before the flight's thread starts and on that thread, and read at the end of the flight. */
    private volatile SecondLook.Cleared admitted;

    /** The time of the exchanges; null before the fetch has its permit. */
    private volatile @Nullable FetchTime time;

    private volatile boolean leaderLeft;
    private final AtomicBoolean counted = new AtomicBoolean();

    /**
     * Makes a fetch.
     *
     * @param key the key under which the flight will be installed
     * @param pinned the stored response to revalidate, or null
     * @param atEnd run when its flight has ended
     */
    Fetch(
            CacheRequest request,
            FlightKey key,
            @Nullable StoredResponse pinned,
            Runnable atEnd,
            FetchPermit permit,
            CachePolicy policy,
            SecondLook secondLook,
            FetchTimes times,
            ConditionalExchange conditionalExchange,
            ResponseProcessor processor,
            LandingPublisher publisher,
            FlightTable<FlightKey, FlightOutcome> flights) {
        this.request = request;
        this.key = key;
        this.admitted = SecondLook.Cleared.before(pinned);
        this.atEnd = atEnd;
        this.permit = permit;
        this.policy = policy;
        this.secondLook = secondLook;
        this.times = times;
        this.conditionalExchange = conditionalExchange;
        this.processor = processor;
        this.publisher = publisher;
        this.flights = flights;
    }

    /** Makes the fetches of one cache; {@link CacheCore} says which collaborators they get. */
    interface Factory {
        /** Returns a new fetch; the parameters are those of its constructor. */
        Fetch fetch(CacheRequest request, FlightKey key, @Nullable StoredResponse pinned, Runnable atEnd);
    }

    @Override
    public String name() {
        return request.target().name();
    }

    @Override
    public @Nullable FlightOutcome secondLook() {
        return outcomeUnlessAdmitted(secondLook.look(request, key, pinned()));
    }

    /** Returns the outcome where the look found that the fetch is superfluous; otherwise records its admission. */
    private @Nullable FlightOutcome outcomeUnlessAdmitted(SecondLook.Result result) {
        return switch (result) {
            case SecondLook.Superfluous superfluous -> superfluous.outcome();
            case SecondLook.Cleared cleared -> {
                admitted = cleared;
                yield null;
            }
        };
    }

    @Override
    public void ended() {
        atEnd.run();
    }

    @Override
    public boolean unbounded() {
        return request.timeout().compareTo(policy.longestAlone(request)) > 0;
    }

    /** Returns the longest duration of its exchange. */
    Duration timeout() {
        return request.timeout();
    }

    @Override
    public void begin(Flight<FlightOutcome> me, Start start) {
        if (policy.requestCustomizer().isPresent()) {
            start.now(); // the code of the application may want a permit itself, so it runs before this fetch has one
        } else {
            permit.startWhenHeld(me, start);
        }
    }

    @Override
    public FlightResult<FlightOutcome> run(Flight<FlightOutcome> me) throws InterruptedException, TimeoutException {
        OriginReply reply;
        try {
            HttpRequest originRequest = originRequest(me);
            long queued = permit.acquire(me);
            FlightOutcome superfluous =
                    queued > 0 ? outcomeUnlessAdmitted(secondLook.askBackoffsAgain(request, admitted)) : null;
            if (superfluous != null) {
                return resultOf(LandingPlan.of(superfluous));
            }
            Deadline deadline = Deadline.after(request.timeout());
            if (!me.toRunning(deadline)) {
                throw calledOff();
            }
            if (queued > 0) {
                admitted = secondLook.refreshed(request, admitted);
            }
            FetchTime mine = times.of(request, me, deadline, pinned());
            time = mine;
            me.recordSent();
            reply = exchangeWithRetries(originRequest, mine);
            if (!me.isDone()) { // otherwise the flight was given up, and later exchanges have taught more
                mine.record(reply.result());
            }
            if (queued > 0) {
                reply = reply.after(queued);
            }
        } finally {
            endTime();
            permit.release(); // before decoding, as the code it runs may want a permit itself
        }
        return land(me, reply);
    }

    private void endTime() {
        FetchTime mine = time;
        if (mine != null) {
            mine.end();
        }
    }

    /** Records that the leader has left, and does not come for a body that is read live. */
    void leaderLeaves() {
        leaderLeft = true;
    }

    @Override
    public void release() {
        permit.release();
    }

    /**
     * Makes the exchange, and repeats it after a failure. The retries are bounded in number. Each begins before the
     * deadline and within the timeout of the cache.
     */
    private OriginReply exchangeWithRetries(HttpRequest originRequest, FetchTime limit) throws InterruptedException {
        int most = policy.failurePolicy().retries();
        if (most == 0) {
            return exchange(originRequest, limit);
        }
        Deadline retries = Deadline.after(
                policy.timeout()); // a retry begins within that time, even where an exchange may take longer
        OriginReply reply = exchange(originRequest, limit);
        for (int retry = 1; retry <= most; retry++) {
            long left = Math.min(limit.deadline().left(), retries.left());
            OptionalLong pause = pause(reply.result(), retry, left);
            if (pause.isEmpty() || pause.getAsLong() >= left) {
                return reply;
            }
            long until = System.nanoTime() + left;
            permit.release(); // other fetches may use the permit during the sleep
            Thread.sleep(Duration.ofNanos(pause.getAsLong()));
            OptionalLong queued = permit.acquireAgain(until - System.nanoTime());
            boolean stopped = queued.isEmpty()
                    || (queued.getAsLong() > 0
                            && outcomeUnlessAdmitted(secondLook.askBackoffsAgain(request, admitted)) != null);
            if (stopped) {
                return reply;
            }
            reply = exchange(originRequest, limit);
        }
        return reply;
    }

    private OriginReply exchange(HttpRequest originRequest, FetchTime limit) throws InterruptedException {
        OriginReply reply = conditionalExchange.exchange(limit, request, originRequest, admitted.validation());
        admitted = admitted.with(reply.validation());
        return reply;
    }

    /**
     * Returns the wait before a retry, in nanoseconds; empty when a retry is of no use.
     *
     * @param left the time left, in nanoseconds; it also bounds the wait that the origin asks for
     */
    private OptionalLong pause(ExchangeResult failed, int retry, long left) {
        long own = BETWEEN_RETRIES.wait(retry, Math.random());
        return switch (failed) {
            case ExchangeResult.Broken broken ->
                switch (broken.failure().reason()) {
                    case CONNECT, BROKEN -> OptionalLong.of(own);
                    default -> OptionalLong.empty();
                };
            case ExchangeResult.Live live -> OptionalLong.empty();
            case ExchangeResult.Growing growing -> OptionalLong.empty();
            case ExchangeResult.Bare bare -> OptionalLong.empty();
            case ExchangeResult.Answered answered -> {
                OptionalLong asked = processor.requestedWait(answered.status(), answered.headers(), left);
                yield FailureRule.outage(answered.status())
                        ? OptionalLong.of(Math.max(own, asked.orElse(own)))
                        : OptionalLong.empty();
            }
        };
    }

    /** Lands a flight with the reply; if that fails, abandons a body that is still arriving. */
    FlightResult<FlightOutcome> land(Flight<FlightOutcome> me, OriginReply reply)
            throws InterruptedException, TimeoutException {
        try {
            LandingPlan plan = processor.plan(request, reply, me::wishes);
            if (reply.result() instanceof ExchangeResult.Growing growing
                    && plan.outcome() instanceof FlightOutcome.Growing
                    && !flights.succeed(me, new RestOfBody(flights, this, reply, growing, policy.timeout()))) {
                growing.body().stop();
                growing.body().settled();
            }
            return resultOf(plan);
        } catch (Throwable e) { // for example from the clock of the application
            reply.result().abandon();
            throw e;
        }
    }

    /** Lands the flight for the rest of a body that only its leader reads. */
    FlightResult<FlightOutcome> outgrown(ExchangeResult.Live live) {
        return resultOf(processor.outgrown(request, live));
    }

    private FlightResult<FlightOutcome> resultOf(LandingPlan plan) {
        return publisher.resultOf(request, plan, admitted.probe(), () -> leaderLeft, counted);
    }

    @Override
    public FlightResult<FlightOutcome> describeFailure(Throwable why) {
        permit.leave();
        String name = request.target().name();
        if (why instanceof InterruptedException) {
            return publisher.calledOff(request, admitted.probe());
        }
        Failure failure = switch (why) {
            case TimeoutException hung -> hung(name);
            case UserCodeException fault -> fault.failure(name);
            case CancellationException closed -> Failure.closed(name);
            default -> Failure.of(Reason.INTERNAL, "the fetch from " + name + " could not be made", why);
        };
        return resultOf(processor.failed(request, pinned(), failure));
    }

    private Failure hung(String name) {
        FetchTime mine = time;
        if (mine != null) {
            mine.hung();
        }
        return Failure.of(Reason.TIMEOUT, "the fetch from " + name + " hung past its deadline");
    }

    /** Returns the exception that ends the work of a flight which has no waiter, or has ended. */
    static InterruptedException calledOff() {
        return new InterruptedException("the flight has no waiters");
    }

    private @Nullable StoredResponse pinned() {
        return admitted.validation().pinned();
    }

    private HttpRequest originRequest(Flight<FlightOutcome> me) throws InterruptedException {
        HttpRequest originRequest = OriginRequests.request(policy, request);
        if (Thread.interrupted()
                && me.isDone()) { // otherwise the code of the application has left the interrupt behind
            throw calledOff();
        }
        return originRequest;
    }
}
