package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.failure.FailureScope;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.origin.UserCodeFailures;
import dev.fetchonce.internal.store.LoggedObstacles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The one place where the engine counts and logs. Counts are made before a caller gets its answer, so that it finds them
 * in the statistics. Landings are logged after that, on the thread that ends the flight; a call that fails by an outage
 * is logged on its own thread. No lock is held meanwhile. Thread-safe.
 */
public final class Recorder {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder collapsed = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final Map<Served, LongAdder> stale = new EnumMap<>(Served.class);
    private final LongAdder requestsSent = new LongAdder();
    private final LongAdder revalidated = new LongAdder();
    private final FailureCounts failures = new FailureCounts();
    private final Times loads = new Times();
    private final Times queues = new Times();
    private final LoggedObstacles loggedObstacles = new LoggedObstacles();
    private final UserCodeFailures userCodeFailures = new UserCodeFailures();
    private final OutageLog outages = new OutageLog();

    Recorder() {
        for (Served served : Served.values()) {
            if (served.stale()) {
                stale.put(served, new LongAdder());
            }
        }
    }

    /** Returns the count of hits itself, for the path that does nothing else. */
    LongAdder hitCount() {
        return hits;
    }

    /** Returns the log of the faults of the application's functions. */
    public UserCodeFailures userCodeFailures() {
        return userCodeFailures;
    }

    /** Counts a call that is answered at once with a stored response. */
    void hit(Served served) {
        hits.increment();
        if (served.stale()) {
            servedStale(served);
        }
    }

    /** Counts a call that gets a stale response. */
    void servedStale(Served served) {
        Objects.requireNonNull(stale.get(served), "a counter for each stale kind")
                .increment();
    }

    /** Counts a call that would have sent a request if a backoff had allowed it. */
    void held() {
        held.increment();
    }

    /** Counts a request that is about to be sent. */
    public void sent() {
        requestsSent.increment();
    }

    /** Counts a call that sends a request of its own, or would have sent one without only-if-cached. */
    void missed() {
        misses.increment();
    }

    /** Counts a call that became a waiter of a fetch; its leader is the call that started it. */
    void joined(boolean leader) {
        (leader ? misses : collapsed).increment();
    }

    /** Counts the failure of one call; the failure of a fetch counts once for all its waiters. */
    public void callFailed(String origin, Reason reason) {
        failures.add(origin, reason);
    }

    /** Counts the time that a fetch queued for its permit. */
    void queued(long nanos) {
        queues.add(nanos);
    }

    /** Counts the time of an exchange. */
    void exchanged(long nanos) {
        loads.add(nanos);
    }

    /** Counts the response of a fetch, for which all code of the application has succeeded. */
    void fetched(CacheRequest request, boolean renewed) {
        if (renewed) {
            revalidated.increment();
        }
        userCodeSucceeded(request.key().url());
    }

    /** Counts the failure of a fetch. */
    void fetchFailed(CacheRequest request, Failure failure) {
        failures.add(request.target().origin(), failure.reason());
        userCodeFailed(request, failure);
    }

    /** Logs a failure if a function of the application caused it. */
    void userCodeFailed(CacheRequest request, Failure failure) {
        userCodeFailed(request.key().url(), failure);
    }

    /**
     * Logs a failure if a function of the application caused it.
     *
     * @param place the place of the fault; {@link #userCodeSucceeded} names it once it works again
     */
    void userCodeFailed(String place, Failure failure) {
        userCodeFailures.failed(place, failure);
    }

    /** Forgets the faults that were logged for a place. */
    void userCodeSucceeded(String place) {
        userCodeFailures.succeeded(place);
    }

    /** Logs an error that has no caller to reach. */
    void unexpected(Throwable error) {
        log.warn("an unexpected error stopped one step of a fetch; all other fetches go on", error);
    }

