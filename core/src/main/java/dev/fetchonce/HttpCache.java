package dev.fetchonce;

import dev.fetchonce.internal.client.Exchanging;
import dev.fetchonce.internal.engine.Aging;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.FreshHits;
import dev.fetchonce.internal.engine.OriginClient;
import dev.fetchonce.internal.http.Target;
import dev.fetchonce.internal.json.JsonBinder;
import java.io.IOException;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

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
    private final Calls calls;
    private final @Nullable OriginClient client;

    private final @Nullable Exchanging exchanging;

    /** Made when it is first asked for; the holder idiom keeps that out of the way of those who never ask. */
    private static final class Shared {
        private static final HttpCache INSTANCE = builder().build(true);
    }

    /** The cache; without a client it does not end what it runs on, and where a TTL decides it makes no exchanges. */
    HttpCache(Engine engine, Calls calls, @Nullable OriginClient client, @Nullable Exchanging exchanging) {
        this.engine = engine;
        this.hits = engine.hits();
        this.calls = calls;
        this.client = client;
        this.exchanging = exchanging;
    }

    /**
     * Makes a cache with the defaults that {@link CacheBuilder} tells.
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
    public static HttpCache shared() {
        return Shared.INSTANCE;
    }

    /**
     * Starts a cache of one's own making.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes an {@link HttpCache}; see {@link CacheBuilder} for the options. Not thread-safe. */
    public static final class Builder extends CacheBuilder<Builder> {
        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the cache.
         *
         * @return a new cache; close it when it is no longer needed
         * @throws IllegalStateException when two options contradict each other, or Jackson cannot be loaded as its annotations
         *     are too old
         * @throws IllegalArgumentException when the client that was given or configured is unfit for a cache
         */
        public HttpCache build() {
            return build(false);
        }

        private HttpCache build(boolean shared) {
            Codings codings = Codings.load();
            JsonBinder binder = binder();
            Aging aging = aging();
            OriginClient client = client();
            try {
                Engine engine = engine(client, binder, codings, aging);
                Calls calls = new Calls(engine, requestsWith(codings, aging));
                return new HttpCache(engine, calls, shared ? null : client, exchanging(engine, client, codings, aging));
            } catch (RuntimeException | Error e) { // a clock or a partitionBy function that throws
                client.close(Duration.ZERO);
                throw e;
            }
        }
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
     * @throws IOException never another one than {@link FetchException}
     */
    public JsonNode get(String url) throws IOException, InterruptedException {
        return (JsonNode) value(url, JsonNode.class);
    }

    /**
     * The JSON document at a URL bound to a class. Otherwise as {@link #get(String)}.
     *
     * @param url an absolute http or https URL
     * @param type the class; use an immutable one, as {@link CachedResponse#as(Class)} tells
     * @param <T> the class
     * @return the value, shared by all callers
     * @throws IOException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    @SuppressWarnings("unchecked") // a Class describes its T; Class.cast would refuse the primitive ones
    public <T> T get(String url, Class<T> type) throws IOException, InterruptedException {
        return (T) value(url, Objects.requireNonNull(type, "type"));
    }

    /**
     * The JSON document at a URL bound to a generic type. Otherwise as {@link #get(String, Class)}.
     *
     * @param url an absolute http or https URL
     * @param type the type
     * @param <T> the type
     * @return the value, shared by all callers
     * @throws IOException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    @SuppressWarnings("unchecked") // a TypeReference describes its T
    public <T> T get(String url, TypeReference<T> type) throws IOException, InterruptedException {
        return (T) value(url, type.getType());
    }

    /**
     * As {@link #get(String)}.
     *
     * @param uri an absolute http or https URL
     * @return the frozen tree, shared by all callers
     * @throws IOException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public JsonNode get(URI uri) throws IOException, InterruptedException {
        return get(uri.toString());
    }

    /**
     * As {@link #get(String, Class)}.
     *
     * @param uri an absolute http or https URL
     * @param type the class
     * @param <T> the class
     * @return the value, shared by all callers
     * @throws IOException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public <T> T get(URI uri, Class<T> type) throws IOException, InterruptedException {
        return get(uri.toString(), type);
    }

    /**
     * As {@link #get(String, TypeReference)}.
     *
     * @param uri an absolute http or https URL
     * @param type the type
     * @param <T> the type
     * @return the value, shared by all callers
     * @throws IOException as {@link #get(String)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public <T> T get(URI uri, TypeReference<T> type) throws IOException, InterruptedException {
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
     * @throws IOException as {@link #get(String)}, but for what its body is
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse fetch(String url) throws IOException, InterruptedException {
        return calls.fetch(url);
    }

    /**
     * As {@link #fetch(String)}.
     *
     * @param uri an absolute http or https URL
     * @return the response
     * @throws IOException as {@link #get(String)}, but for what its body is
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse fetch(URI uri) throws IOException, InterruptedException {
        return calls.fetch(uri, false);
    }

    /**
     * The response to a request with header fields of its own. Its {@link HttpRequest#timeout()}, if it has one, is this
     * caller's patience. Where several such requests share a fetch, the fields of the one that came first are sent.
     * Accept-Encoding is the cache's, which decodes, and is left out.
     *
     * @param request a GET for an absolute http or https URL, without a body and without conditions or ranges
     * @return the response
     * @throws IOException as {@link #get(String)}, but for what its body is
     * @throws InterruptedException as {@link #get(String)}
     * @throws IllegalArgumentException when the request is of another kind
     */
    public CachedResponse fetch(HttpRequest request) throws IOException, InterruptedException {
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
     * @throws IOException as {@link #get(String)}, also when a stored answer could stand in
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse refresh(URI uri) throws IOException, InterruptedException {
        return calls.fetch(uri, true);
    }

    /**
     * As {@link #refresh(URI)}, for a request as {@link #fetch(HttpRequest)} takes it.
     *
     * @param request a GET
     * @return the response; never a stale one
     * @throws IOException as {@link #refresh(URI)}
     * @throws InterruptedException as {@link #get(String)}
     */
    public CachedResponse refresh(HttpRequest request) throws IOException, InterruptedException {
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
        return engine.invalidate(Target.of(uri).text());
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

    Exchanging exchanging() {
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
}
