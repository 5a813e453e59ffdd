package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Knocker;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.AdaptiveTimeout;
import dev.fetchonce.internal.http.failure.KnockPace;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.origin.BufferAllowance;
import dev.fetchonce.internal.origin.Origin;
import dev.fetchonce.internal.origin.OriginClient;
import dev.fetchonce.internal.origin.OriginPermits;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.PassMarkers;
import dev.fetchonce.internal.store.UrlSpellings;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;

/**
 * One cache, put together. Each field serves one kind of call, and knows only the collaborators that it uses.
 *
 * @param engine answers requests
 * @param hits finds fresh values for plain requests
 * @param invalidator drops stored responses
 * @param inspection shows the stored responses and the counts
 * @param partialResponses keeps the parts of responses
 * @param headUpdater applies responses to HEAD
 * @param decoder decodes stored bodies
 * @param recorder counts and logs
 * @param seeds the seeds in use
 */
public record CacheCore(
        Engine engine,
        FreshHits hits,
        Invalidator invalidator,
        Inspection inspection,
        PartialResponses partialResponses,
        HeadUpdater headUpdater,
        ResponseDecoder decoder,
        Recorder recorder,
        Seeds seeds) {
    /** The fraction of the memory bound for remembered spellings, as a divisor. */
    private static final int SPELLINGS_SHARE = 64;

    /**
     * Puts a cache together, with nothing stored.
     *
     * @param client the client, which the cache does not close
     * @param defaultHeaders the fields that every request carries unless its caller overrides them
     * @param seeds the seeds of the cache
     */
    public static CacheCore create(
            CachePolicy policy,
            Limits limits,
            OriginClient client,
            ContentCodings codings,
            CacheClock clock,
            JsonBinder binder,
            HttpHeaders defaultHeaders,
            Seeds seeds) {
        Recorder recorder = new Recorder();
        FailurePolicy failures = policy.failurePolicy();
        FlightTable<FlightKey, FlightOutcome> flights = new FlightTable<>(
                policy.timeout(), failures.maximumWaiters(), failures.abandoned(), recorder::unexpected);
        long forSpellings = limits.maximumBytes() / SPELLINGS_SHARE;
        long forStore = limits.maximumBytes() - forSpellings;
        MemoryStore store = new MemoryStore(forStore, clock.now());
        UrlSpellings spellings = new UrlSpellings(forSpellings);
        PassMarkers passMarkers = new PassMarkers();
        Backoffs backoffs = new Backoffs(clock::now, failures.delay(), overdue(policy), Math::random);
        Knocker knocker = new Knocker(
                failures.knocking() ? client.knocks() : Optional.empty(),
                backoffs,
                clock::now,
                KnockPace.USUAL,
                Math::random);
        OriginPermits permits = new OriginPermits(limits.connectionsPerOrigin());
        Origin origin =
                new Origin(client, limits.maximumBodyBytes(), new BufferAllowance(limits.maximumBytes()), codings);
        ResponseDecoder decoder = new ResponseDecoder(binder, policy.patience(), store, recorder);
        Fetch.Factory fetches = fetches(
                policy,
                permits,
                new SecondLook(store, backoffs, clock, failures.ahead()),
                new FetchTimes(timeouts(policy), clock, permits),
                new ConditionalExchange(policy.freshnessPolicy(), origin, clock, recorder),
                new ResponseProcessor(policy, clock, decoder, new LandingPlanner(policy, forStore), recorder),
                new LandingPublisher(store, seeds, passMarkers, backoffs, clock, recorder),
                flights,
                recorder);
        Responder responder = new Responder(policy, limits.connectionsPerOrigin(), store, backoffs, clock, recorder);
        PartialResponses partialResponses =
                new PartialResponses(policy.freshnessPolicy(), store, clock, codings, limits.maximumBodyBytes());
        return new CacheCore(
                new Engine(
                        store,
                        backoffs,
                        clock,
                        failures.ahead(),
                        new SharedFetches(flights, fetches, passMarkers, policy, clock),
                        new BackgroundRefreshes(flights, fetches, policy.timeout(), failures.backgroundFetches()),
                        new RecentAttempts(backoffs, clock, responder, recorder),
                        responder,
                        new ColdStart(policy, backoffs, knocker, clock),
                        knocker,
                        recorder),
                new FreshHits(policy, store, spellings, clock, recorder.hitCount(), defaultHeaders),
                new Invalidator(flights, store, backoffs, partialResponses, clock),
                new Inspection(store, backoffs, spellings, flights, permits, clock, responder),
                partialResponses,
                new HeadUpdater(policy.freshnessPolicy(), store, clock),
                decoder,
                recorder,
                seeds);
    }

    private static Fetch.Factory fetches(
            CachePolicy policy,
            OriginPermits permits,
            SecondLook secondLook,
            FetchTimes times,
            ConditionalExchange exchange,
            ResponseProcessor processor,
            LandingPublisher publisher,
            FlightTable<FlightKey, FlightOutcome> flights,
            Recorder recorder) {
        return (request, key, pinned, atEnd) -> new Fetch(
                request,
                key,
                pinned,
                atEnd,
                new FetchPermit(permits, request.target().origin(), recorder),
                policy,
                secondLook,
                times,
                exchange,
                processor,
                publisher,
                flights);
    }

    private static AdaptiveTimeout timeouts(CachePolicy policy) {
        return new AdaptiveTimeout(Deadline.nanosOf(policy.timeout()), Deadline.nanosOf(policy.firstTimeout()));
    }

    /** Returns the time after which a probe is overdue: the longest time that any of its actions may take. */
    private static long overdue(CachePolicy policy) {
        return Deadline.nanosOf(policy.firstTimeout().plus(policy.patience()));
    }

    /**
     * Ends all flights and waits, and drops all stored responses. Every later request is refused.
     *
     * @return whether the threads of all flights ended within the bound
     */
    public boolean close(Duration bound) {
        hits.close();
        try {
            return engine.close(bound);
        } finally {
            invalidator.drop();
            seeds.close();
            hits.forget();
        }
    }
}