    /**
     * Records the events of a landing.
     *
     * @param trouble the trouble of the URL after a failure
     */
    void landed(
            CacheRequest request, LandingPlan plan, LandingPublisher.Published published, Optional<Trouble> trouble) {
        switch (plan.backoff()) {
            case BackoffUpdate.Answered answered -> outages.answered(request, published.at());
            case BackoffUpdate.Failed failed -> failed(request, failed, trouble, published.at());
            case BackoffUpdate.Unchanged unchanged -> {}
        }
        for (CacheEvent event : events(request.key(), plan, published)) {
            log(event);
        }
    }

    /** Records the failure of an origin, or an unwanted answer of it. */
    private void failed(CacheRequest request, BackoffUpdate.Failed failed, Optional<Trouble> trouble, long at) {
        switch (FailureScope.of(failed.failure())) {
            case HOST, URL, USER ->
                outages.fetchFailed(request, failed.failure(), failed.covered() && failed.stored(), trouble, at);
            case ANSWER -> {
                if (failed.covered()) { // the application counts this status among the outages
                    outages.fetchFailed(request, failed.failure(), failed.stored(), trouble, at);
                } else {
                    outages.answered(request, at);
                }
            }
            case NOTHING -> {}
        }
    }

    /**
     * Records a call that fails with the failure of a fetch, its own or an earlier one.
     *
     * @param stored whether the caller found a stored response, which is too old to stand in
     * @param trouble the trouble of the URL
     */
    void failedByOutage(CacheRequest request, Failure failure, boolean stored, Optional<Trouble> trouble, long now) {
        try {
            outages.callFailed(request, failure, stored, trouble, now);
        } catch (Throwable e) {
            // a fault of the log, whose appenders may throw: the caller gets its own failure all the same
        }
    }

    private void log(CacheEvent event) {
        switch (event) {
            case CacheEvent.Fetched fetched -> {
                stored(fetched, fetched.obstacle().isEmpty(), fetched.obstacle());
                log.debug(
                        "landing {}: fetched {} status={} renewed={} stored={}",
                        fetched.landing(),
                        fetched.key(),
                        fetched.status(),
                        fetched.renewed(),
                        fetched.obstacle().isEmpty());
            }
            case CacheEvent.FetchFailed failed -> {
                stored(failed, failed.kept(), failed.obstacle());
                log.debug(
                        "landing {}: {} failed reason={} failures={}",
                        failed.landing(),
                        failed.key(),
                        failed.reason(),
                        failed.consecutiveFailures());
            }
        }
    }

    /** Logs why a response is not kept, once until a response of the URL is kept. */
    private void stored(CacheEvent event, boolean kept, Optional<Obstacle> obstacle) {
        String url = event.key().url();
        if (kept) {
            loggedObstacles.clear(url);
        }
        obstacle.filter(why -> why != Obstacle.FAILURE && why != Obstacle.UNDECODABLE) // the failure names them
                .filter(why -> loggedObstacles.isNew(url, why))
                .ifPresent(why -> log.atLevel(why.unintended() ? Level.WARN : Level.INFO)
                        .log("the response of {} was not stored: {}", event.key(), why.words()));
    }

