package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.origin.DirectExchange;
import dev.fetchonce.internal.origin.OriginClient;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.UrlSpellings;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One get, from the request to the answer: look up, decide, fly, wait, answer. Only this class knows all the steps;
 * other classes carry them out. Thread-safe.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** The fraction of the memory bound for remembered spellings, as a divisor. */
    private static final int SPELLINGS_SHARE = 64;

    private final EngineContext parts;
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final Responder responder;
    private final BackgroundRefreshes background;
    private final PartialResponses partial;
    private final Invalidator invalidations;
    private final UrlSpellings spellings;
    private final FreshHits hits;
    private final double ahead;
    private volatile boolean closed;

    /** Makes an engine from its parts; a test passes a flight table of its own. */
    Engine(EngineContext parts, PartialResponses partial, UrlSpellings spellings, HttpHeaders defaultHeaders) {
        this.parts = parts;
        this.flights = parts.flights();
        this.responder = new Responder(parts);
        this.background =
                new BackgroundRefreshes(flights, parts.policy().failurePolicy().backgroundFetches());
        this.partial = partial;
        this.invalidations = new Invalidator(parts, partial);
        this.spellings = spellings;
        this.hits = new FreshHits(parts, spellings, defaultHeaders);
        this.ahead = parts.policy().failurePolicy().ahead();
    }

    /**
     * Makes an engine with nothing stored.
     *
     * @param client the client, which the engine does not close
     * @param defaultHeaders the fields that every request carries unless its caller overrides them
     */
    public static Engine create(
            CachePolicy policy,
            Limits limits,
            OriginClient client,
            ContentCodings codings,
            CacheClock clock,
            JsonBinder binder,
            HttpHeaders defaultHeaders) {
        long forSpellings = limits.maximumBytes() / SPELLINGS_SHARE;
        FlightTable<FlightKey, FlightOutcome> flights = new FlightTable<>(
                policy.timeout(),
                policy.failurePolicy().maximumWaiters(),
                policy.failurePolicy().abandoned(),
                what -> log.warn("an unexpected error stopped one step of a fetch; all other fetches go on", what));
        long forStore = limits.maximumBytes() - forSpellings;
        EngineContext parts = EngineContext.of(policy, limits, client, codings, clock, binder, flights, forStore);
        return new Engine(
                parts,
                new PartialResponses(parts, codings, limits.maximumBodyBytes()),
                new UrlSpellings(forSpellings),
                defaultHeaders);
    }

    /** Returns the lookup of fresh hits for plain requests. */
    public FreshHits hits() {
        return hits;
    }

    /** Returns the deadline of a caller that sets no patience; it starts now. */
    public Deadline patience() {
        return Deadline.after(parts.policy().patience());
    }

    /** Remembers the caller's spelling of a URL, for {@link #hits}. */
    public void spelled(String asked, String normal) {
        spellings.remember(asked, normal);
    }

    /**
     * Answers one caller, which waits no longer than its patience. The failure has the reason CLOSED when the cache is
     * closed meanwhile; {@link #requireOpen} serves calls that begin later.
     *
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits; other callers are
     *     not affected
     * @throws IllegalStateException when the thread of a flight would wait for that very flight
     */
    public Answer ask(CacheRequest request) throws InterruptedException {
        Lookup lookup = Lookup.of(parts.store(), request);
        Answer now = atOnce(request, lookup);
        return now == null ? answerFromFlight(request, lookup) : now;
    }

    /**
     * Answers a request that needs a flight.
     *
     * @param found the entries stored for the request just now
     */
    private Answer answerFromFlight(CacheRequest request, Lookup found) throws InterruptedException {
        long asked = System.nanoTime();
        Lookup lookup = found;
        boolean alone = false;
        for (boolean first = true; ; first = false) {
            FlightMembership membership;
            try {
                membership = join(request, lookup, alone || passes(request));
            } catch (TooManyWaitersException e) {
                return responder.tooManyWaiters(request, lookup.standing());
            }
            if (first) {
                (membership.leader() ? parts.counters().misses : parts.counters().collapsed).increment();
            }
            try {
                FlightOutcome outcome = await(request, membership);
                Optional<Answer> answer = responder.of(request, membership, outcome, asked);
                if (answer.isPresent()) {
                    return answer.get();
                }
                alone = FlightMembership.isForOne(request, outcome);
            } catch (InterruptedException e) {
                membership.leave();
                throw e;
            } catch (TimeoutException e) {
                membership.leave();
                return responder.impatient(request, membership);
            }
            lookup = Lookup.of(parts.store(), request);
            Answer now = atOnce(request, lookup);
            if (now != null) {
                return now;
            }
        }
    }

    /** Returns the answer to a request that needs no flight or must not start a flight; null when it needs one. */
    private @Nullable Answer atOnce(CacheRequest request, Lookup lookup) {
        BackoffState backoff =
                request.callerKind().backsOff() ? parts.backoffs().inForce(request) : null;
        long now = parts.clock().now();
        return switch (Reuse.decide(lookup.selected(), backoff, ahead, request.demand(), now)) {
            case Reuse.Serve serve -> served(request, serve.stored(), Served.STALE, now);
            case Reuse.ServeAndRefresh serve -> {
                refreshInBackground(request, lookup, serve.stored());
                yield served(request, serve.stored(), Served.STALE_WHILE_REVALIDATE, now);
            }
            case Reuse.Decline decline -> {
                parts.counters().misses.increment();
                yield responder.declined(request);
            }
            case Reuse.BackOff backOff -> {
                // A caller without a stored response to fall back on joins the probe.
                if (parts.usable(lookup.standing(), request) == null && flights.isJoinable(lookup.flightKey(request))) {
                    yield null;
                }
                parts.counters().misses.increment();
                yield responder.backedOff(request, lookup.standing(), backOff.backoff());
            }
            case Reuse.Revalidate revalidate -> null;
            case Reuse.Miss miss -> null;
        };
    }

    /** Returns whether the caller flies alone, as earlier responses for this key were for one caller only. */
    private boolean passes(CacheRequest request) {
        return !request.afresh()
                && parts.passes().marked(request.key().text(), parts.clock().now());
    }

    private FlightMembership join(CacheRequest request, Lookup lookup, boolean alone) {
        FlightKey key = lookup.flightKey(request);
        Fetch fetch = new Fetch(parts, request, key, lookup.standing());
        ForwardReason why = lookup.why(parts.clock().now()); // before the caller becomes a waiter: a clock may throw
        Flight<FlightOutcome> flight = alone
                ? flights.flyAlone(key, fetch)
                : request.afresh() ? flights.flyAfresh(key, fetch) : flights.fly(key, fetch);
        if (request.wanted() != null) {
            flight.wish(request.wanted());
        }
        return new FlightMembership(flight, flight.isFor(fetch), lookup.standing(), why);
    }

    /**
     * Waits for the flight. The caller waits only for the soft timeout where a stale response is still at hand at its
     * end; the flight then goes on.
     */
    private FlightOutcome await(CacheRequest request, FlightMembership membership)
            throws InterruptedException, TimeoutException {
        Optional<Duration> soft = parts.policy().failurePolicy().softTimeout();
        if (soft.isPresent() && !request.afresh() && standsBy(request, membership)) {
            Deadline deadline = Deadline.after(soft.get());
            if (deadline.left() < request.until().left()) {
                try {
                    return flights.awaitFor(membership.flight(), deadline);
                } catch (TimeoutException e) {
                    if (standsBy(request, membership)) {
                        flights.leaveToBackground(membership.flight());
                        throw e;
                    }
                }
            }
        }
        return membership.flight().work() instanceof RestOfBody rest
                ? awaitRest(request, membership, rest)
                : flights.await(membership.flight(), request.until());
    }

    /** Returns whether a stale response is at hand. If a clock throws, the caller leaves the flight. */
    private boolean standsBy(CacheRequest request, FlightMembership membership) {
        try {
            return parts.usable(membership.valid(), request) != null;
        } catch (Throwable e) {
            flights.leaveAlone(membership.flight());
            throw e;
        }
    }

    /** Waits for a body that the leader reads, but no longer than the bound on such a wait. */
    private FlightOutcome awaitRest(CacheRequest request, FlightMembership membership, RestOfBody rest)
            throws InterruptedException, TimeoutException {
        if (request.until().left() <= rest.shared().left()) {
            return flights.await(membership.flight(), request.until());
        }
        try {
            return flights.await(membership.flight(), rest.shared());
        } catch (TimeoutException e) {
            return new FlightOutcome.Outgrown();
        }
    }

    private Answer served(CacheRequest request, StoredResponse stored, Served stale, long now) {
        boolean fresh = stored.fresh(now);
        parts.counters().hits.increment();
        if (!fresh) {
            parts.counters().staleServed.increment();
        }
        return responder.stored(request, stored, fresh ? Served.HIT : stale, now);
    }

    /** Starts a flight without waiters, unless one is up for the key or the bound is reached. */
    private void refreshInBackground(CacheRequest request, Lookup lookup, StoredResponse stored) {
        FlightKey key = lookup.flightKey(request, CallerKind.BACKGROUND);
        background.launch(
                key,
                atEnd -> new Fetch(parts, request.inBackground(parts.policy().timeout()), key, stored, atEnd));
    }

    /**
     * Answers a request whose own answer, a redirect, led to a failure: with its stored response, if that may stand
     * in.
     */
    public Answer standIn(CacheRequest request, Failure failure) {
        return responder.standIn(request, failure);
    }

    /** Returns the answer that the stored response alone can give, or null; starts no flight except to renew it. */
    public Answer.@Nullable Response reusable(CacheRequest request) {
        Answer now = atOnce(request, Lookup.of(parts.store(), request));
        return now instanceof Answer.Failed failed ? failed.answered() : (Answer.Response) now;
    }

    /** Returns the part that the request asks for, out of stored parts, or null. */
    public Answer.@Nullable Response part(CacheRequest request, HttpHeaders fields) {
        StoredResponse part = partial.answer(request, fields).orElse(null);
        return part == null
                ? null
                : (Answer.Response)
                        served(request, part, Served.STALE, parts.clock().now());
    }

    /**
     * Returns an exchange that bypasses the cache.
     *
     * @param requests changes each request before it is sent; code of the application
     */
    public DirectExchange bypass(OriginClient clients, UnaryOperator<HttpRequest> requests) {
        return new DirectExchange(clients, requests, parts.userCodeFailures());
    }

    /** Begins an exchange for a part that bypasses the cache; the cache keeps the parts it brings. */
    public PartListener partial(CacheRequest request) {
        return partial.begin(request);
    }

    /**
     * Records the response to a HEAD of the same URL. Its fields may update the stored response, or show that it is
     * out of date.
     */
    public void headed(CacheRequest request, int status, HttpHeaders head) {
        if (!closed) {
            new HeadUpdater(parts, request).take(status, head);
        }
    }

    /** Returns the stored response for the request, fresh or stale, or null; starts no flight and counts nothing. */
    public Answer.@Nullable Response peek(CacheRequest request) {
        requireOpen();
        StoredResponse stored = Lookup.of(parts.store(), request).selected();
        if (stored == null || stored.negative() || parts.unreadable(request, stored) != null) {
            return null;
        }
        long now = parts.clock().now();
        return responder.hit(request, stored, stored.fresh(now) ? Served.HIT : Served.STALE, now);
    }

    /**
     * Returns the response decoded to this type; decodes it now if no call has done so before.
     *
     * @param key the key of the request
     * @param patience the longest wait for another thread that decodes it
     * @throws UndecodableException when the body is not JSON, or not of that type
     * @throws ContentCodings.CodingException when its content codings cannot be undone
     * @throws TimeoutException when patience ended first
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits
     */
    public Object decoded(StoredResponse response, CacheKey key, Type type, Deadline patience)
            throws UndecodableException, ContentCodings.CodingException, TimeoutException, InterruptedException {
        Object known = response.representation().known(type);
        if (known != null) {
            return known;
        }
        Object decoded;
        try {
            decoded = parts.decoded(response, type, patience);
        } catch (TimeoutException e) {
            parts.counters().failed(Reason.PATIENCE);
            throw e;
        }
        parts.store().reweigh(key);
        return decoded;
    }

    /**
     * Drops all stored responses of these URLs, as a request has made them outdated; does nothing once the cache is
     * closed.
     */
    public void outdated(Set<TargetUri> targets) {
        if (!closed && !targets.isEmpty()) {
            invalidations.of(targets.stream().map(TargetUri::text).collect(Collectors.toUnmodifiableSet()));
        }
    }

    /**
     * Drops all stored responses of this URL and keeps its running fetches from being stored. Returns whether there
     * were any.
     */
    public boolean invalidate(String url) {
        requireOpen();
        return invalidations.of(Set.of(url)) > 0;
    }

    /** Invalidates every matching URL that is stored or being fetched; returns their number. */
    public int invalidateIf(Predicate<String> test) {
        requireOpen();
        Set<String> urls = invalidations.urls();
        urls.removeIf(test.negate()); // before any response is dropped, as the test may throw
        return invalidations.of(urls);
    }

    /** Returns the counters. */
    public Counters counters() {
        return parts.counters();
    }

    /** Returns the store. */
    public MemoryStore store() {
        return parts.store();
    }

    /** Returns the bytes taken by stored responses and by remembered spellings. */
    public long bytes() {
        return parts.store().bytes() + spellings.bytes();
    }

    /** Returns the number of flights that are up. */
    public int fetchesInProgress() {
        return flights.size();
    }

    /**
     * Ends all flights and waits, and drops all stored responses. Every later call throws, except those that read
     * counts.
     *
     * @return whether the threads of all flights ended within the bound
     */
    public boolean close(Duration bound) {
        closed = true;
        hits.close();
        try {
            return flights.close(bound);
        } finally {
            parts.store().urls().forEach(parts.store()::remove);
            spellings.clear();
        }
    }

    /**
     * Checks that the engine is open.
     *
     * @throws IllegalStateException when it is closed
     */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this cache is closed");
        }
    }

    /** For tests. */
    EngineContext parts() {
        return parts;
    }

    /** For tests. */
    FlightTable<FlightKey, FlightOutcome> flights() {
        return flights;
    }
}
