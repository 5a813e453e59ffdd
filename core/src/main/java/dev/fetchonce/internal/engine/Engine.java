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
 * One get, from the question to the answer: look up, decide, fly, wait, answer. The only class that knows all the steps;
 * each of them is somebody else's. Thread-safe.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** One part in so many of the memory bound is for remembered spellings. */
    private static final int SPELLINGS_SHARE = 64;

    private final EngineContext parts;
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final Responder answers;
    private final BackgroundRefreshes background;
    private final PartialResponses partial;
    private final Invalidator invalidations;
    private final UrlSpellings spellings;
    private final FreshHits hits;
    private final double ahead;
    private volatile boolean closed;

    /** Puts one together; a test with a flight table of its own. */
    Engine(EngineContext parts, PartialResponses partial, UrlSpellings spellings, HttpHeaders plain) {
        this.parts = parts;
        this.flights = parts.flights();
        this.answers = new Responder(parts);
        this.background =
                new BackgroundRefreshes(flights, parts.policy().trouble().backgroundFetches());
        this.partial = partial;
        this.invalidations = new Invalidator(parts, partial);
        this.spellings = spellings;
        this.hits = new FreshHits(parts, spellings, plain);
        this.ahead = parts.policy().trouble().ahead();
    }

    /**
     * Makes an engine with nothing stored.
     *
     * @param client not closed by the engine
     * @param plain the fields that every request carries unless its caller says otherwise
     */
    public static Engine create(
            CachePolicy policy,
            Limits limits,
            OriginClient client,
            ContentCodings codings,
            CacheClock clock,
            JsonBinder binder,
            HttpHeaders plain) {
        long forSpellings = limits.maximumBytes() / SPELLINGS_SHARE;
        FlightTable<FlightKey, FlightOutcome> flights = new FlightTable<>(
                policy.timeout(),
                policy.trouble().maximumWaiters(),
                policy.trouble().abandoned(),
                what -> log.warn(
                        "an error kept the cache from a duty to one of its fetches; it goes on with all others", what));
        long forStore = limits.maximumBytes() - forSpellings;
        EngineContext parts = EngineContext.of(policy, limits, client, codings, clock, binder, flights, forStore);
        return new Engine(
                parts,
                new PartialResponses(parts, codings, limits.maximumBodyBytes()),
                new UrlSpellings(forSpellings),
                plain);
    }

    /** What is fresh for a plain request. */
    public FreshHits hits() {
        return hits;
    }

    /** The patience of a caller who says nothing else; it begins now. */
    public Deadline patience() {
        return Deadline.after(parts.policy().patience());
    }

    /** Remembers how a caller spelled a URL, for {@link #hits}. */
    public void spelled(String asked, String normal) {
        spellings.remember(asked, normal);
    }

    /**
     * Answers one caller, who waits no longer than its patience. The failure has the reason CLOSED where the cache is closed
     * meanwhile: {@link #requireOpen} is for a call that begins.
     *
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits; nobody else is hurt
     * @throws IllegalStateException on the thread of the very flight that would be awaited
     */
    public Answer ask(CacheRequest ask) throws InterruptedException {
        Lookup lookup = Lookup.of(parts.store(), ask);
        Answer now = atOnce(ask, lookup);
        return now == null ? flown(ask, lookup) : now;
    }

    /**
     * The answer to a question for which somebody has to be asked.
     *
     * @param found what was stored for it just now
     */
    private Answer flown(CacheRequest ask, Lookup found) throws InterruptedException {
        long asked = System.nanoTime();
        Lookup lookup = found;
        boolean alone = false;
        for (boolean first = true; ; first = false) {
            FlightMembership joined;
            try {
                joined = join(ask, lookup, alone || passes(ask));
            } catch (TooManyWaitersException e) {
                return answers.tooManyWaiters(ask, lookup.standing());
            }
            if (first) {
                (joined.leader() ? parts.counters().misses : parts.counters().collapsed).increment();
            }
            try {
                FlightOutcome outcome = await(ask, joined);
                Optional<Answer> answer = answers.of(ask, joined, outcome, asked);
                if (answer.isPresent()) {
                    return answer.get();
                }
                alone = FlightMembership.isForOne(ask, outcome);
            } catch (InterruptedException e) {
                joined.forsake();
                throw e;
            } catch (TimeoutException e) {
                joined.forsake();
                return answers.impatient(ask, joined);
            }
            lookup = Lookup.of(parts.store(), ask);
            Answer now = atOnce(ask, lookup);
            if (now != null) {
                return now;
            }
        }
    }

    /** The answer to a question for which nobody has to be asked, or nobody may be; null when somebody has to. */
    private @Nullable Answer atOnce(CacheRequest ask, Lookup lookup) {
        BackoffState closed = ask.face().backsOff() ? parts.backoffs().closed(ask) : null;
        long now = parts.clock().now();
        return switch (Reuse.decide(lookup.selected(), closed, ahead, ask.demand(), now)) {
            case Reuse.Serve serve -> served(ask, serve.stored(), Served.STALE, now);
            case Reuse.ServeAndRefresh serve -> {
                refreshBehind(ask, lookup, serve.stored());
                yield served(ask, serve.stored(), Served.STALE_WHILE_REVALIDATE, now);
            }
            case Reuse.Decline decline -> {
                parts.counters().misses.increment();
                yield answers.declined(ask);
            }
            case Reuse.Hold hold -> {
                // Who has nothing else joins the one that goes to look.
                if (parts.usable(lookup.standing(), ask) == null && flights.isUp(lookup.flightKey(ask))) {
                    yield null;
                }
                parts.counters().misses.increment();
                yield answers.held(ask, lookup.standing(), hold.gate());
            }
            case Reuse.Revalidate revalidate -> null;
            case Reuse.Miss miss -> null;
        };
    }

    /** Whether whoever asks for it asks on its own, as answers there have been for one caller only. */
    private boolean passes(CacheRequest ask) {
        return !ask.afresh()
                && parts.passes().marked(ask.key().text(), parts.clock().now());
    }

    private FlightMembership join(CacheRequest ask, Lookup lookup, boolean alone) {
        FlightKey key = lookup.flightKey(ask);
        Fetch fetch = new Fetch(parts, ask, key, lookup.standing());
        ForwardReason why = lookup.why(parts.clock().now()); // before it counts among those who wait: a clock may throw
        Flight<FlightOutcome> flight = alone
                ? flights.flyAlone(key, fetch)
                : ask.afresh() ? flights.flyAfresh(key, fetch) : flights.fly(key, fetch);
        if (ask.wanted() != null) {
            flight.wish(ask.wanted());
        }
        return new FlightMembership(flight, flight.does(fetch), lookup.standing(), why);
    }

    /** Waits; for as long as the soft timeout only, where a stale answer is still at hand then, and the flight goes on. */
    private FlightOutcome await(CacheRequest ask, FlightMembership joined)
            throws InterruptedException, TimeoutException {
        Optional<Duration> soft = parts.policy().trouble().softTimeout();
        if (soft.isPresent() && !ask.afresh() && standsBy(ask, joined)) {
            Deadline deadline = Deadline.after(soft.get());
            if (deadline.left() < ask.until().left()) {
                try {
                    return flights.awaitFor(joined.flight(), deadline);
                } catch (TimeoutException e) {
                    if (standsBy(ask, joined)) {
                        flights.leaveToBackground(joined.flight());
                        throw e;
                    }
                }
            }
        }
        return joined.flight().work() instanceof RestOfBody rest
                ? awaitRest(ask, joined, rest)
                : flights.await(joined.flight(), ask.until());
    }

    /** Whether a stale answer is at hand. Where that cannot be told, as a clock throws, the caller waits no longer. */
    private boolean standsBy(CacheRequest ask, FlightMembership joined) {
        try {
            return parts.usable(joined.valid(), ask) != null;
        } catch (Throwable e) {
            flights.leaveAlone(joined.flight());
            throw e;
        }
    }

    /** Waits for a body that another one reads, for no longer than such a body is waited for. */
    private FlightOutcome awaitRest(CacheRequest ask, FlightMembership joined, RestOfBody rest)
            throws InterruptedException, TimeoutException {
        if (ask.until().left() <= rest.shared().left()) {
            return flights.await(joined.flight(), ask.until());
        }
        try {
            return flights.await(joined.flight(), rest.shared());
        } catch (TimeoutException e) {
            return new FlightOutcome.Outgrown();
        }
    }

    private Answer served(CacheRequest ask, StoredResponse stored, Served stale, long now) {
        boolean fresh = stored.fresh(now);
        parts.counters().hits.increment();
        if (!fresh) {
            parts.counters().staleServed.increment();
        }
        return answers.stored(ask, stored, fresh ? Served.HIT : stale, now);
    }

    /** Starts a flight for which nobody waits, unless one is up for that already, or as many as may be. */
    private void refreshBehind(CacheRequest ask, Lookup lookup, StoredResponse stored) {
        FlightKey key = lookup.flightKey(ask, CallerKind.BACKGROUND);
        background.launch(
                key, atEnd -> new Fetch(parts, ask.behind(parts.policy().timeout()), key, stored, atEnd));
    }

    /**
     * The answer to a question whose own answer, a redirect, led to a failure: what is stored for it, if that may stand in.
     */
    public Answer standIn(CacheRequest ask, Failure failure) {
        return answers.standIn(ask, failure);
    }

    /** The answer to a question that can be given from what is stored, or null; asks nobody but to renew it. */
    public Answer.@Nullable Response reusable(CacheRequest ask) {
        Answer now = atOnce(ask, Lookup.of(parts.store(), ask));
        return now instanceof Answer.Failed failed ? failed.answered() : (Answer.Response) now;
    }

    /** The part that such a request asks for, out of parts that are stored, or null. */
    public Answer.@Nullable Response part(CacheRequest ask, HttpHeaders request) {
        StoredResponse part = partial.answer(ask, request).orElse(null);
        return part == null
                ? null
                : (Answer.Response)
                        served(ask, part, Served.STALE, parts.clock().now());
    }

    /**
     * Makes the way past the cache.
     *
     * @param requests changes each request before it is sent; code of the application
     */
    public DirectExchange bypass(OriginClient clients, UnaryOperator<HttpRequest> requests) {
        return new DirectExchange(clients, requests, parts.faults());
    }

    /** Begins an exchange past the cache for a part; what comes of it is kept. */
    public PartListener partial(CacheRequest ask) {
        return partial.begin(ask);
    }

    /** Takes note of the answer to a HEAD for the same, whose fields may update what is stored, or show it to be old. */
    public void headed(CacheRequest ask, int status, HttpHeaders head) {
        if (!closed) {
            new HeadUpdater(parts, ask).take(status, head);
        }
    }

    /** What is stored for such a request, fresh or stale; asks nobody and counts nothing. */
    public Answer.@Nullable Response peek(CacheRequest ask) {
        requireOpen();
        StoredResponse stored = Lookup.of(parts.store(), ask).selected();
        if (stored == null || stored.negative() || parts.unreadable(ask, stored) != null) {
            return null;
        }
        long now = parts.clock().now();
        return answers.hit(ask, stored, stored.fresh(now) ? Served.HIT : Served.STALE, now);
    }

    /**
     * A response's value of this type, decoded now if it has not been before.
     *
     * @param key that of the request
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

    /** Drops all that is stored for these URLs, as a request has made it old; of a cache that is closed nothing is stored. */
    public void outdated(Set<TargetUri> targets) {
        if (!closed && !targets.isEmpty()) {
            invalidations.of(targets.stream().map(TargetUri::text).collect(Collectors.toUnmodifiableSet()));
        }
    }

    /** Drops all that is stored for this URL and lets no running fetch of it be stored; says whether there was any. */
    public boolean invalidate(String url) {
        requireOpen();
        return invalidations.of(Set.of(url)) > 0;
    }

    /** Invalidates every such URL that is stored or being fetched; says how many there were. */
    public int invalidateIf(Predicate<String> test) {
        requireOpen();
        Set<String> urls = invalidations.urls();
        urls.removeIf(test.negate()); // before anything is dropped, as it may throw
        return invalidations.of(urls);
    }

    /** What has been counted. */
    public Counters counters() {
        return parts.counters();
    }

    /** What is stored. */
    public MemoryStore store() {
        return parts.store();
    }

    /** The bytes taken by what is stored and by remembered spellings. */
    public long bytes() {
        return parts.store().bytes() + spellings.bytes();
    }

    /** How many flights are up. */
    public int fetchesInProgress() {
        return flights.size();
    }

    /**
     * Ends everything: flights, waiters, and what is stored. Afterwards every call but those for counts throws.
     *
     * @return whether all flights' threads ended within the bound
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