    /**
     * Returns the events of a landing, in their order.
     *
     * @param key the key of the fetch
     * @param published the effects of its publication
     */
    private static List<CacheEvent> events(CacheKey key, LandingPlan plan, LandingPublisher.Published published) {
        List<CacheEvent> events = new ArrayList<>(1);
        switch (plan.outcome()) {
            case FlightOutcome.Fetched fetched ->
                events.add(new CacheEvent.Fetched(
                        key,
                        published.landing(),
                        fetched.response().status(),
                        fetched.renewed(),
                        obstacle(fetched.obstacle(), published)));
            case FlightOutcome.Streaming streaming ->
                events.add(new CacheEvent.Fetched(
                        key,
                        published.landing(),
                        streaming.exchange().status(),
                        false,
                        Optional.of(streaming.obstacle())));
            case FlightOutcome.Outgrown outgrown ->
                events.add(new CacheEvent.Fetched(
                        key, published.landing(), outgrown.status(), false, Optional.of(Obstacle.TOO_LARGE)));
            case FlightOutcome.Failed failed ->
                events.add(failed(
                        key,
                        published,
                        failed.failure(),
                        failed.answered() != null && failed.obstacle().isEmpty() && published.fits(),
                        failed.answered() == null
                                        || FailureRule.outage(failed.answered().status())
                                ? Optional.empty()
                                : obstacle(failed.obstacle(), published)));
            case FlightOutcome.Undecodable undecodable ->
                events.add(failed(key, published, undecodable.failure(), false, Optional.empty()));
            case FlightOutcome.Growing growing -> {} // the rest of the body has its own landing
            case FlightOutcome.AlreadyStored found -> {}
            case FlightOutcome.Rekeyed rekeyed -> {}
            case FlightOutcome.Overtaken overtaken -> {}
            case FlightOutcome.BackedOff backedOff -> {}
        }
        return events;
    }

    private static CacheEvent.FetchFailed failed(
            CacheKey key,
            LandingPublisher.Published published,
            Failure failure,
            boolean kept,
            Optional<Obstacle> obstacle) {
        BackoffState backoff = published.backoff();
        return new CacheEvent.FetchFailed(
                key, published.landing(), failure.reason(), backoff == null ? 0 : backoff.failures(), kept, obstacle);
    }

    /** Returns why a response is not kept; a response that would be kept may still exceed the store. */
    private static Optional<Obstacle> obstacle(Optional<Obstacle> planned, LandingPublisher.Published published) {
        return planned.isPresent() || published.fits() ? planned : Optional.of(Obstacle.TOO_HEAVY);
    }

    /** Returns the number of calls answered at once with a stored response, without a prior request to the origin. */
    public long hits() {
        return hits.sum();
    }

    /** Returns the number of calls that sent a request of their own, started to, or were not allowed to. */
    public long misses() {
        return misses.sum();
    }

    /** Returns the number of calls that waited for the request of another call. */
    public long collapsed() {
        return collapsed.sum();
    }

    /** Returns the number of calls that a backoff kept from sending a request. */
    public long heldByBackoff() {
        return held.sum();
    }

    /** Returns the number of calls answered with a stale response by kind; kinds without a call are absent. */
    public Map<Served, Long> stale() {
        Map<Served, Long> counts = new EnumMap<>(Served.class);
        stale.forEach((served, count) -> {
            if (count.sum() > 0) {
                counts.put(served, count.sum());
            }
        });
        return counts;
    }

    /** Returns the number of requests sent. */
    public long requestsSent() {
        return requestsSent.sum();
    }

    /** Returns the number of requests that the origin answered with 304. */
    public long revalidated() {
        return revalidated.sum();
    }

    /** Returns the number of failures by reason; reasons without a failure are absent. */
    public Map<Reason, Long> failures() {
        return failures.byReason();
    }

    /** Returns the number of failures by origin; those beyond a bound are one number. */
    public Map<String, Long> failuresByOrigin() {
        return failures.byOrigin();
    }

    /** Returns the times of exchanges, each from the moment it held its permit. */
    public Times loads() {
        return loads;
    }

    /** Returns the times that fetches queued for their permits. */
    public Times queues() {
        return queues;
    }

    /** The number, the mean and the maximum of the times of one activity. */
    public static final class Times {
        private final LongAdder count = new LongAdder();
        private final LongAdder sum = new LongAdder();
        private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

        private void add(long nanos) {
            count.increment();
            sum.add(nanos);
            longest.accumulate(nanos);
        }

        /** Returns the mean; zero before the first time. */
        public Duration mean() {
            long times = count.sum();
            return times == 0 ? Duration.ZERO : Duration.ofNanos(sum.sum() / times);
        }

        /** Returns the longest time; zero before the first. */
        public Duration longest() {
            return Duration.ofNanos(longest.get());
        }
    }
}
