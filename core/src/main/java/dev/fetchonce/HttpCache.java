package dev.fetchonce;

import dev.fetchonce.internal.client.CacheRequests;
import dev.fetchonce.internal.client.ClientContext;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.CacheClock;
import dev.fetchonce.internal.engine.CachePolicy;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.FailurePolicy;
import dev.fetchonce.internal.engine.FreshHits;
import dev.fetchonce.internal.engine.FreshnessPolicy;
import dev.fetchonce.internal.engine.HttpFreshness;
import dev.fetchonce.internal.engine.Limits;
import dev.fetchonce.internal.engine.TtlFreshness;
import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.http.caching.HttpCachingOptions;
import dev.fetchonce.internal.http.caching.HttpCachingRules;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKeyFactory;
import dev.fetchonce.internal.json.DefaultMapper;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.origin.OriginClient;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cache of HTTP responses whose callers block: {@code JsonNode config = cache.get(url)}. However many threads ask for a
 * URL that is absent or stale, one request goes to the origin and all get its outcome; while the answer is fresh nobody
 * asks; when a fetch fails, the last good answer stands in.
 *
 * <p><b>Threads.</b> Thread-safe. Calls block the calling thread, which had best be a virtual one; the fetch itself runs on
 * a thread of its own, so interrupting a caller, or its running out of patience, harms neither the fetch nor the others.
 * Thread-locals, scoped values and logging contexts of a caller are not visible to code that the cache runs in a fetch. A
 * caller sees everything that happened before the answer was stored.
 *
 * <p><b>One request</b> means one fetch under way for a URL at a time. Requests that differ in Authorization, Cookie, a key
 * header or a field that the origin's {@code Vary} names are kept apart. The JDK's client itself repeats a GET once,
 * silently, when a connection dies before the first byte of an answer;
 * {@code -Djdk.httpclient.redirects.retrylimit=1} turns that off.
 *
 * <p><b>Redirects</b> are followed, at most five, each hop as a call of its own; permanent ones are kept like other answers.
 * Never from https to http, and what a caller said to one origin is not said to another.
 *
 * <p><b>Failures.</b> No connection, no complete answer in time, an undecodable body, 408, 429 and 5xx are covered by the
 * stored answer for as long as {@link Builder#staleIfError} allows; {@link CachedResponse#stale()} tells. Other statuses
 * outside 2xx are thrown as {@link StatusException}. A new answer that cannot be decoded to what the stored one was decoded to
 * is a failed fetch for all, {@link #fetch(String)} included; {@link #invalidate} drops what it would break.
 *
 * <p><b>Cost.</b> A fresh hit of {@link #get(String)} is one look-up and one clock reading, and allocates nothing; the first
 * call with a spelling of a URL that is not its normal form parses it.
 *
 * <p>One instance serves a whole application. It holds threads and connections until {@link #close()}.
 */
public final class HttpCache implements AutoCloseable {
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

    private final Engine engine;
    private final FreshHits hits;
    private final ValueCalls calls;
    private final @Nullable OriginClient client;

    private final @Nullable ClientContext exchanging;

    /** Made when it is first asked for; the holder idiom keeps that out of the way of those who never ask. */
    private static final class Global {
        private static final HttpCache INSTANCE = builder().build(true);
    }

    /** The cache; without a client it does not end what it runs on, and where a TTL decides it makes no exchanges. */
    HttpCache(Engine engine, ValueCalls calls, @Nullable OriginClient client, @Nullable ClientContext exchanging) {
        this.engine = engine;
        this.hits = engine.hits();
        this.calls = calls;
        this.client = client;
        this.exchanging = exchanging;
    }

    /**
     * Makes a cache with the defaults of {@link Builder}.
     *
     * @return a new cache
     */
    public static HttpCache create() {
        return builder().build();
    }

    /**
     * The cache with the defaults that all users of this class share: one for each class loader that loads this library,
     * made when it is first asked for. Its {@link #close()} does nothing, as others may still use it. It keeps the classes that
     * it decodes to: where a container loads this library, each application needs a cache of its own.
     *
     * @return always the same cache
     */
    public static HttpCache global() {
        return Global.INSTANCE;
    }

    /**
     * Starts a cache of one's own making.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The JSON document at a URL: stored and fresh, or fetched now, or stale where it cannot be fetched.
     *
     * @param url an absolute http or https URL
     * @return the frozen tree, shared by all callers; {@link CachedResponse#json()} tells more
     * @throws FetchException when the origin could not be asked, did not answer with success or with JSON, and nothing
     *     stored could stand in; {@link FetchTimeoutException} when time ran out, {@link StatusException} for a status
     * @throws InterruptedException when this thread is or becomes interrupted while it waits. A fresh hit does not wait
     * @throws IllegalArgumentException when the URL is malformed, has user-info or another scheme, or is not allowed
     * @throws IllegalStateException when the cache is closed, or this is the very thread that fetches the URL
     */
    public JsonNode get(String url) throws FetchException, InterruptedException {
        return (JsonNode) value(url, JsonNode.class);
    }

    /**
     * The JSON document at a URL bound to a class. Otherwise as {@link #get(String)}.
     *
     * @param url an absolute http or https URL
     * @param type the class; use an immutable one, as {@link CachedResponse#as(Class)} tells
     * @param <T> the class
     * @return the value, shared by all callers
     * @throws FetchException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    @SuppressWarnings("unchecked") // a Class describes its T; Class.cast would refuse the primitive ones
    public <T> T get(String url, Class<T> type) throws FetchException, InterruptedException {
        return (T) value(url, Objects.requireNonNull(type, "type"));
    }

    /**
     * The JSON document at a URL bound to a generic type. Otherwise as {@link #get(String, Class)}.
     *
     * @param url an absolute http or https URL
     * @param type the type
     * @param <T> the type
     * @return the value, shared by all callers
     * @throws FetchException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    @SuppressWarnings("unchecked") // a TypeReference describes its T
    public <T> T get(String url, TypeReference<T> type) throws FetchException, InterruptedException {
        return (T) value(url, type.getType());
    }

    /**
     * As {@link #get(String)}.
     *
     * @param uri an absolute http or https URL
     * @return the frozen tree, shared by all callers
     * @throws FetchException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public JsonNode get(URI uri) throws FetchException, InterruptedException {
        return get(uri.toString());
    }

    /**
     * As {@link #get(String, Class)}.
     *
     * @param uri an absolute http or https URL
     * @param type the class
     * @param <T> the class
     * @return the value, shared by all callers
     * @throws FetchException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public <T> T get(URI uri, Class<T> type) throws FetchException, InterruptedException {
        return get(uri.toString(), type);
    }

    /**
     * As {@link #get(String, TypeReference)}.
     *
     * @param uri an absolute http or https URL
     * @param type the type
     * @param <T> the type
     * @return the value, shared by all callers
     * @throws FetchException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public <T> T get(URI uri, TypeReference<T> type) throws FetchException, InterruptedException {
        return get(uri.toString(), type);
    }

    /** A fresh one at the cost of one look-up. */
    private Object value(String url, Type type) throws FetchException, InterruptedException {
        Object fresh = hits.find(url, type);
        return fresh == null ? calls.value(url, type) : fresh;
    }

    /**
     * The response at a URL, of whatever content type: stored and fresh, or fetched now, or stale where it cannot be
     * fetched. Shares its fetch with {@link #get(String)}.
     *
     * @param url an absolute http or https URL
     * @return the response
     * @throws FetchException as {@link #get(String)}, but for what its body is
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse fetch(String url) throws FetchException, InterruptedException {
        return calls.fetch(url);
    }

    /**
     * As {@link #fetch(String)}.
     *
     * @param uri an absolute http or https URL
     * @return the response
     * @throws FetchException as {@link #get(String)}, but for what its body is
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse fetch(URI uri) throws FetchException, InterruptedException {
        return calls.fetch(uri, false);
    }

    /**
     * The response to a request with header fields of its own. Its {@link HttpRequest#timeout()}, if it has one, is this
     * caller's patience. Where several such requests share a fetch, the fields of the one that came first are sent.
     * Accept-Encoding is the cache's, which decodes, and is left out.
     *
     * @param request a GET for an absolute http or https URL, without a body and without conditions or ranges
     * @return the response
     * @throws FetchException as {@link #get(String)}, but for what its body is
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException when the request is of another kind
     */
    public CachedResponse fetch(HttpRequest request) throws FetchException, InterruptedException {
        return calls.fetch(request, false);
    }

    /**
     * Asks the origin now, fresh or not, unless it {@linkplain Builder#backoff has failed and is left alone}, and waits for
     * an answer whose request was sent after this call began. It joins a fetch that has not sent its request yet; all who
     * refresh while one is under way share the next one. A stored response is confirmed by a conditional request where it
     * has validators.
     *
     * @param uri an absolute http or https URL
     * @return the response; never a stale one
     * @throws FetchException as {@link #get(String)}, also when a stored answer could stand in
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse refresh(URI uri) throws FetchException, InterruptedException {
        return calls.fetch(uri, true);
    }

    /**
     * As {@link #refresh(URI)}, for a request as {@link #fetch(HttpRequest)} takes it.
     *
     * @param request a GET
     * @return the response; never a stale one
     * @throws FetchException as {@link #refresh(URI)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse refresh(HttpRequest request) throws FetchException, InterruptedException {
        return calls.fetch(request, true);
    }

    /**
     * What is stored for a URL, fresh or stale. Never asks the origin, never waits, and counts nothing.
     *
     * @param uri an absolute http or https URL
     * @return the response; empty where there is none, or a {@link CachingHttpClient} had one stored whose content codings cannot
     *     be undone within {@link Builder#maximumBodyBytes}
     */
    public Optional<CachedResponse> peek(URI uri) {
        return calls.peek(uri);
    }

    /**
     * As {@link #peek(URI)}, for a request as {@link #fetch(HttpRequest)} takes it.
     *
     * @param request a GET
     * @return the response, or empty
     */
    public Optional<CachedResponse> peek(HttpRequest request) {
        return calls.peek(request);
    }

    /**
     * Drops all that is stored for a URL, whatever the header fields it was asked with, and sees to it that no fetch under
     * way is stored or joined: whoever asks after this call gets an answer that was asked for after it began. Those who
     * wait already get what they wait for. It is that URL alone: where it redirects, what is stored for the other URL stays.
     *
     * @param uri an absolute http or https URL
     * @return whether something was stored or under way
     */
    public boolean invalidate(URI uri) {
        engine.requireOpen();
        return engine.invalidate(TargetUri.of(uri).text());
    }

    /**
     * {@linkplain #invalidate Invalidates} every URL, in its normal form, that the test accepts. Asks the test, on this
     * thread, for each URL that is stored, being fetched or left alone after a failure.
     *
     * @param test which URLs
     * @return how many URLs had something stored or under way
     */
    public int invalidateIf(Predicate<URI> test) {
        Objects.requireNonNull(test, "test");
        return engine.invalidateIf(url -> test.test(URI.create(url)));
    }

    /** {@linkplain #invalidate Invalidates} everything. */
    public void invalidateAll() {
        engine.invalidateIf(url -> true);
    }

    /**
     * This cache as an {@link HttpClient} that follows no redirects, for code that takes one. Closing it leaves this open.
     *
     * @return a view of this cache
     * @throws IllegalStateException when this cache does not obey HTTP, {@link FreshnessOptions#freshness}
     */
    public CachingHttpClient asHttpClient() {
        return asHttpClient(HttpClient.Redirect.NEVER);
    }

    /**
     * As {@link #asHttpClient()}, following redirects.
     *
     * @param redirects which are followed; each hop goes through the cache
     * @return a view of this cache
     */
    public CachingHttpClient asHttpClient(HttpClient.Redirect redirects) {
        return new CachingHttpClient(exchanging(), Objects.requireNonNull(redirects, "redirects"), null);
    }

    ClientContext exchanging() {
        engine.requireOpen();
        if (exchanging == null) {
            throw new IllegalStateException(
                    "an HttpClient must obey HTTP, and this cache has a TTL instead; build it with"
                            + " HttpCache.builder().freshness(Freshness.http())");
        }
        return exchanging;
    }

    /**
     * What has been counted, and what is held now. Walks what is stored, so it is for the monitor, not for every request. After
     * {@link #close()} it gives the last counts, and that nothing is held.
     *
     * @return a snapshot
     */
    public CacheStats stats() {
        return CacheStats.of(engine);
    }

    /**
     * Ends the cache: fetches under way are called off, those who wait for them get a {@link FetchException} with
     * {@link Reason#CLOSED}, what is stored is dropped, and its threads and connections end; a client that was given to
     * the builder is left alone. Waits for all that, at most ten seconds, and may be called by any thread, more than once.
     * Afterwards every call but {@link #stats()} throws {@link IllegalStateException}. An interrupt during the wait ends it, and stays pending.
     */
    @Override
    public void close() {
        if (client != null) {
            try {
                engine.close(CLOSE_BOUND);
            } finally {
                client.close(CLOSE_BOUND);
            }
        }
    }

    /** For tests. */
    Engine engine() {
        return engine;
    }

    /**
     * Makes an {@link HttpCache}. Every option has a default, and the last value that it is given counts. A value out of its
     * range is refused at once with an {@link IllegalArgumentException}, null with a {@link NullPointerException}, and two
     * options that contradict each other by {@link #build()}. A time below a nanosecond counts as zero, and one above 146 years
     * as 146 years. Not thread-safe.
     *
     * <ul>
     *   <li><b>Freshness</b>, how long an answer is used without asking: {@link #ttl(Duration)}, {@link #ttl(Function)},
     *       {@link #freshness}, {@link #ttlJitter}, {@link #negativeTtl}, {@link #staleWhileRevalidate},
     *       {@link #refreshAhead}, {@link #backgroundFetches}.
     *   <li><b>Failure</b>, what happens when an origin is in trouble: {@link #staleIfError}, {@link #staleIfStatus},
     *       {@link #backoff}, {@link #retries}, {@link #softTimeout}, {@link #shareErrors}, {@link #maximumWaiters},
     *       {@link #cancelAbandoned}.
     *   <li><b>Time and room</b>: {@link #timeout}, {@link #connectTimeout}, {@link #patience}, {@link #connectionsPerOrigin},
     *       {@link #maximumBytes}, {@link #maximumBodyBytes}.
     *   <li><b>Requests</b>, what is asked and which callers share an answer: {@link #header}, {@link #requestCustomizer},
     *       {@link #allowedUrls}, {@link #keyHeaders}, {@link #partitionBy}.
     *   <li><b>Parts that the cache works with</b>: {@link #configureClient}, {@link #httpClient}, {@link #jsonMapper},
     *       {@link #duplicateKeys}, {@link #clock(InstantSource)}, {@link #clock(LongSupplier, InstantSource)},
     *       {@link #cacheName}.
     * </ul>
     */
    public static final class Builder {
        /** RFC 5861 §4: the statuses that count as errors where HTTP decides. */
        private static final Set<Integer> HTTP_ERRORS = Set.of(500, 502, 503, 504);

        /** The most waiters that one word of a flight can count. */
        private static final int MOST_WAITERS = 100_000_000;

        private static final URI ANYWHERE = URI.create("http://localhost/");
        private static final int SECRET_BYTES = 32;
        private static final int HTTP_2_STREAMS = 100;

        private Freshness freshness = Freshness.ttl(Duration.ofSeconds(20));
        private double ttlJitter;
        private final Map<Integer, Duration> negativeTtl = new TreeMap<>();
        private Duration staleWhileRevalidate = Duration.ZERO;
        private double refreshAhead = 1;
        private int backgroundFetches = 32;

        private @Nullable Duration staleIfError;
        private @Nullable IntPredicate staleIfStatus;
        private Duration firstBackoff = Duration.ofMillis(250);
        private Duration maximumBackoff = Duration.ofSeconds(30);
        private int retries;
        private @Nullable Duration softTimeout;
        private boolean shareErrors = true;
        private int maximumWaiters = MOST_WAITERS;
        private boolean cancelAbandoned;

        private Duration timeout = Duration.ofSeconds(1);
        private @Nullable Duration connectTimeout;
        private Duration patience = Duration.ofSeconds(10);
        private int connectionsPerOrigin = 64;
        private long maximumBytes = 64L << 20;
        private @Nullable Integer maximumBodyBytes;

        private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private @Nullable UnaryOperator<HttpRequest> requestCustomizer;
        private Predicate<URI> allowedUrls = uri -> true;
        private @Nullable List<String> keyHeaders;
        private Function<HttpHeaders, String> partitionBy = CacheKeyFactory::credentials;

        private @Nullable UnaryOperator<HttpClient.Builder> configureClient;
        private @Nullable HttpClient httpClient;
        private @Nullable JsonMapper jsonMapper;
        private boolean duplicateKeys;
        private LongSupplier nanoTime = System::nanoTime;
        private InstantSource wallClock = InstantSource.system();
        private String cacheName = "Fetchonce";

        private Builder() {}

        /**
         * Sets how long an answer is fresh, whatever its header fields say: while it is fresh, no call asks the origin. The time
         * counts from the arrival of the answer, or of the 304 that confirmed it, on a monotonic clock that counts the sleep of
         * the machine. Takes the place of {@link #ttl(Function)} and {@link #freshness}.
         *
         * <p>The names in {@code Vary} still tell requests apart, beside the credentials and the {@link #keyHeaders}. A
         * {@code *} adds nothing to them; where there are more than 32 names, all fields of the request count.
         *
         * @param ttl zero or more; with zero every call asks, though calls at the same time still share one request. 20 s by
         *     default
         * @return this builder
         */
        public Builder ttl(Duration ttl) {
            return freshness(Freshness.ttl(ttl));
        }

        /**
         * Sets how long an answer is fresh, by its URL. Otherwise as {@link #ttl(Duration)}.
         *
         * @param ttl asked once for every answer that arrives, with the URL in its normal form, on the fetch's thread. When it
         *     throws, or returns null or a negative time, that fetch fails with {@link Reason#APPLICATION}
         * @return this builder
         */
        public Builder ttl(Function<URI, Duration> ttl) {
            return freshness(new Freshness.Ttl(OptionChecks.given("ttl", ttl)));
        }

        /**
         * Sets the rule by which an answer is fresh: a TTL, or with {@link Freshness#http()} the header fields of the answer.
         *
         * @param freshness a TTL of 20 s by default; takes the place of {@code ttl}
         * @return this builder
         */
        public Builder freshness(Freshness freshness) {
            this.freshness = OptionChecks.given("freshness", freshness);
            return this;
        }

        /**
         * Sets the part of each TTL that is left to chance, so that answers which came together do not go stale together.
         * Cannot be combined with {@link Freshness#http()}.
         *
         * @param ttlJitter 0 to 1: with 0.1 a TTL of 20 s is 18 to 20 s. 0, the default, turns it off
         * @return this builder
         */
        public Builder ttlJitter(double ttlJitter) {
            if (!(ttlJitter >= 0 && ttlJitter <= 1)) {
                throw new IllegalArgumentException("ttlJitter " + ttlJitter + " is refused; it must be 0 to 1");
            }
            this.ttlJitter = ttlJitter;
            return this;
        }

        /**
         * Sets how long an answer with such a status is remembered, so that the origin is not asked again for a document that it
         * does not have. Callers get a {@link StatusException} meanwhile. The failure never takes the place of a good answer
         * that could stand in. Each status has a time of its own. Cannot be combined with {@link Freshness#http()}.
         *
         * @param status 400 to 599
         * @param ttl more than zero; by default no such answer is remembered
         * @return this builder
         */
        public Builder negativeTtl(int status, Duration ttl) {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException(
                        "negativeTtl status " + status + " is refused; it must be 400 to 599");
            }
            negativeTtl.put(status, OptionChecks.moreThanZero("negativeTtl", ttl));
            return this;
        }

        /**
         * Sets how long past its freshness a stale answer is given at once, while one fetch in the background renews it
         * (RFC 5861 §3).
         *
         * @param staleWhileRevalidate zero or more; zero, the default, turns it off. With {@link Freshness#http()} it counts for
         *     answers that do not say it themselves
         * @return this builder
         */
        public Builder staleWhileRevalidate(Duration staleWhileRevalidate) {
            this.staleWhileRevalidate = OptionChecks.atLeastZero("staleWhileRevalidate", staleWhileRevalidate);
            return this;
        }

        /**
         * Sets the part of its freshness after which the next use of an answer has it renewed in the background, while the
         * answer is served as fresh as it is.
         *
         * @param refreshAhead more than 0, at most 1; 1, the default, turns it off
         * @return this builder
         */
        public Builder refreshAhead(double refreshAhead) {
            if (!(refreshAhead > 0 && refreshAhead <= 1)) {
                throw new IllegalArgumentException(
                        "refreshAhead " + refreshAhead + " is refused; it must be more than 0 and at most 1");
            }
            this.refreshAhead = refreshAhead;
            return this;
        }

        /**
         * Sets how many fetches may be in progress that {@code staleWhileRevalidate} and {@code refreshAhead} started. One more is
         * not started; the next caller tries again.
         *
         * @param backgroundFetches 1 to 65,535; 32 by default
         * @return this builder
         */
        public Builder backgroundFetches(int backgroundFetches) {
            this.backgroundFetches = (int) OptionChecks.inRange("backgroundFetches", backgroundFetches, 65_535);
            return this;
        }

        /**
         * Sets how long past the end of its freshness an answer may stand in when a fresh one cannot be had. The time counts from
         * the last moment at which the origin gave or confirmed the answer; failures do not prolong it.
         *
         * @param staleIfError zero or more; zero turns it off. 1 day by default. With {@link Freshness#http()} the answer says
         *     it, and this counts where the answer does not, by default zero
         * @return this builder
         */
        public Builder staleIfError(Duration staleIfError) {
            this.staleIfError = OptionChecks.atLeastZero("staleIfError", staleIfError);
            return this;
        }

        /**
         * Sets the statuses that fall back on the stale answer, as an outage does.
         *
         * @param staleIfStatus tests a status outside 2xx, on the fetch's thread; must be quick. When it throws, that fetch fails
         *     with {@link Reason#APPLICATION}, and the stale answer stands in. 408, 429 and 5xx by default; with
         *     {@link Freshness#http()} 500, 502, 503 and 504 (RFC 5861 §4)
         * @return this builder
         */
        public Builder staleIfStatus(IntPredicate staleIfStatus) {
            this.staleIfStatus = OptionChecks.given("staleIfStatus", staleIfStatus);
            return this;
        }

        /**
         * Sets how long the cache waits after a failed fetch before it asks again: about {@code first} after one failure, twice
         * as long after each further one in a row, up to {@code maximum}; half of each wait is left to chance. Meanwhile callers
         * get the stale answer, or fail at once with an exception that says since when, why and until when. Then one fetch,
         * however many callers there are, goes to look; one success ends the backoff. {@code Retry-After} on 408, 429 and 503
         * sets the wait, up to the maximum.
         *
         * <p>The backoff holds a URL with its credentials. It holds the whole origin where no connection can be made, or when
         * three different URLs of it fail in a row. With nothing stored, the first failure holds no call back.
         * {@code invalidate} ends the backoff of its URL. The calls of an {@link HttpCache#asHttpClient HttpClient} are not
         * held back.
         *
         * @param first zero or more; 250 ms by default
         * @param maximum at least {@code first}; 30 s by default. Zero for both turns it off
         * @return this builder
         */
        public Builder backoff(Duration first, Duration maximum) {
            OptionChecks.atLeastZero("backoff first", first);
            OptionChecks.atLeastZero("backoff maximum", maximum);
            if (maximum.compareTo(first) < 0) {
                throw new IllegalArgumentException("backoff maximum " + DurationText.of(maximum)
                        + " is refused; it must be at least the first wait, " + DurationText.of(first));
            }
            this.firstBackoff = first;
            this.maximumBackoff = maximum;
            return this;
        }

        /**
         * Sets how often one fetch repeats its request after a failure to connect, a broken connection, 408, 429 or 5xx. All
         * attempts share one {@code timeout}, which begins with the first connection; a retry that would come later is not made.
         * A {@code Retry-After} is respected. Between two requests the fetch holds no place among the
         * {@code connectionsPerOrigin}. It queues for the next one within the same {@code timeout}, and gives up the retry where
         * the backoff has begun by then.
         *
         * @param retries 0 to 10; 0 by default
         * @return this builder
         */
        public Builder retries(int retries) {
            if (retries < 0 || retries > 10) {
                throw new IllegalArgumentException("retries " + retries + " is refused; it must be 0 to 10");
            }
            this.retries = retries;
            return this;
        }

        /**
         * Sets how long a caller waits that could have a stale answer. Then the caller gets that answer, and the fetch goes on in
         * the background and is stored. Such a fetch keeps its place in the queue, and {@link #cancelAbandoned} does not end it.
         * The caller that has left counts neither for {@link #maximumWaiters} nor for {@link #backgroundFetches}.
         *
         * @param softTimeout zero or more; by default such a caller waits as long as others
         * @return this builder
         */
        public Builder softTimeout(Duration softTimeout) {
            this.softTimeout = OptionChecks.atLeastZero("softTimeout", softTimeout);
            return this;
        }

        /**
         * Sets whether the callers that wait for a fetch which fails share its failure. A response with status 408, 429 or 5xx
         * counts as a failure here, although RFC 9111 §4 would have each of them ask by itself: an origin in trouble gets one
         * request instead of thousands.
         *
         * @param shareErrors true by default; with false each caller asks by itself then, within its patience
         * @return this builder
         */
        public Builder shareErrors(boolean shareErrors) {
            this.shareErrors = shareErrors;
            return this;
        }

        /**
         * Sets how many callers may wait for one fetch. One more gets the stale answer, or fails at once with
         * {@link Reason#TOO_MANY_WAITERS}.
         *
         * @param maximumWaiters 1 to 100,000,000, which is the default and no bound in practice
         * @return this builder
         */
        public Builder maximumWaiters(int maximumWaiters) {
            this.maximumWaiters = (int) OptionChecks.inRange("maximumWaiters", maximumWaiters, MOST_WAITERS);
            return this;
        }

        /**
         * Sets whether a fetch is called off when all callers that waited for it have gone. Otherwise it goes on, and is stored.
         * No caller that joins at that moment is hurt: it is in time, or starts another fetch.
         *
         * <p>A fetch in the background is not called off: {@code staleWhileRevalidate} or {@code refreshAhead} started it, or a
         * caller left it at the end of its {@link #softTimeout}.
         *
         * <p>A fetch of {@link CachingHttpClient} whose request has no timeout, or a longer one than {@code timeout}, is always
         * called off, as it would keep its connection for so long.
         *
         * @param cancelAbandoned false by default
         * @return this builder
         */
        public Builder cancelAbandoned(boolean cancelAbandoned) {
            this.cancelAbandoned = cancelAbandoned;
            return this;
        }

        /**
         * Sets how long one exchange with an origin may take, from the moment it holds its permit to the last byte of the body.
         * The look-up of a host's name is part of it and cannot be interrupted: where one hangs, callers learn of the timeout a
         * second later.
         *
         * @param timeout more than zero; 1 s by default
         * @return this builder
         */
        public Builder timeout(Duration timeout) {
            this.timeout = OptionChecks.moreThanZero("timeout", timeout);
            return this;
        }

        /**
         * Sets how long connecting may take, within {@link #timeout(Duration)}. Cannot be combined with {@link #httpClient}.
         *
         * @param connectTimeout more than zero; by default only {@code timeout} limits it
         * @return this builder
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = OptionChecks.moreThanZero("connectTimeout", connectTimeout);
            return this;
        }

        /**
         * Sets how long one caller waits in all, its time in the queue included, before it gets the stale answer or a
         * {@link FetchTimeoutException}. The fetch goes on, unless it still queues and no other caller waits for it. An
         * {@link HttpRequest#timeout()} takes the place of this option for that call. Choose a longer time than {@code timeout}:
         * of two equal times either may end first.
         *
         * @param patience more than zero; 10 s by default
         * @return this builder
         */
        public Builder patience(Duration patience) {
            this.patience = OptionChecks.moreThanZero("patience", patience);
            return this;
        }

        /**
         * Sets how many exchanges with one origin may be in progress at once. Further fetches queue in the order in which they
         * came, each for as long as a caller waits for it; {@link CacheStats#maximumQueueTime()} says how long that was. A body
         * that an {@link HttpCache#asHttpClient HttpClient} hands on as it comes belongs to its reader, and does not count any
         * more; nor does a request of that client which no cache can answer.
         *
         * @param connectionsPerOrigin 1 to 65,535, and at most 100 with HTTP/2; 64 by default
         * @return this builder
         */
        public Builder connectionsPerOrigin(int connectionsPerOrigin) {
            this.connectionsPerOrigin =
                    (int) OptionChecks.inRange("connectionsPerOrigin", connectionsPerOrigin, 65_535);
            return this;
        }

        /**
         * Sets how much heap the stored answers may take, by estimate: keys, header fields, bodies and the values decoded from
         * them. A decoded tree is weighed node by node and mostly takes two to five times its bytes; maps count as eight times
         * the bytes, other values as three times. The answers that were used least leave first.
         *
         * @param maximumBytes at least 1; 64 MiB by default
         * @return this builder
         */
        public Builder maximumBytes(long maximumBytes) {
            this.maximumBytes = OptionChecks.inRange("maximumBytes", maximumBytes, Long.MAX_VALUE);
            return this;
        }

        /**
         * Sets how long one body may be, as it comes and again once its content coding is undone. A longer one is refused as soon
         * as that is known, and fails the fetch with {@link Reason#TOO_LARGE}.
         *
         * @param maximumBodyBytes at least 1, and no more than {@code maximumBytes}; 8 MiB by default, or all of a smaller
         *     {@code maximumBytes}
         * @return this builder
         */
        public Builder maximumBodyBytes(int maximumBodyBytes) {
            this.maximumBodyBytes =
                    (int) OptionChecks.inRange("maximumBodyBytes", maximumBodyBytes, Integer.MAX_VALUE - 8);
            return this;
        }

        /**
         * Adds a header field that every request carries, unless its caller sets that field otherwise. Each name has one value.
         * A {@link CachingHttpClient} sends the fields of its callers, and not these. A redirect to another origin takes only
         * Accept, Accept-Encoding, Accept-Language and User-Agent along.
         *
         * @param name such as {@code User-Agent}; not one that the client keeps to itself, nor a condition or range
         * @param value its value; never shown in a message
         * @return this builder
         */
        public Builder header(String name, String value) {
            OptionChecks.given("the name of a header", name);
            OptionChecks.given("the value of header " + name, value);
            ValueRequests.refuseConditions(name);
            try {
                HttpRequest.newBuilder(ANYWHERE).header(name, value);
            } catch (IllegalArgumentException e) { // whose message would quote the value
                throw new IllegalArgumentException("header " + name
                        + " is refused by java.net.http.HttpClient: the name is restricted or no token, or"
                        + " the value has a character that a field value may not contain");
            }
            headers.put(name, List.of(value));
            return this;
        }

        /**
         * Sets a function that changes every request just before it is sent, for fields that {@link #header} cannot know
         * beforehand, such as a token that expires. The fields that it adds speak for the whole cache: they are not part of the
         * key, and all callers share the answers. It runs on the fetch's thread, before the fetch queues for a connection, and
         * for every hop of a redirect: look at the host before you add a secret.
         *
         * @param requestCustomizer must not change method or URI. When it throws, that fetch fails with
         *     {@link Reason#APPLICATION}; when it takes longer than {@code timeout} and a second more, with
         *     {@link Reason#TIMEOUT}. By default requests are sent as they are
         * @return this builder
         */
        public Builder requestCustomizer(UnaryOperator<HttpRequest> requestCustomizer) {
            this.requestCustomizer = OptionChecks.given("requestCustomizer", requestCustomizer);
            return this;
        }

        /**
         * Sets the URLs that may be asked. Others are refused with an {@link IllegalArgumentException} before anything is sent,
         * and with {@link Reason#REDIRECT} where a redirect leads there.
         *
         * @param allowedUrls tests a URL in its normal form, on the caller's thread, which gets its exceptions; all URLs are
         *     allowed by default
         * @return this builder
         */
        public Builder allowedUrls(Predicate<URI> allowedUrls) {
            this.allowedUrls = OptionChecks.given("allowedUrls", allowedUrls);
            return this;
        }

        /**
         * Sets the header fields of a request that tell answers apart even where the origin's {@code Vary} does not name them.
         * Authorization and Cookie always do.
         *
         * @param names {@code Accept} and {@code Accept-Language} by default, and with {@link Freshness#http()} no name; a call
         *     without names turns it off
         * @return this builder
         */
        public Builder keyHeaders(String... names) {
            List<String> distinct = new ArrayList<>();
            for (String name : OptionChecks.given("keyHeaders", names)) {
                OptionChecks.given("a name in keyHeaders", name);
                if (!OptionChecks.isToken(name)) {
                    throw new IllegalArgumentException("keyHeaders: '" + name + "' is no header field name");
                }
                if (distinct.stream().anyMatch(name::equalsIgnoreCase)) {
                    throw new IllegalArgumentException("keyHeaders: " + name + " is given twice");
                }
                distinct.add(name);
            }
            this.keyHeaders = List.copyOf(distinct);
            return this;
        }

        /**
         * Sets the function that tells users, tenants or the like apart: answers are kept apart for them, except those that
         * {@link Freshness#http()} lets all users have. Only a keyed hash of the text is kept.
         *
         * @param partitionBy from the fields of a request, the cache's own included, to a text; equal texts share answers. It
         *     must depend on these fields alone: for a request with just the cache's own it is asked once, when the cache is
         *     built, and for others once a call and once a redirect, on the caller's thread, which gets its exceptions. Must not
         *     return null. By default the values of Authorization and Cookie
         * @return this builder
         */
        public Builder partitionBy(Function<HttpHeaders, String> partitionBy) {
            this.partitionBy = OptionChecks.given("partitionBy", partitionBy);
            return this;
        }

        /**
         * Sets a function that configures the client which the cache makes: TLS, proxy, HTTP version. By default that client
         * speaks HTTP/1.1; with HTTP/2, {@code connectionsPerOrigin} may be at most 100. The function runs when the cache is
         * built, and again on a thread of the cache when the client has to be replaced, as it keeps connections open that an
         * origin has spoilt. The client must keep {@link HttpClient.Redirect#NEVER} and have neither cookie handler nor
         * authenticator, as the fields that these add would not show in the key. Cannot be combined with {@link #httpClient}.
         *
         * <p>A proxy that wants credentials gets them by {@code header("Proxy-Authorization", "Basic ...")}. For https the client
         * asks the proxy for a tunnel, and by default leaves Basic credentials out there: the JDK's property
         * {@code -Djdk.http.auth.tunneling.disabledSchemes=} (empty) lets it send them. A 407 is a {@link StatusException}; any
         * other status by which a proxy refuses a tunnel is a failure with {@link Reason#CONNECT}.
         *
         * @param configureClient given the client's builder, returns it
         * @return this builder
         */
        public Builder configureClient(UnaryOperator<HttpClient.Builder> configureClient) {
            this.configureClient = OptionChecks.given("configureClient", configureClient);
            return this;
        }

        /**
         * Sets a client to use instead of one of the cache's own. Give it a virtual-thread executor. The cache calls its
         * {@code send}, which must end when its thread is interrupted: so a fetch keeps to its {@code timeout}.
         *
         * @param httpClient without redirects, cookie handler and authenticator; never closed by the cache. By default the cache
         *     makes and closes a client
         * @return this builder
         */
        public Builder httpClient(HttpClient httpClient) {
            this.httpClient = OptionChecks.given("httpClient", httpClient);
            return this;
        }

        /**
         * Sets the mapper that decodes JSON. Its modules and settings count, but a document must always be all of the body.
         *
         * <p>A mapper keeps the classes that it has bound for as long as it lives. By default each cache makes a mapper of its
         * own, so that a closed cache that its application drops keeps no class.
         *
         * @param jsonMapper the mapper; by default a new one with Jackson's defaults
         * @return this builder
         */
        public Builder jsonMapper(JsonMapper jsonMapper) {
            this.jsonMapper = OptionChecks.given("jsonMapper", jsonMapper);
            return this;
        }

        /**
         * Sets whether a JSON object may name a key twice; the last value counts then.
         *
         * @param duplicateKeys false by default: such a document is undecodable
         * @return this builder
         */
        public Builder duplicateKeys(boolean duplicateKeys) {
            this.duplicateKeys = duplicateKeys;
            return this;
        }

        /**
         * Sets a clock for an application's own tests. Answers age by it; waiting goes by real time.
         *
         * @param clock the one source of both monotonic and wall-clock time; the system's clocks by default. It must neither throw
         *     nor return null: its exception is the cause of one that the call gets
         * @return this builder
         */
        public Builder clock(InstantSource clock) {
            InstantSource telling = telling(OptionChecks.given("clock", clock));
            return clock(
                    () -> {
                        Instant now = telling.instant();
                        return now.getEpochSecond() * 1_000_000_000L + now.getNano(); // wraps, as monotonic time may
                    },
                    clock);
        }

        /**
         * Sets the two clocks that {@link #clock(InstantSource)} makes of one.
         *
         * @param nanoTime monotonic time in nanoseconds, read once for every hit; must not throw
         * @param wallClock wall-clock time, read at most once a second and for every answer; must neither throw nor return null
         * @return this builder
         */
        public Builder clock(LongSupplier nanoTime, InstantSource wallClock) {
            this.nanoTime = OptionChecks.given("nanoTime", nanoTime);
            this.wallClock = telling(OptionChecks.given("wallClock", wallClock));
            return this;
        }

        /** Returns a clock that refuses null from this one in a sentence. */
        private static InstantSource telling(InstantSource clock) {
            return () -> {
                @Nullable Instant now = clock.instant();
                if (now == null) {
                    throw new NullPointerException("the clock of this cache returned null; it must return an instant");
                }
                return now;
            };
        }

        /**
         * Sets the name of the cache in {@code Cache-Status} (RFC 9211).
         *
         * @param cacheName printable ASCII, not blank; {@code Fetchonce} by default
         * @return this builder
         */
        public Builder cacheName(String cacheName) {
            OptionChecks.given("cacheName", cacheName);
            if (cacheName.isBlank() || !cacheName.chars().allMatch(c -> c >= ' ' && c <= '~')) {
                throw new IllegalArgumentException("cacheName must be printable ASCII, and not blank");
            }
            this.cacheName = cacheName;
            return this;
        }

        /**
         * Makes the cache. The builder may be used again; each cache is on its own.
         *
         * @return a new cache; close it when it is no longer needed
         * @throws IllegalStateException when two options contradict each other, or Jackson cannot be loaded as its annotations
         *     are too old
         * @throws IllegalArgumentException when the client that was given or configured is unfit for a cache
         */
        public HttpCache build() {
            return build(false);
        }

        private HttpCache build(boolean global) {
            ContentDecoders codings = ContentDecoders.load();
            JsonBinder binder =
                    JsonBinder.create(jsonMapper == null ? DefaultMapper.create() : jsonMapper, duplicateKeys);
            FreshnessPolicy aging = aging();
            Limits limits = limits();
            OriginClient client = client();
            try {
                HttpHeaders plain = plain(codings);
                CacheKeyFactory keyFields = keyFields(plain);
                Engine engine = Engine.create(
                        policy(aging),
                        limits,
                        client,
                        codings.under(limits.maximumBodyBytes()),
                        new CacheClock(nanoTime, wallClock),
                        binder,
                        plain);
                ValueRequests requests = new ValueRequests(plain, keyFields, allowedUrls, patience, timeout, aging);
                return new HttpCache(
                        engine,
                        new ValueCalls(engine, requests),
                        global ? null : client,
                        obeysHttp() ? exchanging(engine, keyFields, aging, client, limits) : null);
            } catch (RuntimeException | Error e) { // a clock or a partitionBy function that throws
                client.close(Duration.ZERO);
                throw e;
            }
        }

        private ClientContext exchanging(
                Engine engine, CacheKeyFactory keyFields, FreshnessPolicy aging, OriginClient client, Limits limits) {
            return new ClientContext(
                    engine,
                    new CacheRequests(keyFields, aging, allowedUrls),
                    client,
                    cacheName,
                    Objects.requireNonNullElse(requestCustomizer, UnaryOperator.identity()),
                    limits.maximumBodyBytes());
        }

        private boolean obeysHttp() {
            return freshness instanceof Freshness.Http;
        }

        private FreshnessPolicy aging() {
            return switch (freshness) {
                case Freshness.Ttl ttl ->
                    new TtlFreshness(
                            ttl.lifetime(),
                            ttlJitter,
                            staleWhileRevalidate,
                            Objects.requireNonNullElse(staleIfError, Duration.ofDays(1)),
                            Map.copyOf(negativeTtl));
                case Freshness.Http http -> {
                    refuseBesideHttp("negativeTtl", !negativeTtl.isEmpty());
                    refuseBesideHttp("ttlJitter", ttlJitter != 0);
                    HttpCachingOptions rules = new HttpCachingOptions(
                            http.shared(),
                            http.heuristicFraction(),
                            Deadline.nanosOf(http.heuristicMaximum()),
                            http.targetedFields());
                    Duration ifError = Objects.requireNonNullElse(staleIfError, Duration.ZERO);
                    yield new HttpFreshness(HttpCachingRules.of(
                            rules, Deadline.nanosOf(staleWhileRevalidate), Deadline.nanosOf(ifError)));
                }
            };
        }

        private static void refuseBesideHttp(String option, boolean given) {
            if (given) {
                throw new IllegalStateException(
                        option + " cannot be combined with Freshness.http(): the answer says how long it holds");
            }
        }

        private Limits limits() {
            int body = maximumBodyBytes == null ? (int) Math.min(8 << 20, maximumBytes) : maximumBodyBytes;
            if (body > maximumBytes) {
                throw new IllegalStateException("maximumBodyBytes " + body + " is more than maximumBytes "
                        + maximumBytes + ": such a body could never be stored");
            }
            return new Limits(maximumBytes, body, connectionsPerOrigin);
        }

        private OriginClient client() {
            if (httpClient == null) {
                return withinStreams(OriginClient.own(
                        Optional.ofNullable(connectTimeout),
                        Objects.requireNonNullElse(configureClient, UnaryOperator.identity()),
                        timeout));
            }
            refuseBesideClient("configureClient", configureClient);
            refuseBesideClient("connectTimeout", connectTimeout);
            return withinStreams(OriginClient.given(httpClient));
        }

        private static void refuseBesideClient(String option, @Nullable Object given) {
            if (given != null) {
                throw new IllegalStateException(option + " cannot be combined with httpClient: configure that client");
            }
        }

        /** An HTTP/2 connection takes about a hundred requests at once, and the client fails those beyond. */
        private OriginClient withinStreams(OriginClient client) {
            if (client.client().version() == HttpClient.Version.HTTP_2 && connectionsPerOrigin > HTTP_2_STREAMS) {
                client.close(Duration.ZERO);
                throw new IllegalStateException("connectionsPerOrigin " + connectionsPerOrigin
                        + " cannot be combined with HTTP/2, where it must be at most " + HTTP_2_STREAMS);
            }
            return client;
        }

        private CachePolicy policy(FreshnessPolicy aging) {
            return new CachePolicy(
                    cacheName, aging, timeout, patience, Optional.ofNullable(requestCustomizer), trouble());
        }

        private FailurePolicy trouble() {
            IntPredicate outages = obeysHttp() ? HTTP_ERRORS::contains : FailureRule::outage;
            return new FailurePolicy(
                    new BackoffDelay(
                            Math.max(1, Deadline.nanosOf(firstBackoff)), Math.max(1, Deadline.nanosOf(maximumBackoff))),
                    retries,
                    Optional.ofNullable(softTimeout),
                    shareErrors,
                    refreshAhead,
                    backgroundFetches,
                    Objects.requireNonNullElse(staleIfStatus, outages),
                    cancelAbandoned ? AbandonPolicy.IS_CANCELLED : AbandonPolicy.LANDS,
                    maximumWaiters);
        }

        private CacheKeyFactory keyFields(HttpHeaders plain) {
            List<String> byDefault = obeysHttp() ? List.of() : List.of("Accept", "Accept-Language");
            byte[] secret = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(secret);
            return new CacheKeyFactory(Objects.requireNonNullElse(keyHeaders, byDefault), partitionBy, secret, plain);
        }

        private HttpHeaders plain(ContentDecoders codings) {
            TreeMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            all.putAll(headers);
            all.putIfAbsent("Accept-Encoding", List.of(codings.accepted()));
            return HttpHeaders.of(all, (name, value) -> true);
        }
    }
}
