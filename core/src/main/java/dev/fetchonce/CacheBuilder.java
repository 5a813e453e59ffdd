package dev.fetchonce;

import dev.fetchonce.internal.client.Exchanging;
import dev.fetchonce.internal.client.Questions;
import dev.fetchonce.internal.engine.Aging;
import dev.fetchonce.internal.engine.CacheClock;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.Limits;
import dev.fetchonce.internal.engine.OriginClient;
import dev.fetchonce.internal.engine.Policy;
import dev.fetchonce.internal.http.KeyFields;
import dev.fetchonce.internal.json.DefaultMapper;
import dev.fetchonce.internal.json.JsonBinder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The options of a cache. Each may be given once; a value out of range is refused with an
 * {@link IllegalArgumentException}, a second value or a contradiction with an {@link IllegalStateException}. Times shorter
 * than a nanosecond do not exist and those longer than 146 years count as that. Not thread-safe.
 *
 * @param <B> the kind of builder, which every option returns
 */
public abstract sealed class CacheBuilder<B extends CacheBuilder<B>> extends FreshnessOptions<B>
        permits HttpCache.Builder {
    private static final URI ANYWHERE = URI.create("http://localhost/");
    private static final int SECRET_BYTES = 32;
    private static final int HTTP_2_STREAMS = 100;

    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private Duration timeout = Duration.ofSeconds(1);
    private Duration patience = Duration.ofSeconds(10);
    private @Nullable Duration connectTimeout;
    private long maximumBytes = 64L << 20;
    private int maximumBodyBytes = 8 << 20;
    private int connectionsPerOrigin = 64;
    private final byte[] secret = new byte[SECRET_BYTES];
    private boolean duplicateKeys;
    private String cacheName = "Fetchonce";
    private Optional<UnaryOperator<HttpRequest>> requests = Optional.empty();
    private Predicate<URI> allowedHosts = uri -> true;
    private UnaryOperator<HttpClient.Builder> configureClient = UnaryOperator.identity();
    private @Nullable HttpClient httpClient;
    private @Nullable JsonMapper jsonMapper;
    private LongSupplier nanoTime = System::nanoTime;
    private InstantSource wallClock = InstantSource.system();

    CacheBuilder() {
        new SecureRandom().nextBytes(secret);
    }

    /**
     * How long one exchange with an origin may take, from the moment it holds its permit to the last byte of the body. The
     * look-up of a host's name is part of it and cannot be interrupted: where one hangs, callers learn of the timeout a
     * second later.
     *
     * @param timeout more than zero; 1 s by default
     * @return this builder
     */
    public B timeout(Duration timeout) {
        this.timeout = once("timeout", Bounds.moreThanZero("timeout", timeout));
        return self();
    }

    /**
     * How long connecting may take, within {@link #timeout(Duration)}.
     *
     * @param connectTimeout more than zero; by default only {@code timeout} limits it
     * @return this builder
     */
    public B connectTimeout(Duration connectTimeout) {
        this.connectTimeout = once("connectTimeout", Bounds.moreThanZero("connectTimeout", connectTimeout));
        return self();
    }

    /**
     * How long one caller waits in all, queueing for a connection included, before it gets the stale answer or a
     * {@link FetchTimeoutException}. The fetch goes on, unless it still queues and nobody else waits for it. An
     * {@link HttpRequest#timeout()} takes its place for that call. Best longer than {@code timeout}: of two equal times
     * either may end first.
     *
     * @param patience more than zero; 10 s by default
     * @return this builder
     */
    public B patience(Duration patience) {
        this.patience = once("patience", Bounds.moreThanZero("patience", patience));
        return self();
    }

    /**
     * How much heap all that is kept may take: keys, header fields, bodies and what was decoded from them, by estimate. A
     * decoded tree is weighed node by node and mostly takes two to five times its bytes; maps count as eight times the
     * bytes, other values as three times. What has been used least leaves first.
     *
     * @param maximumBytes at least 1; 64 MiB by default
     * @return this builder
     */
    public B maximumBytes(long maximumBytes) {
        this.maximumBytes = once("maximumBytes", Bounds.inRange("maximumBytes", maximumBytes, Long.MAX_VALUE));
        return self();
    }

    /**
     * How long one body may be, as it comes and again once its content coding is undone. A longer one is refused as soon as
     * that is known, and fails the fetch with {@link Reason#TOO_LARGE}.
     *
     * @param maximumBodyBytes at least 1, and no more than {@code maximumBytes}; 8 MiB by default, or all of a smaller
     *     {@code maximumBytes}
     * @return this builder
     */
    public B maximumBodyBytes(int maximumBodyBytes) {
        long checked = Bounds.inRange("maximumBodyBytes", maximumBodyBytes, Integer.MAX_VALUE - 8);
        this.maximumBodyBytes = once("maximumBodyBytes", (int) checked);
        return self();
    }

    /**
     * How many exchanges with one origin may be under way at once; others queue in the order in which they came, each for
     * as long as somebody waits for it. {@link CacheStats#maximumQueueTime()} tells how long that was. A body that an
     * {@link HttpCache#asHttpClient HttpClient} hands on as it comes is its reader's affair, and does not count any more;
     * nor does a request of that client which no cache can answer.
     *
     * @param connectionsPerOrigin at least 1; 64 by default
     * @return this builder
     */
    public B connectionsPerOrigin(int connectionsPerOrigin) {
        long checked = Bounds.inRange("connectionsPerOrigin", connectionsPerOrigin, 65_535);
        this.connectionsPerOrigin = once("connectionsPerOrigin", (int) checked);
        return self();
    }

    /**
     * A header field that every request carries, unless its caller sets that field otherwise. May be given for several
     * names. A {@link CachingHttpClient} sends what its callers say, and not these. A redirect to another origin takes only Accept, Accept-Encoding, Accept-Language and User-Agent along.
     *
     * @param name such as {@code User-Agent}; not one that the client keeps to itself, nor a condition or range
     * @param value its value; never shown in a message
     * @return this builder
     */
    public B header(String name, String value) {
        Bounds.given("the name of a header", name);
        Bounds.given("the value of header " + name, value);
        Requests.refuseConditions(name);
        try {
            HttpRequest.newBuilder(ANYWHERE).header(name, value);
        } catch (IllegalArgumentException e) { // whose message would quote the value
            throw new IllegalArgumentException(
                    "header " + name + " is refused by java.net.http.HttpClient: the name is restricted or no token, or"
                            + " the value has a character that a field value may not contain");
        }
        headers.put(name, once("header " + name.toLowerCase(Locale.ROOT), List.of(value)));
        return self();
    }

    /**
     * Changes every request just before it is sent, for what {@link #header} cannot know beforehand, such as a token that
     * expires. What it adds speaks for the whole cache: it is not part of the key, and all callers share the answers. It
     * runs on the fetch's thread, before the fetch queues for a connection, and for every hop of a redirect: look at the
     * host before adding a secret.
     *
     * @param requests must not change method or URI; when it throws, that fetch fails with {@link Reason#APPLICATION}, and
     *     when it takes longer than {@code timeout} and a second more, with {@link Reason#TIMEOUT}
     * @return this builder
     */
    public B requests(UnaryOperator<HttpRequest> requests) {
        this.requests = Optional.of(once("requests", Bounds.given("requests", requests)));
        return self();
    }

    /**
     * Which URLs may be asked; others are refused with an {@link IllegalArgumentException} before anything is sent, and with
     * {@link Reason#REDIRECT} where a redirect leads there.
     *
     * @param allowedHosts tests a URL in its normal form, on the caller's thread, which gets what it throws; all are
     *     allowed by default
     * @return this builder
     */
    public B allowedHosts(Predicate<URI> allowedHosts) {
        this.allowedHosts = once("allowedHosts", Bounds.given("allowedHosts", allowedHosts));
        return self();
    }

    /**
     * Configures the client that the cache makes: TLS, proxy, HTTP version. By default it speaks HTTP/1.1; with HTTP/2,
     * {@code connectionsPerOrigin} may be at most 100. Called when the cache is made, and again on a thread of the cache when
     * the client has to be replaced, as it keeps connections open that an origin has spoilt. The client must keep
     * {@link HttpClient.Redirect#NEVER} and have neither cookie handler nor authenticator, as their doing would not show
     * in the key.
     *
     * <p>A proxy that wants credentials gets them by {@code header("Proxy-Authorization", "Basic ...")}. For https the client asks
     * the proxy for a tunnel, and by default leaves Basic credentials out there: the JDK's property
     * {@code -Djdk.http.auth.tunneling.disabledSchemes=} (empty) lets it send them. A 407 is a {@link StatusException}; any other
     * status by which a proxy refuses a tunnel is a failure with {@link Reason#CONNECT}.
     *
     * @param configureClient given the client's builder, returns it
     * @return this builder
     */
    public B configureClient(UnaryOperator<HttpClient.Builder> configureClient) {
        this.configureClient = once("configureClient", Bounds.given("configureClient", configureClient));
        return self();
    }

    /**
     * A client to use instead of one of the cache's own. Best with a virtual-thread executor. Its {@code send} is called, which
     * must end when its thread is interrupted: so a fetch keeps to its {@code timeout}.
     *
     * @param httpClient without redirects, cookie handler and authenticator; never closed by the cache
     * @return this builder
     */
    public B httpClient(HttpClient httpClient) {
        this.httpClient = once("httpClient", Bounds.given("httpClient", httpClient));
        return self();
    }

    /**
     * What decodes JSON. Its modules and settings count, but a document must always be all of the body.
     *
     * <p>A mapper keeps the classes that it has bound for as long as it lives. By default each cache makes a mapper of its own,
     * so that a closed cache that its application drops keeps no class.
     *
     * @param jsonMapper the mapper; by default a new one with Jackson's defaults
     * @return this builder
     */
    public B jsonMapper(JsonMapper jsonMapper) {
        this.jsonMapper = once("jsonMapper", Bounds.given("jsonMapper", jsonMapper));
        return self();
    }

    /**
     * Whether a JSON object may name a key twice; the last value counts then.
     *
     * @param duplicateKeys false by default: such a document is undecodable
     * @return this builder
     */
    public B duplicateKeys(boolean duplicateKeys) {
        this.duplicateKeys = once("duplicateKeys", duplicateKeys);
        return self();
    }

    /**
     * A clock for an application's own tests. Answers age by it; waiting goes by real time.
     *
     * @param clock the one source of both monotonic and wall-clock time; the system's clocks by default. It must not throw:
     *     what it throws is the cause of an exception that the call gets
     * @return this builder
     */
    public B clock(InstantSource clock) {
        InstantSource telling = telling(Bounds.given("clock", clock));
        return clock(
                () -> {
                    Instant now = telling.instant();
                    return now.getEpochSecond() * 1_000_000_000L + now.getNano(); // wraps, as monotonic time may
                },
                clock);
    }

    /**
     * As {@link #clock(InstantSource)}, with the two kinds of time apart.
     *
     * @param nanoTime monotonic time in nanoseconds, read once for every hit; must not throw
     * @param wallClock wall-clock time, read at most once a second and for every answer; must not throw
     * @return this builder
     */
    public B clock(LongSupplier nanoTime, InstantSource wallClock) {
        Bounds.given("wallClock", wallClock);
        this.nanoTime = once("clock", Bounds.given("nanoTime", nanoTime));
        this.wallClock = telling(wallClock);
        return self();
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
     * What the cache calls itself in {@code Cache-Status} (RFC 9211).
     *
     * @param cacheName printable ASCII, not blank; {@code Fetchonce} by default
     * @return this builder
     */
    public B cacheName(String cacheName) {
        Bounds.given("cacheName", cacheName);
        if (cacheName.isBlank() || !cacheName.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("cacheName must be printable ASCII, and not blank");
        }
        this.cacheName = once("cacheName", cacheName);
        return self();
    }

    OriginClient client() {
        if (!wasGiven("maximumBodyBytes")) {
            maximumBodyBytes = (int) Math.min(maximumBodyBytes, maximumBytes);
        }
        if (maximumBodyBytes > maximumBytes) {
            throw new IllegalStateException("maximumBodyBytes " + maximumBodyBytes + " is more than maximumBytes "
                    + maximumBytes + ": such a body could never be stored");
        }
        HttpClient theirs = httpClient;
        if (theirs == null) {
            return withinStreams(OriginClient.own(Optional.ofNullable(connectTimeout), configureClient, timeout));
        }
        for (String option : List.of("configureClient", "connectTimeout")) {
            if (wasGiven(option)) {
                throw new IllegalStateException(option + " cannot be combined with httpClient: configure that client");
            }
        }
        return withinStreams(OriginClient.given(theirs));
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

    /**
     * Returns what decodes JSON.
     *
     * @throws IllegalStateException when no mapper was given and Jackson cannot be loaded
     */
    JsonBinder binder() {
        return JsonBinder.create(jsonMapper == null ? DefaultMapper.create() : jsonMapper, duplicateKeys);
    }

    Engine engine(OriginClient client, JsonBinder binder, Codings codings, Aging aging) {
        return Engine.create(
                new Policy(cacheName, aging, timeout, patience, requests, trouble(refreshAhead(), outages())),
                new Limits(maximumBytes, maximumBodyBytes, connectionsPerOrigin),
                client,
                codings.under(maximumBodyBytes),
                new CacheClock(nanoTime, wallClock),
                binder,
                plain(codings));
    }

    /** The way to be an HttpClient, or null where a TTL decides what is fresh. */
    @Nullable
    Exchanging exchanging(Engine engine, OriginClient client, Codings codings, Aging aging) {
        KeyFields keyFields = keyFields(secret, plain(codings));
        return obeysHttp()
                ? new Exchanging(
                        engine,
                        new Questions(keyFields, aging, allowedHosts),
                        client,
                        cacheName,
                        requests.orElse(UnaryOperator.identity()),
                        maximumBodyBytes)
                : null;
    }

    Requests requestsWith(Codings codings, Aging aging) {
        HttpHeaders plain = plain(codings);
        return new Requests(plain, keyFields(secret, plain), allowedHosts, patience, timeout, aging);
    }

    private HttpHeaders plain(Codings codings) {
        TreeMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers);
        all.putIfAbsent("Accept-Encoding", List.of(codings.accepted()));
        return HttpHeaders.of(all, (name, value) -> true);
    }
}
