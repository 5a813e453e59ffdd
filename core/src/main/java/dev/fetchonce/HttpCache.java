package dev.fetchonce;

import dev.fetchonce.internal.client.ClientContext;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.CacheClock;
import dev.fetchonce.internal.engine.CacheCore;
import dev.fetchonce.internal.engine.CachePolicy;
import dev.fetchonce.internal.engine.FailurePolicy;
import dev.fetchonce.internal.engine.FreshHits;
import dev.fetchonce.internal.engine.Limits;
import dev.fetchonce.internal.engine.Seeds;
import dev.fetchonce.internal.engine.TtlFreshness;
import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.HttpCachingOptions;
import dev.fetchonce.internal.http.caching.HttpCachingRules;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.HttpToken;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKeyFactory;
import dev.fetchonce.internal.json.DefaultMapper;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.origin.OriginClient;
import java.io.IOException;
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
import java.util.LinkedHashMap;
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
 * A cache of HTTP responses with a blocking API: {@code JsonNode config = cache.get(url)}. While a stored response is
 * fresh, a call returns it and sends no request. When the response is absent or stale, all callers share one fetch and
 * its outcome. When the fetch fails, the last good response stands in.
 *
 * <p><b>Threads.</b> A cache is thread-safe. A call blocks the calling thread, which is best a virtual thread. The
 * fetch runs on a thread of its own. An interrupted or impatient caller therefore harms neither the fetch nor the other
 * callers. Code that the cache runs in a fetch does not see the thread-locals, scoped values and logging contexts of a
 * caller. Actions before the storing of a response happen-before the return of each call that delivers the response.
 *
 * <p><b>One request.</b> A URL has at most one fetch under way for each API: callers of {@link #asHttpClient()} share
 * fetches of their own. Requests that differ in Authorization, Cookie, a key header or a field that the origin's
 * {@code Vary} names have fetches of their own, and so have callers of a response that is for one caller only. The
 * JDK's client silently repeats a
 * GET once when a connection breaks before the first byte of the response.
 * {@code -Djdk.httpclient.redirects.retrylimit=1} turns that off.
 *
 * <p><b>Redirects.</b> The cache follows at most five redirects for a call, each as a call of its own. It stores a
 * permanent redirect like any other response. It never follows a redirect from https to http. The fields that a caller
 * sends to one origin are not sent to another origin.
 *
 * <p><b>Failures.</b> A fetch fails when there is no connection, no complete response in time, an undecodable body, or
 * a status 408, 429 or 5xx. The stored response stands in for as long as {@link Builder#staleIfError} allows;
 * {@link CachedResponse#stale()} says so. A call throws {@link StatusException} for other statuses outside 2xx. A new
 * response must decode to each type to which the stored response was decoded. Otherwise the fetch fails for all
 * callers, {@link #fetch(String)} included; {@link #invalidate} drops the stored response and its types.
 *
 * <p><b>Cost.</b> A fresh hit of {@link #get(String)} is one look-up and one clock reading, and allocates nothing. The
 * first call with a URL that is not in its normal form parses the URL.
 *
 * <p><b>Life.</b> One instance serves a whole application. It holds threads and connections until {@link #close()}.
 */
public final class HttpCache implements AutoCloseable {
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

    private final CacheCore core;
    private final FreshHits hits;
    private final ValueCalls calls;
    private final @Nullable OriginClient client;

    private final @Nullable ClientContext clientContext;

    /** The holder of the shared cache. The holder idiom makes the cache at the first call of {@link #global()}. */
    private static final class Global {
        private static final HttpCache INSTANCE = builder().build(true);
    }

    /**
     * Makes a cache.
     *
     * @param client the client that {@link #close()} ends, together with the flights; null where {@code close} does
     *     nothing
     * @param clientContext the context of the {@code HttpClient} API; null where a TTL decides the freshness
     */
    HttpCache(CacheCore core, ValueCalls calls, @Nullable OriginClient client, @Nullable ClientContext clientContext) {
        this.core = core;
        this.hits = core.hits();
        this.calls = calls;
        this.client = client;
        this.clientContext = clientContext;
    }

    /**
     * Returns a new cache with the defaults of {@link Builder}.
     *
     * @return a new cache; the caller closes it when it is no longer needed
     * @throws IllegalStateException when Jackson cannot be loaded because its annotations are too old, or a content
     *     decoder is unfit ({@link dev.fetchonce.spi.ContentDecoder#coding()})
     */
    public static HttpCache create() {
        return builder().build();
    }

    /**
     * Returns the cache that all users of this class share, with the defaults of {@link Builder}. Each class loader
     * that loads this library has one; the first call makes it. Its {@link #close()} does nothing, because other users
     * may need it.
     *
     * <p>The shared cache keeps the classes to which it decodes. Where a container loads this library, each application
     * needs a cache of its own.
     *
     * @return always the same cache
     */
    public static HttpCache global() {
        return Global.INSTANCE;
    }

    /**
     * Returns a new builder with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the JSON document at a URL. The document comes from a fresh stored response, from a fetch, or from the
     * stale response where the fetch fails. The call waits at most {@link Builder#patience}.
     *
     * @param url an absolute http or https URL
     * @return the frozen tree, shared by all callers; see {@link CachedResponse#json()}
     * @throws FetchException when the fetch failed and no stored response could stand in: a
     *     {@link FetchTimeoutException} when the time ran out, a {@link StatusException} for a status outside 2xx
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits; a fresh hit does
     *     not wait
     * @throws IllegalArgumentException when the URL is malformed, has user-info or a scheme other than http and https,
     *     or is not allowed ({@link Builder#allowedUrls})
     * @throws IllegalStateException when the cache is closed, or the calling thread is the thread of the fetch of this
     *     URL
     */
    public JsonNode get(String url) throws FetchException, InterruptedException {
        return (JsonNode) value(url, JsonNode.class);
    }

    /**
     * Returns the JSON document at a URL, bound to a class. All else is as in {@link #get(String)}.
     *
     * @param url an absolute http or https URL
     * @param type the class; an immutable class is best, as {@link CachedResponse#as(Class)} explains
     * @param <T> the class
     * @return the value, never null, shared by all callers
     * @throws FetchException as {@link #get(String)}, and when the document does not fit the class
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    @SuppressWarnings("unchecked") // a Class describes its T; Class.cast would refuse the primitive ones
    public <T> T get(String url, Class<T> type) throws FetchException, InterruptedException {
        return (T) value(url, Objects.requireNonNull(type, "type"));
    }

    /**
     * Returns the JSON document at a URL, bound to a generic type. All else is as in {@link #get(String, Class)}.
     *
     * @param url an absolute http or https URL
     * @param type the type
     * @param <T> the type
     * @return the value, never null, shared by all callers
     * @throws FetchException as {@link #get(String, Class)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    @SuppressWarnings("unchecked") // a TypeReference describes its T
    public <T> T get(String url, TypeReference<T> type) throws FetchException, InterruptedException {
        return (T) value(url, type.getType());
    }

    /**
     * Returns the JSON document at a URL. All else is as in {@link #get(String)}.
     *
     * @param uri an absolute http or https URL
     * @return the frozen tree, shared by all callers
     * @throws FetchException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public JsonNode get(URI uri) throws FetchException, InterruptedException {
        return get(uri.toString());
    }

    /**
     * Returns the JSON document at a URL, bound to a class. All else is as in {@link #get(String, Class)}.
     *
     * @param uri an absolute http or https URL
     * @param type the class
     * @param <T> the class
     * @return the value, never null, shared by all callers
     * @throws FetchException as {@link #get(String, Class)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public <T> T get(URI uri, Class<T> type) throws FetchException, InterruptedException {
        return get(uri.toString(), type);
    }

    /**
     * Returns the JSON document at a URL, bound to a generic type. All else is as in
     * {@link #get(String, TypeReference)}.
     *
     * @param uri an absolute http or https URL
     * @param type the type
     * @param <T> the type
     * @return the value, never null, shared by all callers
     * @throws FetchException as {@link #get(String, Class)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public <T> T get(URI uri, TypeReference<T> type) throws FetchException, InterruptedException {
        return get(uri.toString(), type);
    }

    /** Returns the value of a type. A fresh value costs one look-up. */
    private Object value(String url, Type type) throws FetchException, InterruptedException {
        Object fresh = hits.find(url, type);
        return fresh == null ? calls.value(url, type) : fresh;
    }

    /**
     * Returns the response at a URL, of any content type. The response is a fresh stored one, a fetched one, or the
     * stale one where the fetch fails. The call shares its fetch with {@link #get(String)}.
     *
     * @param url an absolute http or https URL
     * @return the response
     * @throws FetchException as {@link #get(String)}, but not because the body is not JSON
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse fetch(String url) throws FetchException, InterruptedException {
        return calls.fetch(url);
    }

    /**
     * Returns the response at a URL. All else is as in {@link #fetch(String)}.
     *
     * @param uri an absolute http or https URL
     * @return the response
     * @throws FetchException as {@link #fetch(String)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse fetch(URI uri) throws FetchException, InterruptedException {
        return calls.fetch(uri, Reuse.Demand.NONE);
    }

    /**
     * Returns the response to a request with header fields of its own. Where several such requests share a fetch, the
     * cache sends the fields of the first one. It leaves out Accept-Encoding and sends its own, because the cache
     * decodes the body.
     *
     * @param request a GET for an absolute http or https URL, without a body, conditions or a range. Its
     *     {@link HttpRequest#timeout()}, if present, takes the place of {@link Builder#patience}
     * @return the response
     * @throws FetchException as {@link #fetch(String)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}, and when the request is of another kind
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse fetch(HttpRequest request) throws FetchException, InterruptedException {
        return calls.fetch(request, Reuse.Demand.NONE);
    }

    /**
     * Sends a request to the origin, also while the stored response is fresh, and returns the response. No request is
     * sent during a {@linkplain Builder#backoff backoff}. The request of the response is sent after this call began. A
     * call joins a fetch that has not sent its request yet; all callers that refresh during one fetch share the next
     * one. The request is conditional where the stored response has validators.
     *
     * @param uri an absolute http or https URL
     * @return the response, never a stale one
     * @throws FetchException as {@link #fetch(String)}, also when a stored response could stand in
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse refresh(URI uri) throws FetchException, InterruptedException {
        return calls.fetch(uri, Reuse.Demand.afresh(0));
    }

    /**
     * Sends the request to the origin, also while the stored response is fresh, and returns the response. All else is
     * as in {@link #refresh(URI)}.
     *
     * @param request a GET, as {@link #fetch(HttpRequest)} takes it
     * @return the response, never a stale one
     * @throws FetchException as {@link #refresh(URI)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #fetch(HttpRequest)}
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse refresh(HttpRequest request) throws FetchException, InterruptedException {
        return calls.fetch(request, Reuse.Demand.afresh(0));
    }

    /**
     * Returns the stored response where the cache has asked the origin recently, and otherwise asks the origin as
     * {@link #refresh(URI)} does. So many callers that want a newer answer cause one request in each
     * {@code maximumAge}: for example callers with unknown key ids of one key set.
     *
     * <p>An attempt is recent when it ended less than {@code maximumAge} ago, by the cache's clock. It is the arrival or
     * the confirmation of the stored response, or the failure of the last fetch with these key fields. A fetch that
     * succeeds, {@code invalidate} and {@code retryNow} make an earlier failure void. A failure of the application's own
     * code ({@link Reason#APPLICATION}) is no attempt.
     *
     * <p>After a recent attempt the call sends no request and does not wait. It returns the stored response, fresh or
     * stale as {@link #peek(URI)} finds it, or else the {@linkplain Builder#seed seed}. It does so too while a
     * {@linkplain Builder#backoff backoff} allows no request. With neither of them it throws the failure of the recent
     * attempt. The stored failure of {@link Builder#negativeTtl} is such a failure. {@link Builder#waitForFirst} repeats
     * no attempt of such a call.
     *
     * <p>Without a recent attempt the call joins a fetch under way, also one that was sent before the call: callers
     * that came before its end share its outcome. If this fetch fails, the call throws, also when a stored response
     * could stand in; later calls have a recent attempt then. The limit does not hold for a response that is not
     * stored, such as a temporary redirect: each call asks for it. Each hop of a redirect has an age of its own.
     *
     * <p>The cache remembers the failures of 10,000 keys, the most used ones; a forgotten failure costs one request.
     *
     * @param uri an absolute http or https URL
     * @param maximumAge zero or more; with zero the call is {@link #refresh(URI)}. A time above 146 years counts as 146
     *     years
     * @return the response; stale only where the call sent no request
     * @throws FetchException as {@link #refresh(URI)}; after a recent attempt only where nothing is stored, with
     *     {@link Trouble#nextAttempt()} no earlier than the end of the {@code maximumAge}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #get(String)}, and when {@code maximumAge} is negative
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse refresh(URI uri, Duration maximumAge) throws FetchException, InterruptedException {
        return calls.fetch(uri, unlessRecent(maximumAge));
    }

    /**
     * Returns the stored response for a request where the cache has asked the origin recently, and otherwise asks the
     * origin. All else is as in {@link #refresh(URI, Duration)}.
     *
     * @param request a GET, as {@link #fetch(HttpRequest)} takes it. With {@link Freshness#http()} and the directive
     *     no-cache, the call is {@link #refresh(HttpRequest)}
     * @param maximumAge as in {@link #refresh(URI, Duration)}
     * @return as {@link #refresh(URI, Duration)}
     * @throws FetchException as {@link #refresh(URI, Duration)}
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException as {@link #fetch(HttpRequest)}, and when {@code maximumAge} is negative
     * @throws IllegalStateException as {@link #get(String)}
     */
    public CachedResponse refresh(HttpRequest request, Duration maximumAge)
            throws FetchException, InterruptedException {
        return calls.fetch(request, unlessRecent(maximumAge));
    }

    private static Reuse.Demand unlessRecent(Duration maximumAge) {
        return Reuse.Demand.afresh(Deadline.nanosOf(OptionChecks.atLeastZero("maximumAge", maximumAge)));
    }

    /**
     * Returns the stored response for a URL, fresh or stale, or else the {@linkplain Builder#seed seed}, which is stale.
     * The call sends no request, does not wait, and counts nothing.
     *
     * @param uri an absolute http or https URL
     * @return the response. It is empty where there is neither. Without a seed it is also empty where a
     *     {@link CachingHttpClient} stored one whose content codings cannot be decoded within
     *     {@link Builder#maximumBodyBytes}
     * @throws IllegalArgumentException as {@link #get(String)}
     * @throws IllegalStateException when the cache is closed
     */
    public Optional<CachedResponse> peek(URI uri) {
        return calls.peek(uri);
    }

    /**
     * Returns the stored response for a request, fresh or stale. All else is as in {@link #peek(URI)}.
     *
     * @param request a GET, as {@link #fetch(HttpRequest)} takes it
     * @return the response, or empty
     * @throws IllegalArgumentException as {@link #fetch(HttpRequest)}
     * @throws IllegalStateException when the cache is closed
     */
    public Optional<CachedResponse> peek(HttpRequest request) {
        return calls.peek(request);
    }

    /**
     * Drops all stored responses for a URL, of all request header fields, and ends the backoff of the URL. Where the
     * host of the URL is in trouble, one request may go to look, and callers do not wait for the next time. A
     * {@linkplain Builder#seed seed} that is still in use stays in use. No fetch
     * under way is stored or joined from then on: a later caller gets a response whose request was sent after this call
     * began. The callers that wait already still get the outcome of their fetch. Where the URL redirects, the responses
     * of the other URL stay stored.
     *
     * @param uri an absolute http or https URL
     * @return whether a response was stored or a fetch was under way
     * @throws IllegalArgumentException when the URL is malformed, has user-info or a scheme other than http and https
     * @throws IllegalStateException when the cache is closed
     */
    public boolean invalidate(URI uri) {
        core.engine().requireOpen();
        return core.invalidator().invalidate(TargetUri.of(uri));
    }

    /**
     * {@linkplain #invalidate Invalidates} every URL, in its normal form, that the test accepts. The test runs on the
     * calling thread, once for each URL that is stored, that has a fetch under way, or that has failed. Its exceptions
     * reach the caller before any response is dropped.
     *
     * @param test returns whether to invalidate a URL
     * @return how many URLs had a stored response or a fetch under way
     * @throws IllegalStateException when the cache is closed
     */
    public int invalidateIf(Predicate<URI> test) {
        Objects.requireNonNull(test, "test");
        core.engine().requireOpen();
        return core.invalidator().invalidateIf(url -> test.test(URI.create(url)));
    }

    /**
     * {@linkplain #invalidate Invalidates} every URL.
     *
     * @throws IllegalStateException when the cache is closed
     */
    public void invalidateAll() {
        core.engine().requireOpen();
        core.invalidator().invalidateIf(url -> true);
    }

    /**
     * Ends the wait of a URL after its failures, and that of its host, so that the next call asks. All that is stored
     * stays stored. No earlier failure counts as {@linkplain #refresh(URI, Duration) recent} any more. A rate limit and
     * a wait that the origin requested with {@code Retry-After} stay in force. Callers that wait for a turn at the host
     * ask at once. A fetch that is under way goes on, and the next call shares it; {@link #invalidate} detaches it.
     * Thread-safe; it does not wait.
     *
     * @param uri an absolute http or https URL
     * @throws IllegalArgumentException when the URL is malformed, has user-info or a scheme other than http and https
     * @throws IllegalStateException when the cache is closed
     */
    public void retryNow(URI uri) {
        core.engine().requireOpen();
        core.invalidator().retryNow(TargetUri.of(uri));
    }

    /**
     * {@linkplain #retryNow(URI) Ends the waits} of all URLs, and makes their earlier failures void.
     *
     * @throws IllegalStateException when the cache is closed
     */
    public void retryNow() {
        core.engine().requireOpen();
        core.invalidator().retryNow();
    }

    /**
     * Returns this cache as an {@link HttpClient} that follows no redirects. The end of the client leaves the cache
     * open.
     *
     * @return a view of this cache, a new one for each call
     * @throws IllegalStateException when a TTL decides the freshness in this cache ({@link Builder#freshness}), or the
     *     cache is closed
     */
    public CachingHttpClient asHttpClient() {
        return asHttpClient(ClientOptions.defaults());
    }

    /**
     * Returns this cache as an {@link HttpClient} that follows redirects. All else is as in {@link #asHttpClient()}.
     *
     * @param redirects the redirects that the client follows; each hop goes through the cache
     * @return a view of this cache, a new one for each call
     * @throws IllegalStateException as {@link #asHttpClient()}
     */
    public CachingHttpClient asHttpClient(HttpClient.Redirect redirects) {
        return asHttpClient(ClientOptions.defaults().redirects(Objects.requireNonNull(redirects, "redirects")));
    }

    /**
     * Returns this cache as an {@link HttpClient} with options: the redirects that it follows, and its behaviour while
     * an origin is in trouble. All else is as in {@link #asHttpClient()}.
     *
     * @param options the options of the client
     * @return a view of this cache, a new one for each call
     * @throws IllegalStateException as {@link #asHttpClient()}
     */
    public CachingHttpClient asHttpClient(ClientOptions options) {
        return new CachingHttpClient(clientContext(), Objects.requireNonNull(options, "options"), null);
    }

    ClientContext clientContext() {
        core.engine().requireOpen();
        if (clientContext == null) {
            throw new IllegalStateException(
                    "an HttpClient must obey HTTP, and this cache has a TTL instead; build it with"
                            + " HttpCache.builder().freshness(Freshness.http())");
        }
        return clientContext;
    }

    /**
     * Returns the counts of this cache and the extent of its content. The cost does not depend on the number of stored
     * responses. It grows with the number of origins that have failed, which is bounded. After {@link #close()} it returns
     * the last counts and an empty content.
     *
     * @return a snapshot
     */
    public CacheStats stats() {
        return CacheStats.of(core.inspection(), core.recorder());
    }

    /**
     * Ends the cache. It calls off the fetches under way, drops all stored responses, and ends its threads and
     * connections. The callers that wait get a {@link FetchException} with {@link Reason#CLOSED}; callers of an
     * HttpClient get an {@link IOException}, as from the JDK's client. A client that was given to the builder stays open.
     *
     * <p>The call waits for all that, at most ten seconds. An interrupt ends the wait and stays pending. Any thread may
     * call it, more than once. Afterwards every call but {@link #stats()} throws {@link IllegalStateException}.
     */
    @Override
    public void close() {
        if (client != null) {
            try {
                core.close(CLOSE_BOUND);
            } finally {
                client.close(CLOSE_BOUND);
            }
        }
    }

    /** Returns the core of this cache, for tests. */
    CacheCore core() {
        return core;
    }

    /**
     * A builder of an {@link HttpCache}. Every option has a default, and its last value counts. A setter refuses a
     * value out of its range with an {@link IllegalArgumentException}, and null with a {@link NullPointerException}.
     * {@link #build()} refuses two options that contradict each other. A time above 146 years counts as 146 years. Not
     * thread-safe.
     *
     * <ul>
     *   <li><b>Freshness</b>, how long a response is used without a request: {@link #ttl(Duration)},
     *       {@link #ttl(Function)}, {@link #freshness}, {@link #ttlJitter}, {@link #negativeTtl},
     *       {@link #staleWhileRevalidate}, {@link #refreshAhead}, {@link #backgroundFetches}.
     *   <li><b>Failure</b>, what the cache does when an origin fails: {@link #staleIfError}, {@link #staleIfStatus},
     *       {@link #seed}, {@link #backoff}, {@link #maximumRetryAfter}, {@link #waitForFirst}, {@link #knocking},
     *       {@link #retries}, {@link #softTimeout}, {@link #firstTimeout}, {@link #shareErrors},
     *       {@link #maximumWaiters}, {@link #cancelAbandoned}.
     *   <li><b>Time and room</b>: {@link #timeout}, {@link #connectTimeout}, {@link #patience},
     *       {@link #connectionsPerOrigin}, {@link #maximumBytes}, {@link #maximumBodyBytes}.
     *   <li><b>Requests</b>, their fields and the callers that share a response: {@link #header},
     *       {@link #requestCustomizer}, {@link #allowedUrls}, {@link #keyHeaders}, {@link #partitionBy}.
     *   <li><b>Parts of the cache</b>: {@link #configureClient}, {@link #httpClient}, {@link #jsonMapper},
     *       {@link #duplicateKeys}, {@link #clock(InstantSource)}, {@link #clock(LongSupplier, InstantSource)},
     *       {@link #cacheName}.
     * </ul>
     */
    public static final class Builder {
        /** The statuses that count as errors with HTTP freshness (RFC 5861 §4). */
        private static final Set<Integer> HTTP_ERRORS = Set.of(500, 502, 503, 504);

        /** The most waiters that the state word of a flight can count. */
        private static final int MOST_WAITERS = 100_000_000;

        private static final Duration USUAL_FIRST_TIMEOUT = Duration.ofSeconds(10);

        /** The time by which the usual patience exceeds the longest exchange, so that the exchange ends first. */
        private static final Duration LONGER = Duration.ofSeconds(1);

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
        private final Map<TargetUri, byte[]> seeds = new LinkedHashMap<>();
        private Duration firstBackoff = Duration.ofMillis(500);
        private Duration maximumRetryAfter = Duration.ofHours(1);
        private @Nullable Boolean knocking;
        private @Nullable Duration waitForFirst;
        private Duration maximumBackoff = Duration.ofSeconds(10);
        private int retries;
        private @Nullable Duration softTimeout;
        private boolean shareErrors = true;
        private int maximumWaiters = MOST_WAITERS;
        private boolean cancelAbandoned;

        private Duration timeout = Duration.ofSeconds(1);
        private @Nullable Duration firstTimeout;
        private @Nullable Duration connectTimeout;
        private @Nullable Duration patience;
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
         * Sets the time for which a response is fresh, independent of its header fields. No call sends a request for a
         * fresh response. The time counts from the arrival of the response, or of the 304 that confirmed it. It counts
         * on a monotonic clock that includes the sleep of the machine. The option takes the place of
         * {@link #ttl(Function)} and {@link #freshness}.
         *
         * <p>Requests that differ in a field that {@code Vary} names still have responses of their own, as with the
         * credentials and the {@link #keyHeaders}. A {@code *} in {@code Vary} adds no field; above 32 names, all
         * fields of the request count.
         *
         * @param ttl zero or more; 20 s by default. With zero every call needs a fetch, and simultaneous calls still
         *     share one
         * @return this builder
         */
        public Builder ttl(Duration ttl) {
            return freshness(Freshness.ttl(ttl));
        }

        /**
         * Sets the time for which a response is fresh, by its URL. All else is as in {@link #ttl(Duration)}.
         *
         * @param ttl returns the time, zero or more, for a URL in its normal form. It runs once for every response that
         *     arrives, on the thread of the fetch. When it throws, or returns null or a negative time, the fetch fails
         *     with {@link Reason#APPLICATION}
         * @return this builder
         */
        public Builder ttl(Function<URI, Duration> ttl) {
            return freshness(new Freshness.Ttl(OptionChecks.given("ttl", ttl)));
        }

        /**
         * Sets the rule of freshness: a TTL, or with {@link Freshness#http()} the header fields of the response. The
         * option takes the place of {@code ttl}.
         *
         * @param freshness the rule; a TTL of 20 s by default
         * @return this builder
         */
        public Builder freshness(Freshness freshness) {
            this.freshness = OptionChecks.given("freshness", freshness);
            return this;
        }

        /**
         * Sets the random part of each TTL. It keeps responses that arrived together from the end of their freshness at
         * one moment. {@link #build()} refuses it together with {@link Freshness#http()}.
         *
         * @param ttlJitter 0 to 1: with 0.1 a TTL of 20 s becomes 18 to 20 s. 0, the default, turns it off
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
         * Sets the time for which the cache remembers a failure with a status, for example of a document that the
         * origin does not have. Meanwhile callers get a {@link StatusException} without a request. The failure never
         * takes the place of a good response that could stand in. Each status has a time of its own. {@link #build()}
         * refuses it together with {@link Freshness#http()}.
         *
         * @param status 400 to 599
         * @param ttl more than zero; by default the cache remembers no such failure
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
         * Sets the time past its freshness for which a call gets a stale response at once. Meanwhile one fetch in the
         * background renews the response (RFC 5861 §3).
         *
         * @param staleWhileRevalidate zero or more; zero, the default, turns it off. With {@link Freshness#http()} it
         *     applies to responses that do not state a time
         * @return this builder
         */
        public Builder staleWhileRevalidate(Duration staleWhileRevalidate) {
            this.staleWhileRevalidate = OptionChecks.atLeastZero("staleWhileRevalidate", staleWhileRevalidate);
            return this;
        }

        /**
         * Sets the part of its freshness after which the next hit of a response starts a fetch in the background that
         * renews it. The caller gets the stored response, still fresh.
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
         * Sets the bound of simultaneous fetches that {@code staleWhileRevalidate} and {@code refreshAhead} start. At
         * the bound the cache starts no further one; the next caller tries again.
         *
         * @param backgroundFetches 1 to 65,535; 32 by default
         * @return this builder
         */
        public Builder backgroundFetches(int backgroundFetches) {
            this.backgroundFetches = (int) OptionChecks.inRange("backgroundFetches", backgroundFetches, 65_535);
            return this;
        }

        /**
         * Sets the time past its freshness for which a stored response stands in for a failed fetch. The time counts
         * from the end of the freshness that the origin last gave or confirmed; failures do not prolong it.
         *
         * @param staleIfError zero or more; zero turns it off. 1 day by default. With {@link Freshness#http()} the time
         *     in the response counts, and the option applies to responses without one; its default is zero then
         * @return this builder
         */
        public Builder staleIfError(Duration staleIfError) {
            this.staleIfError = OptionChecks.atLeastZero("staleIfError", staleIfError);
            return this;
        }

        /**
         * Sets the statuses for which the stale response stands in, as for an outage.
         *
         * @param staleIfStatus tests a status outside 2xx, on the thread of the fetch; must be quick. When it throws,
         *     the fetch fails with {@link Reason#APPLICATION} and the stale response stands in. The default is 408, 429
         *     and 5xx, or with {@link Freshness#http()} 500, 502, 503 and 504 (RFC 5861 §4)
         * @return this builder
         */
        public Builder staleIfStatus(IntPredicate staleIfStatus) {
            this.staleIfStatus = OptionChecks.given("staleIfStatus", staleIfStatus);
            return this;
        }

        /**
         * Adds a seed: an answer that the application brings along. It stands in for the answer of a URL until the
         * origin has answered, for example where the application starts during an outage. Each URL has one seed; the
         * last one counts.
         *
         * <p><b>Use.</b> The seed stands in as a stale response does. The first call waits for its fetch, within its
         * patience and {@link #softTimeout}; it gets the seed when the fetch fails or when the wait ends. After a
         * failure calls get the seed at once: while a {@link #backoff} allows no request, and later while a fetch in
         * the background looks whether the trouble is over. No call waits for {@link #waitForFirst}. So
         * {@link HttpCache#get(String) get} and {@link HttpCache#fetch(String) fetch} of the URL throw no
         * {@link FetchException}, unless the type of the caller refuses the seed ({@link Reason#UNDECODABLE}) or the
         * cache is closed. {@link HttpCache#refresh(URI)} and a no-cache among the {@linkplain #header fields} accept no
         * seed, just as no stored response. The seed stands in without end, also with {@link Freshness#http()};
         * {@link #staleIfError} does not bound it.
         *
         * <p>Only plain requests have a seed: those with the fields of the cache and no others. A redirect to the URL
         * also leads to its seed. A {@link CachingHttpClient} never gets it, because its callers expect the answer of
         * the origin.
         *
         * <p><b>Answer.</b> It has the status 200 and the Content-Type {@code application/json}. It is never fresh:
         * {@link CachedResponse#served()} is {@link Served#STALE_ERROR}, {@link Served#STALE_PATIENCE},
         * {@link Served#STALE_BACKOFF}, or for a {@code peek} {@link Served#STALE}. {@link CachedResponse#age()} counts
         * from {@link #build()}, by the clock of the cache. No request carries conditions for it.
         *
         * <p><b>End.</b> The first 2xx for the URL retires the seed for the life of the cache. Any fetch counts: also
         * one in the background, of a {@link CachingHttpClient}, or with other fields, but not one with credentials or
         * {@linkplain #keyHeaders key headers} of its own. The fetch of a plain request fails and retires nothing when
         * the content is not JSON, or does not fit a type to which the seed was decoded. The statuses 401, 403, 404, 410
         * and 451 also retire the seed, unless {@link #staleIfStatus} accepts them; a 403 with a rate limit does not. A
         * later invalidation or eviction of the stored response does not bring it back. A redirect does not retire it,
         * and neither does a fetch that an invalidation has overtaken.
         *
         * <p><b>Cost.</b> A seed is not in the store. It counts neither in {@link #maximumBytes} nor in
         * {@link CacheStats#entries()}, is never evicted or invalidated, and keeps its bytes until it is retired. A
         * fresh hit does not look for it.
         *
         * @param uri an absolute http or https URL. {@link #build()} throws an {@link IllegalArgumentException} when
         *     {@link #allowedUrls} refuses it
         * @param json one JSON document, copied. {@link #build()} throws an {@link IllegalArgumentException} when it is
         *     not JSON by the rules of {@link CachedResponse#json()}. By default there is no seed
         * @return this builder
         * @throws IllegalArgumentException when the URL is malformed, or has user-info or a scheme other than http and
         *     https
         */
        public Builder seed(URI uri, byte[] json) {
            TargetUri target = TargetUri.of(OptionChecks.given("the URL of a seed", uri));
            seeds.put(target, OptionChecks.given("the JSON of a seed", json).clone());
            return this;
        }

        /**
         * Sets how long the cache sends no request after a failed fetch. The wait is a tenth of the time for which the
         * place has been failing, at least {@code first} and at most {@code maximum}; half of each wait is random. So
         * the requests grow with the logarithm of an outage, and the outage is noticed to be over within a tenth of its
         * length. An origin may request another wait ({@link #maximumRetryAfter}).
         *
         * <p>During the wait callers get the stale response, or an exception at once. Its message says since when, why
         * and until when the backoff holds. After the wait one fetch tries the origin, and one success ends the
         * backoff. Where a stale response stands in, no caller waits for that fetch.
         *
         * <p>A failure holds back the place of which it speaks. No connection, no name and a TLS failure speak of the
         * host; a rate limit of the user, so of one set of credentials at one origin; all other failures of one URL with
         * its credentials. From three different failing URLs in a row on the host is sick and gets few requests: in each
         * wait three of URLs that have failed, and others one at a time. A success opens the host. With nothing stored,
         * the first failure holds no call back. {@code invalidate} and {@code retryNow} end waits. The calls of an
         * {@link HttpCache#asHttpClient() HttpClient} are held back only with {@link ClientOptions#backoff}.
         *
         * @param first zero or more; 500 ms by default
         * @param maximum at least {@code first}; 10 s by default. Zero for both turns the backoff off
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
         * Sets whether the cache knocks at a host that accepts no connection. A knock is a bare TCP connection that is
         * closed at once. It takes the address that the client would take, and sends nothing, not even for https. The
         * cache knocks after a failure to connect while callers ask for URLs of the host: every 125 to 250 ms, and every
         * 1 to 2 s once the trouble has lasted for 30 s. An answered knock ends the wait of the {@link #backoff}, and the
         * fetch of the next caller goes to look. So the cache soon notices that the host works again, and sends no
         * request until then. A knock counts as no request, and changes no count of failures.
         *
         * <p>The cache knocks at no more than 100 hosts at a time, on virtual threads of its own. It stops a few seconds
         * after the last call, and with {@link HttpCache#close()}. It does not knock after a TLS failure, as the host
         * listens then. It does not knock where the client's {@link java.net.ProxySelector} chooses a proxy for the URL;
         * it asks the selector on one of these threads. It never knocks beside a client of the application
         * ({@link #httpClient}).
         *
         * @param knocking true by default; with false only the end of the wait lets the next fetch go. {@link #build()}
         *     refuses true together with {@link #httpClient}
         * @return this builder
         */
        public Builder knocking(boolean knocking) {
            this.knocking = knocking;
            return this;
        }

        /**
         * Sets the longest wait that an origin may request. A failing response requests it by {@code Retry-After} (RFC
         * 9110 §10.2.3), or by {@code X-RateLimit-Reset} with a rate limit: 429, 403 with {@code Retry-After}, or
         * {@code X-RateLimit-Remaining: 0}. The wait holds from the first failure on, also with nothing stored. It takes
         * the place of a wait of {@link #backoff}, and is no shorter than a first one.
         *
         * @param maximumRetryAfter zero or more; one hour by default. With zero the cache ignores such requests
         * @return this builder
         */
        public Builder maximumRetryAfter(Duration maximumRetryAfter) {
            this.maximumRetryAfter = OptionChecks.atLeastZero("maximumRetryAfter", maximumRetryAfter);
            return this;
        }

        /**
         * Sets how long a call waits for a first answer. Where no stored response can stand in and the fetch fails, the
         * caller waits for the end of the backoff and asks again, until it has an answer or this time is over. This time
         * takes the place of {@link #patience} for such a call; a call with a timeout of its own keeps that timeout. A
         * failure that no wait mends, such as a 404, ends the call at once. No call waits so where a {@link #seed} stands
         * in, or over a cache whose {@link #backoff} is turned off. The waits follow {@link System#nanoTime()}.
         *
         * @param waitForFirst more than zero; by default the option is off, and such a call fails with its fetch
         * @return this builder
         */
        public Builder waitForFirst(Duration waitForFirst) {
            this.waitForFirst = OptionChecks.moreThanZero("waitForFirst", waitForFirst);
            return this;
        }

        /**
         * Sets how often one fetch repeats its request after a failure to connect, a broken connection, 408, 429 or
         * 5xx. All attempts share one {@code timeout}, which begins with the first connection. A retry that would come
         * later is not made. A retry respects {@code Retry-After}. Between two requests the fetch gives back its permit
         * of {@code connectionsPerOrigin}, and queues again within the {@code timeout}. It gives up the retry when the
         * backoff has begun by then.
         *
         * @param retries 0 to 10; 0, the default, turns it off
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
         * Sets how long callers wait for a fetch when a stale response could stand in. The time counts from the start of
         * the fetch: a caller that comes later gets the stale response at once. The fetch goes on in the background and
         * is stored. It keeps its place in the queue, and {@link #cancelAbandoned} does not end it. The caller that has
         * left counts neither for {@link #maximumWaiters} nor for {@link #backgroundFetches}. An
         * {@link HttpCache#asHttpClient() HttpClient} has a soft timeout only by its own {@link ClientOptions}.
         *
         * @param softTimeout zero or more; as long as {@link #timeout} by default. A time longer than {@link #patience}
         *     turns the option off
         * @return this builder
         */
        public Builder softTimeout(Duration softTimeout) {
            this.softTimeout = OptionChecks.atLeastZero("softTimeout", softTimeout);
            return this;
        }

        /**
         * Sets the longest time of an exchange where nothing stored can stand in: its callers get a late answer rather
         * than none. The time counts as that of {@link #timeout(Duration)}. A call with {@code refresh} or
         * {@code no-cache} accepts no stored response, so this option bounds its exchange too.
         *
         * <p>After a time-out, the next exchange of that URL with its credentials gets twice the time, up to this
         * option, also where a stored response can stand in. A complete answer returns the URL to {@code timeout}, or
         * to twice the time of that answer where that is longer. The cache remembers this for at most 10,000 URLs, and
         * only for URLs that need more than {@code timeout}. An invalidation does not change it.
         *
         * <p>At most a quarter of {@link #connectionsPerOrigin}, and at least one, of the exchanges with an origin go
         * on past {@code timeout}. Further exchanges end at {@code timeout}, so URLs that hang leave the other
         * connections to their neighbours. The message of the exception names the option that ended the exchange.
         *
         * <p>A call of an {@link HttpCache#asHttpClient HttpClient} has the timeout of its request instead.
         *
         * @param firstTimeout at least {@code timeout}, otherwise {@link #build()} refuses it; the longer of 10 s and
         *     {@code timeout} by default. A time equal to {@code timeout} turns it off
         * @return this builder
         */
        public Builder firstTimeout(Duration firstTimeout) {
            this.firstTimeout = OptionChecks.moreThanZero("firstTimeout", firstTimeout);
            return this;
        }

        /**
         * Sets whether the callers that wait for a fetch share its failure. A response with status 408, 429 or 5xx
         * counts as a failure here. By RFC 9111 §4 each caller would send a request of its own; with this option a
         * failing origin gets one request instead of thousands.
         *
         * @param shareErrors true by default; with false each caller starts a fetch of its own, within its patience
         * @return this builder
         */
        public Builder shareErrors(boolean shareErrors) {
            this.shareErrors = shareErrors;
            return this;
        }

        /**
         * Sets how many callers may wait for one fetch. A further caller gets the stale response, or fails at once with
         * {@link Reason#TOO_MANY_WAITERS}.
         *
         * @param maximumWaiters 1 to 100,000,000; the default is 100,000,000, in practice no bound
         * @return this builder
         */
        public Builder maximumWaiters(int maximumWaiters) {
            this.maximumWaiters = (int) OptionChecks.inRange("maximumWaiters", maximumWaiters, MOST_WAITERS);
            return this;
        }

        /**
         * Sets whether the cache calls off a fetch after its last waiter has left. With false the fetch goes on and is
         * stored. A caller that joins at that moment joins in time or starts another fetch.
         *
         * <p>The cache never calls off a fetch in the background: one that {@code staleWhileRevalidate} or
         * {@code refreshAhead} started, or one that a caller left at the end of its {@link #softTimeout}.
         *
         * <p>A fetch of {@link CachingHttpClient} is always called off when its request has no timeout or a longer one
         * than {@code timeout}. Such a fetch would hold its connection for that long. A fetch that its caller may leave at
         * the {@link ClientOptions#softTimeout() soft timeout} of its client goes on, as it ends with {@code timeout}.
         *
         * @param cancelAbandoned false by default
         * @return this builder
         */
        public Builder cancelAbandoned(boolean cancelAbandoned) {
            this.cancelAbandoned = cancelAbandoned;
            return this;
        }

        /**
         * Sets the longest time of one exchange with an origin, from its permit ({@link #connectionsPerOrigin}) to the
         * last byte of the body, where a stored response can stand in. Where nothing can stand in, or where the URL is
         * known to be slow, the exchange may go on until {@link #firstTimeout(Duration)}. The time includes the look-up
         * of the host name, which cannot be interrupted. Where a look-up hangs, callers get the timeout one second
         * later.
         *
         * @param timeout more than zero; 1 s by default
         * @return this builder
         */
        public Builder timeout(Duration timeout) {
            this.timeout = OptionChecks.moreThanZero("timeout", timeout);
            return this;
        }

        /**
         * Sets the longest time of a connection attempt, within {@link #timeout(Duration)} or
         * {@link #firstTimeout(Duration)}. {@link #build()} refuses it together with {@link #httpClient}.
         *
         * @param connectTimeout more than zero; by default only the time of the exchange limits a connection attempt
         * @return this builder
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = OptionChecks.moreThanZero("connectTimeout", connectTimeout);
            return this;
        }

        /**
         * Sets the longest wait of one caller, time in the queue included. After that the caller gets the stale
         * response or a {@link FetchTimeoutException}. The fetch goes on, unless it still queues and no other caller
         * waits for it. An {@link HttpRequest#timeout()} takes the place of this option for its call. The patience
         * should exceed {@link #firstTimeout(Duration)}: of two equal times either may end first.
         *
         * @param patience more than zero; by default one second more than {@code firstTimeout}, which is 11 s
         * @return this builder
         */
        public Builder patience(Duration patience) {
            this.patience = OptionChecks.moreThanZero("patience", patience);
            return this;
        }

        /**
         * Sets how many exchanges with one origin may be in progress at once. Further fetches queue in the order of
         * their arrival, each while a caller waits for it. {@link CacheStats#maximumQueueTime()} is the longest such
         * time. A body that an {@link HttpCache#asHttpClient HttpClient} delivers as it is read belongs to its reader
         * and does not count. A request of that client that no cache can answer does not count either.
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
         * Sets the bound of the heap that the stored responses take, by estimate: keys, header fields, bodies and
         * decoded values. The cache weighs a decoded tree node by node; a tree mostly takes two to five times the bytes
         * of its body. It counts a map as eight times these bytes, and another value as three times. The least used
         * responses leave first.
         *
         * @param maximumBytes bytes, at least 1; 64 MiB by default
         * @return this builder
         */
        public Builder maximumBytes(long maximumBytes) {
            this.maximumBytes = OptionChecks.inRange("maximumBytes", maximumBytes, Long.MAX_VALUE);
            return this;
        }

        /**
         * Sets the longest body, before and after the content coding is decoded. The cache refuses a longer body as
         * soon as its length is known, and the fetch fails with {@link Reason#TOO_LARGE}.
         *
         * @param maximumBodyBytes bytes, at least 1 and at most {@code maximumBytes}; 8 MiB by default, or all of a
         *     smaller {@code maximumBytes}
         * @return this builder
         */
        public Builder maximumBodyBytes(int maximumBodyBytes) {
            this.maximumBodyBytes =
                    (int) OptionChecks.inRange("maximumBodyBytes", maximumBodyBytes, Integer.MAX_VALUE - 8);
            return this;
        }

        /**
         * Adds a header field that every request carries, unless its caller sets that field. Each name has one value. A
         * {@link CachingHttpClient} sends the fields of its callers instead. A redirect to another origin keeps only
         * Accept, Accept-Encoding, Accept-Language and User-Agent. By default the cache adds only Accept-Encoding.
         *
         * @param name such as {@code User-Agent}; refused when the JDK's client reserves it, or when it is a condition
         *     or a range
         * @param value the value; it appears in no message
         * @return this builder
         */
        public Builder header(String name, String value) {
            OptionChecks.given("the name of a header", name);
            OptionChecks.given("the value of header " + name, value);
            ValueRequests.refuseConditions(name);
            try {
                HttpRequest.newBuilder(ANYWHERE).header(name, value);
            } catch (IllegalArgumentException e) { // its message would quote the value
                throw new IllegalArgumentException("header " + name
                        + " is refused by java.net.http.HttpClient: the name is restricted or not a token, or"
                        + " the value contains a character that no field value may contain");
            }
            headers.put(name, List.of(value));
            return this;
        }

        /**
         * Sets a function that changes every request before it is sent. It suits fields that {@link #header} cannot
         * know beforehand, such as a token that expires. The fields that it adds are not part of the key, so all
         * callers share the responses. The function runs on the thread of the fetch, before the fetch queues for a
         * connection. It runs for every hop of a redirect, so it must check the host before it adds a secret.
         *
         * @param requestCustomizer must not change method or URI. When it throws, the fetch fails with
         *     {@link Reason#APPLICATION}. When it takes longer than {@code timeout} and a second, the fetch fails with
         *     {@link Reason#TIMEOUT}. By default requests are sent unchanged
         * @return this builder
         */
        public Builder requestCustomizer(UnaryOperator<HttpRequest> requestCustomizer) {
            this.requestCustomizer = OptionChecks.given("requestCustomizer", requestCustomizer);
            return this;
        }

        /**
         * Sets the URLs that the cache may request. A call for another URL fails with an
         * {@link IllegalArgumentException}, before a request is sent. A redirect to another URL fails with
         * {@link Reason#REDIRECT}.
         *
         * @param allowedUrls tests a URL in its normal form, on the thread of the caller; its exceptions reach the
         *     caller. By default all URLs are allowed
         * @return this builder
         */
        public Builder allowedUrls(Predicate<URI> allowedUrls) {
            this.allowedUrls = OptionChecks.given("allowedUrls", allowedUrls);
            return this;
        }

        /**
         * Sets the request header fields that are part of the key, also where the origin's {@code Vary} does not name
         * them. Authorization and Cookie always are.
         *
         * @param names {@code Accept} and {@code Accept-Language} by default, and with {@link Freshness#http()} no
         *     name; a call without names turns it off
         * @return this builder
         * @throws IllegalArgumentException when a name is not a token (RFC 9110 §5.6.2), or is given twice
         */
        public Builder keyHeaders(String... names) {
            List<String> distinct = new ArrayList<>();
            for (String name : OptionChecks.given("keyHeaders", names)) {
                OptionChecks.given("a name in keyHeaders", name);
                if (!HttpToken.is(name)) {
                    throw new IllegalArgumentException("keyHeaders: '" + name + "' is not a header field name");
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
         * Sets the function that identifies the user or tenant of a request. Each partition has responses of its own,
         * except those that {@link Freshness#http()} lets all users share. The cache keeps only a keyed hash of the
         * text.
         *
         * <p>The function must depend only on the fields that it gets. It runs once when the cache is built, for a
         * request with only the fields of the cache. For other requests it runs once a call and once a redirect, on the
         * thread of the caller. Its exceptions reach the caller.
         *
         * @param partitionBy returns a text, never null, for the fields of a request, those of the cache included;
         *     equal texts share responses. By default the values of Authorization and Cookie
         * @return this builder
         */
        public Builder partitionBy(Function<HttpHeaders, String> partitionBy) {
            this.partitionBy = OptionChecks.given("partitionBy", partitionBy);
            return this;
        }

        /**
         * Sets a function that configures the client of the cache: TLS, proxy, HTTP version. By default that client
         * speaks HTTP/1.1. With HTTP/2, {@code connectionsPerOrigin} may be at most 100. {@link #build()} refuses the
         * option together with {@link #httpClient}.
         *
         * <p>The function runs when the cache is built. It runs again, on a thread of the cache, when the cache
         * replaces a client that keeps connections spoilt by an origin. The client must keep
         * {@link HttpClient.Redirect#NEVER} and have neither cookie handler nor authenticator: the fields that these
         * add are not part of the key.
         *
         * <p>A proxy with authentication needs {@code header("Proxy-Authorization", "Basic ...")}. For https the client
         * asks the proxy for a tunnel, and by default leaves out Basic credentials there. The JDK's property
         * {@code -Djdk.http.auth.tunneling.disabledSchemes=} (empty) makes it send them. A 407 is a
         * {@link StatusException}. Any other status by which a proxy refuses a tunnel is a failure with
         * {@link Reason#CONNECT}.
         *
         * @param configureClient returns the builder that it gets; must not return null. By default it changes nothing
         * @return this builder
         */
        public Builder configureClient(UnaryOperator<HttpClient.Builder> configureClient) {
            this.configureClient = OptionChecks.given("configureClient", configureClient);
            return this;
        }

        /**
         * Sets a client of the application for the requests of the cache. A virtual-thread executor suits it best. The
         * cache calls its {@code send}, which must end when its thread is interrupted; otherwise a fetch exceeds its
         * {@code timeout}. {@link #build()} refuses the option together with {@link #configureClient} or
         * {@link #connectTimeout}, and with {@link #knocking knocking(true)}: the cache never knocks beside such
         * a client.
         *
         * @param httpClient a client without redirects, cookie handler and authenticator; the cache never closes it. By
         *     default the cache makes and closes a client of its own
         * @return this builder
         */
        public Builder httpClient(HttpClient httpClient) {
            this.httpClient = OptionChecks.given("httpClient", httpClient);
            return this;
        }

        /**
         * Sets the mapper that decodes JSON. Its modules and settings apply, but a document must always be the whole
         * body.
         *
         * <p>A mapper keeps the classes that it has bound for as long as it lives. By default each cache makes a mapper
         * of its own. A cache that is closed and unreachable therefore keeps no class.
         *
         * @param jsonMapper the mapper; by default a new one with Jackson's defaults
         * @return this builder
         */
        public Builder jsonMapper(JsonMapper jsonMapper) {
            this.jsonMapper = OptionChecks.given("jsonMapper", jsonMapper);
            return this;
        }

        /**
         * Sets whether a JSON object may repeat a key. The last value counts then.
         *
         * @param duplicateKeys false by default: a document with a repeated key is undecodable
         * @return this builder
         */
        public Builder duplicateKeys(boolean duplicateKeys) {
            this.duplicateKeys = duplicateKeys;
            return this;
        }

        /**
         * Sets a clock for the tests of an application. Responses age by it; waits and timeouts use real time.
         *
         * @param clock the source of both monotonic and wall-clock time; by default the clocks of the system. It must
         *     neither throw nor return null: its exception is the cause of the exception that the call throws
         * @return this builder
         */
        public Builder clock(InstantSource clock) {
            InstantSource checked = refusingNull(OptionChecks.given("clock", clock));
            return clock(
                    () -> {
                        Instant now = checked.instant();
                        return now.getEpochSecond() * 1_000_000_000L + now.getNano(); // wraps, as monotonic time may
                    },
                    clock);
        }

        /**
         * Sets a monotonic clock and a wall clock. {@link #clock(InstantSource)} makes both of one.
         *
         * @param nanoTime monotonic time in nanoseconds, read once for every hit; must not throw
         * @param wallClock wall-clock time, read at most once a second and for every response; must neither throw nor
         *     return null
         * @return this builder
         */
        public Builder clock(LongSupplier nanoTime, InstantSource wallClock) {
            this.nanoTime = OptionChecks.given("nanoTime", nanoTime);
            this.wallClock = refusingNull(OptionChecks.given("wallClock", wallClock));
            return this;
        }

        /** Returns a clock that refuses null from this one, with a message. */
        private static InstantSource refusingNull(InstantSource clock) {
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
         * Returns a new cache. The builder may build further caches, each independent of the others.
         *
         * @return a new cache; the caller closes it when it is no longer needed
         * @throws IllegalStateException when two options contradict each other; when {@code partitionBy} returns null;
         *     when Jackson cannot be loaded because its annotations are too old; or when a content decoder is unfit
         *     ({@link dev.fetchonce.spi.ContentDecoder#coding()})
         * @throws IllegalArgumentException when the given or configured client is unfit for a cache; or when a
         *     {@link #seed} is not JSON, or has a URL that is not allowed
         */
        public HttpCache build() {
            return build(false);
        }

        private HttpCache build(boolean global) {
            ContentDecoders decoders = ContentDecoders.load();
            JsonBinder binder =
                    JsonBinder.create(jsonMapper == null ? DefaultMapper.create() : jsonMapper, duplicateKeys);
            FreshnessPolicy freshnessPolicy = freshnessPolicy();
            Limits limits = limits();
            OriginClient client = client();
            try {
                HttpHeaders defaultHeaders = defaultHeaders(decoders);
                CacheKeyFactory keyFactory = keyFactory(defaultHeaders);
                ContentCodings codings = decoders.codings(limits.maximumBodyBytes());
                CacheClock clock = new CacheClock(nanoTime, wallClock);
                Seeds checked = Seeds.of(seeds, defaultHeaders, allowedUrls, binder, codings, clock);
                CacheCore core = CacheCore.create(
                        cachePolicy(freshnessPolicy), limits, client, codings, clock, binder, defaultHeaders, checked);
                ValueRequests requests = new ValueRequests(
                        defaultHeaders,
                        keyFactory,
                        allowedUrls,
                        patience(),
                        Objects.requireNonNullElse(softTimeout, timeout),
                        timeout,
                        freshnessPolicy,
                        checked);
                return new HttpCache(
                        core,
                        new ValueCalls(core, requests),
                        global ? null : client,
                        obeysHttp() ? clientContext(core, keyFactory, freshnessPolicy, client, limits) : null);
            } catch (RuntimeException | Error e) { // a seed was refused, or a function of the application threw
                client.close(Duration.ZERO);
                throw e;
            }
        }

        private ClientContext clientContext(
                CacheCore core,
                CacheKeyFactory keyFactory,
                FreshnessPolicy freshnessPolicy,
                OriginClient client,
                Limits limits) {
            return new ClientContext(
                    core,
                    keyFactory,
                    freshnessPolicy,
                    allowedUrls,
                    client,
                    cacheName,
                    Objects.requireNonNullElse(requestCustomizer, UnaryOperator.identity()),
                    limits.maximumBodyBytes(),
                    (uri, held) -> FetchException.of(held.failure(), uri, held.trouble()));
        }

        private boolean obeysHttp() {
            return freshness instanceof Freshness.Http;
        }

        private FreshnessPolicy freshnessPolicy() {
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
                    HttpCachingOptions options = new HttpCachingOptions(
                            http.shared(),
                            http.heuristicFraction(),
                            Deadline.nanosOf(http.heuristicMaximum()),
                            http.targetedFields());
                    Duration ifError = Objects.requireNonNullElse(staleIfError, Duration.ZERO);
                    yield HttpCachingRules.of(
                            options, Deadline.nanosOf(staleWhileRevalidate), Deadline.nanosOf(ifError));
                }
            };
        }

        private static void refuseBesideHttp(String option, boolean given) {
            if (given) {
                throw new IllegalStateException(
                        option + " cannot be combined with Freshness.http(): the response states its freshness");
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
            if (Boolean.TRUE.equals(knocking)) {
                throw new IllegalStateException("knocking(true) cannot be combined with httpClient:"
                        + " the cache does not know how that client connects");
            }
            return withinStreams(OriginClient.given(httpClient));
        }

        private static void refuseBesideClient(String option, @Nullable Object given) {
            if (given != null) {
                throw new IllegalStateException(option + " cannot be combined with httpClient: configure that client");
            }
        }

        /**
         * Returns the client, and refuses too many connections with HTTP/2. An HTTP/2 connection takes about a hundred
         * simultaneous requests, and the client fails further ones.
         */
        private OriginClient withinStreams(OriginClient client) {
            if (client.client().version() == HttpClient.Version.HTTP_2 && connectionsPerOrigin > HTTP_2_STREAMS) {
                client.close(Duration.ZERO);
                throw new IllegalStateException("connectionsPerOrigin " + connectionsPerOrigin
                        + " cannot be combined with HTTP/2, where it must be at most " + HTTP_2_STREAMS);
            }
            return client;
        }

        private CachePolicy cachePolicy(FreshnessPolicy freshnessPolicy) {
            return new CachePolicy(
                    cacheName,
                    freshnessPolicy,
                    timeout,
                    firstTimeout(),
                    patience(),
                    Optional.ofNullable(requestCustomizer),
                    failurePolicy());
        }

        private Duration firstTimeout() {
            if (firstTimeout == null) {
                return timeout.compareTo(USUAL_FIRST_TIMEOUT) > 0 ? timeout : USUAL_FIRST_TIMEOUT;
            }
            if (firstTimeout.compareTo(timeout) < 0) {
                throw new IllegalStateException("firstTimeout " + DurationText.of(firstTimeout)
                        + " is less than timeout " + DurationText.of(timeout) + ": it must be at least that");
            }
            return firstTimeout;
        }

        private Duration patience() {
            return patience == null ? firstTimeout().plus(LONGER) : patience;
        }

        private FailurePolicy failurePolicy() {
            IntPredicate outages = obeysHttp() ? HTTP_ERRORS::contains : FailureRule::outage;
            return new FailurePolicy(
                    new BackoffDelay(
                            Math.max(1, Deadline.nanosOf(firstBackoff)), Math.max(1, Deadline.nanosOf(maximumBackoff))),
                    maximumRetryAfter,
                    !Boolean.FALSE.equals(knocking),
                    retries,
                    Optional.ofNullable(waitForFirst),
                    shareErrors,
                    refreshAhead,
                    backgroundFetches,
                    Objects.requireNonNullElse(staleIfStatus, outages),
                    cancelAbandoned ? AbandonPolicy.IS_CANCELLED : AbandonPolicy.LANDS,
                    maximumWaiters);
        }

        private CacheKeyFactory keyFactory(HttpHeaders defaultHeaders) {
            List<String> byDefault = obeysHttp() ? List.of() : List.of("Accept", "Accept-Language");
            byte[] secret = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(secret);
            return new CacheKeyFactory(
                    Objects.requireNonNullElse(keyHeaders, byDefault), partitionBy, secret, defaultHeaders);
        }

        private HttpHeaders defaultHeaders(ContentDecoders decoders) {
            TreeMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            all.putAll(headers);
            all.putIfAbsent("Accept-Encoding", List.of(decoders.accepted()));
            return HttpHeaders.of(all, (name, value) -> true);
        }
    }
}
