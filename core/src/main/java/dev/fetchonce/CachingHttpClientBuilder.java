package dev.fetchonce;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A builder of a {@link CachingHttpClient} with a cache of its own, for libraries that take an
 * {@link HttpClient.Builder}. Each option has the meaning that it has in the JDK's builder, and its last value counts.
 * {@link #cache} configures the cache. By default the client speaks HTTP/1.1 and follows no redirects. Not thread-safe.
 */
public final class CachingHttpClientBuilder implements HttpClient.Builder {
    private final List<UnaryOperator<HttpClient.Builder>> settings = new ArrayList<>();
    private ClientOptions options = ClientOptions.defaults();
    private UnaryOperator<HttpCache.Builder> cache = UnaryOperator.identity();

    CachingHttpClientBuilder() {}

    /**
     * Sets a function that configures the cache with the options of {@link HttpCache.Builder}, such as its bounds and
     * {@code staleIfError}. This builder itself configures the client of the cache, and the freshness is
     * {@link Freshness#http()}.
     *
     * @param cache returns the builder that it gets; must not return null. It runs in each {@link #build()}. By default
     *     it changes nothing
     * @return this builder
     */
    public CachingHttpClientBuilder cache(UnaryOperator<HttpCache.Builder> cache) {
        this.cache = OptionChecks.given("cache", cache);
        return this;
    }

    /**
     * Changes the options of the client: its redirects, its soft timeout and its backoff. {@link #followRedirects} sets
     * the redirects too.
     *
     * @param client returns the options for those that it gets; must not return null. It runs at once. By default the
     *     client has {@link ClientOptions#defaults()}
     * @return this builder
     */
    public CachingHttpClientBuilder client(UnaryOperator<ClientOptions> client) {
        this.options = Objects.requireNonNull(
                OptionChecks.given("client", client).apply(options), "the client function returned null");
        return this;
    }

    /**
     * Refuses a cookie handler. Its cookies would reach the origin without being part of the key, so one user would get
     * the response of another.
     *
     * @throws UnsupportedOperationException always; send Cookie fields instead
     */
    @Override
    public CachingHttpClientBuilder cookieHandler(CookieHandler cookieHandler) {
        throw new UnsupportedOperationException(
                "a caching client has no cookie handler: its cookies would reach the origin"
                        + " without being part of the key; send Cookie header fields instead");
    }

    /**
     * Refuses an authenticator. Its credentials would reach the origin without being part of the key.
     *
     * @throws UnsupportedOperationException always; send an Authorization field instead
     */
    @Override
    public CachingHttpClientBuilder authenticator(Authenticator authenticator) {
        throw new UnsupportedOperationException("a caching client has no authenticator: its credentials would reach the"
                + " origin without being part of the key; send an Authorization header field instead");
    }

    @Override
    public CachingHttpClientBuilder connectTimeout(Duration duration) {
        OptionChecks.given("connectTimeout", duration);
        HttpClient.newBuilder().connectTimeout(duration); // refuses now what the JDK's builder refuses
        return with(builder -> builder.connectTimeout(duration));
    }

    @Override
    public CachingHttpClientBuilder sslContext(SSLContext sslContext) {
        OptionChecks.given("sslContext", sslContext);
        return with(builder -> builder.sslContext(sslContext));
    }

    @Override
    public CachingHttpClientBuilder sslParameters(SSLParameters sslParameters) {
        OptionChecks.given("sslParameters", sslParameters);
        return with(builder -> builder.sslParameters(sslParameters));
    }

    @Override
    public CachingHttpClientBuilder executor(Executor executor) {
        OptionChecks.given("executor", executor);
        return with(builder -> builder.executor(executor));
    }

    /**
     * Sets the redirects that the client follows. The client itself follows them, each hop through the cache.
     *
     * @param policy the redirects; {@link Redirect#NEVER} by default
     * @return this builder
     */
    @Override
    public CachingHttpClientBuilder followRedirects(Redirect policy) {
        this.options = options.redirects(OptionChecks.given("policy", policy));
        return this;
    }

    @Override
    public CachingHttpClientBuilder version(Version version) {
        OptionChecks.given("version", version);
        return with(builder -> builder.version(version));
    }

    @Override
    public CachingHttpClientBuilder priority(int priority) {
        HttpClient.newBuilder().priority(priority);
        return with(builder -> builder.priority(priority));
    }

    @Override
    public CachingHttpClientBuilder proxy(ProxySelector proxySelector) {
        OptionChecks.given("proxySelector", proxySelector);
        return with(builder -> builder.proxy(proxySelector));
    }

    @Override
    public CachingHttpClientBuilder localAddress(InetAddress localAddr) {
        return with(builder -> builder.localAddress(localAddr));
    }

    private CachingHttpClientBuilder with(UnaryOperator<HttpClient.Builder> setting) {
        settings.add(setting);
        return this;
    }

    /**
     * Returns a new client with a new cache.
     *
     * @return the client; the caller closes it when it is no longer needed
     * @throws IllegalStateException when the cache function returned null; when it configured the cache with a client,
     *     or with a freshness other than {@link Freshness#http()}; or when it set options that contradict each other
     * @throws IllegalArgumentException when an option of the client makes it unfit for a cache
     */
    @Override
    public CachingHttpClient build() {
        List<UnaryOperator<HttpClient.Builder>> given = List.copyOf(settings);
        HttpCache.Builder own =
                HttpCache.builder().freshness(Freshness.http()).configureClient(builder -> configured(builder, given));
        HttpCache.Builder configured = cache.apply(own);
        if (configured == null) {
            throw new IllegalStateException(
                    "the cache function returned null; it must return the builder that it is given");
        }
        HttpCache made = configured.build();
        try {
            return new CachingHttpClient(made.clientContext(), options, made);
        } catch (IllegalStateException e) {
            made.close();
            throw e;
        }
    }

    private static HttpClient.Builder configured(
            HttpClient.Builder builder, List<UnaryOperator<HttpClient.Builder>> settings) {
        HttpClient.Builder configured = builder;
        for (UnaryOperator<HttpClient.Builder> setting : settings) {
            configured = setting.apply(configured);
        }
        return configured;
    }
}
