package dev.fetchonce;

import dev.fetchonce.internal.client.CallRegistry;
import dev.fetchonce.internal.client.ClientCalls;
import dev.fetchonce.internal.client.ClientContext;
import dev.fetchonce.internal.client.ClientFaults;
import dev.fetchonce.internal.client.Handlers;
import dev.fetchonce.internal.client.WebSockets;
import dev.fetchonce.internal.concurrent.Deadline;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * An {@link HttpClient} that answers from a cache where HTTP allows it (RFC 9111), for code that takes an
 * {@code HttpClient}: {@link HttpCache#asHttpClient()} makes one, and {@link #newBuilder()} one with a cache of its own.
 *
 * <p><b>What is cached.</b> GET without a body; HEAD is answered from a stored GET. However many threads send the
 * same GET, one request goes out, and all get its answer where RFC 9111 §4 lets them share it. A range is answered
 * from what is stored, and what else of it comes is kept and put together. Everything else goes to the origin as it
 * is, and what is unsafe invalidates what is stored for its URL. A response that is longer than {@link
 * HttpCache.Builder#maximumBodyBytes}, that nobody else may have, or that is a stream of events, comes as it is read, and
 * is not stored. So does a body whose length was not announced and that has not ended 250 ms after its head; but when it
 * ends, it is stored. Those who ask for it meanwhile wait for that end: within the timeout of their request, and no longer than
 * {@link HttpCache.Builder#timeout} from that moment; then each asks for itself. Where the caller that reads it leaves it, the rest is
 * read for those who wait, or the exchange ends. Any other response is read to its end before its caller sees the head.
 *
 * <p><b>What differs from the JDK's client.</b> Each answer has a {@code Cache-Status} (RFC 9211), and an {@code Age}
 * where it comes from the store; fields of one connection, such as {@code Connection} and {@code Transfer-Encoding},
 * are left out of what can be stored; and what can be stored is asked for by its URL in normal form. {@link
 * HttpRequest#timeout()} bounds the whole exchange of what can be cached, not only up to its head; of a body that
 * comes as it is read, it bounds the time until the handler has made something of it, which for streams and lines is at once.
 * Without one nothing does. A caller that is interrupted, or whose future is cancelled, leaves the others that wait for the same
 * answer unhurt.
 *
 * <p><b>Threads.</b> As with the JDK's client, a body handler may be applied, and its subscriber be signalled, on any thread:
 * they must not rely on a certain one. A handler is applied on the thread of the call where the cache answers, or shares what
 * comes; that of {@code sendAsync} is a virtual thread of its own. Where a request goes past the cache (other methods than GET,
 * ranges that are not stored, what says no-store), it is applied on a thread of the client that asks the origins. Of a body that
 * comes as it is read, the subscriber is signalled on threads of that client too.
 *
 * <p>Thread-safe.
 */
public final class CachingHttpClient extends HttpClient {
    private static final Duration SOME_TIME = Duration.ofDays(1);

    private final ClientContext exchanging;
    private final ClientCalls exchanges;
    private final CallRegistry underway;
    private final WebSockets sockets;

    /** Its cache, if that is this client's own. */
    private final @Nullable HttpCache owned;

    CachingHttpClient(ClientContext exchanging, Redirect redirects, @Nullable HttpCache owned) {
        this.exchanging = exchanging;
        this.exchanges = exchanging.exchanges(redirects);
        this.sockets = exchanging.webSockets();
        this.owned = owned;
        this.underway = new CallRegistry(this::endCacheWithWebSockets);
    }

    /** On a thread of its own, as the last call may end on a thread of the cache. */
    private void endCacheWithWebSockets() {
        if (owned != null) {
            Thread.ofVirtual().name("fetchonce-end").start(() -> {
                awaitWebSockets();
                owned.close();
            });
        }
    }

    private void awaitWebSockets() {
        try {
            while (!sockets.awaitTermination(Deadline.after(SOME_TIME))) {
                // they last as long as their users like
            }
        } catch (InterruptedException e) {
            // by no one: the cache ends now
        }
    }

    /**
     * Starts a client with a cache of its own, which ends with it: for libraries that take a builder.
     *
     * @return a builder; see {@link CachingHttpClientBuilder} for what it refuses
     */
    public static CachingHttpClientBuilder newBuilder() {
        return new CachingHttpClientBuilder();
    }

    /**
     * Answers a request, from the store or from the origin.
     *
     * @throws IOException as the JDK's client does, and of its types
     * @throws InterruptedException when this thread is or becomes interrupted while it waits
     * @throws IllegalArgumentException when the method is CONNECT, or the URL is not allowed ({@link HttpCache.Builder#allowedUrls})
     * @throws IllegalStateException when the cache is closed
     */
    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(handler, "responseBodyHandler");
        refuseConnect(request);
        try {
            return underway.call(reading -> exchanges.exchange(request, new Handlers<>(handler, null, reading)));
        } catch (ExecutionException e) {
            throw ClientFaults.thrown(e.getCause() == null ? e : e.getCause());
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call throws nothing else", e);
        }
    }

    /**
     * As {@link #send}, on a virtual thread of its own. {@code cancel(true)} on the future, or on one made of it, ends the call
     * as an interrupt would.
     *
     * @throws IllegalArgumentException when the method is CONNECT
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return sendAsync(request, handler, null);
    }

    private static void refuseConnect(HttpRequest request) {
        if (request.method().equals("CONNECT")) {
            throw new IllegalArgumentException("Unsupported method CONNECT");
        }
    }

    /**
     * As the other; a request that wants pushed responses goes past the cache.
     *
     * @throws IllegalArgumentException when the method is CONNECT
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(handler, "responseBodyHandler");
        refuseConnect(request);
        return underway.start(reading -> exchanges.exchange(request, new Handlers<>(handler, pushPromises, reading)));
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return exchanging.origin().cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return exchanging.origin().connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return exchanges.redirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return exchanging.origin().proxy();
    }

    @Override
    public SSLContext sslContext() {
        return exchanging.origin().sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return exchanging.origin().sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return exchanging.origin().authenticator();
    }

    @Override
    public Version version() {
        return exchanging.origin().version();
    }

    @Override
    public Optional<Executor> executor() {
        return exchanging.origin().executor();
    }

    /**
     * Starts a web socket, which goes past the cache. The first call makes a client for the web sockets of this client, configured
     * as the one that asks the origins; it ends with this client or with its cache. A client that was given to the cache opens
     * them itself, and this client does not wait for those.
     */
    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return sockets.newBuilder();
    }

    /**
     * Takes no more calls; those under way go on, and web sockets that are open. A call is under way until its body has come to its
     * end, was cancelled or has failed. The cache stays open, unless it is this client's own: then it ends with the last of them.
     */
    @Override
    public void shutdown() {
        sockets.shutdown(); // first, as the end of the last call waits for them
        underway.shutdown();
    }

    /**
     * Takes no more calls and ends those under way: they fail, and bodies that are still read end, with an {@link IOException}. Ends
     * web sockets as well. Other clients of the same cache go on.
     */
    @Override
    public void shutdownNow() {
        sockets.shutdownNow();
        underway.shutdownNow();
    }

    @Override
    public boolean awaitTermination(Duration duration) throws InterruptedException {
        Deadline deadline = Deadline.after(duration);
        boolean ended = underway.awaitTermination(duration) && sockets.awaitTermination(deadline);
        if (ended && owned != null) {
            owned.close(); // waits for whoever ends it at this moment
        }
        return ended;
    }

    @Override
    public boolean isTerminated() {
        return underway.terminated() && sockets.terminated();
    }

    /**
     * Takes no more calls and waits for those under way, the bodies that are still read included, and for web sockets; an interrupt
     * ends them. A body that is never read to its end keeps this waiting, as with the JDK's client.
     */
    @Override
    public void close() {
        super.close();
        if (owned != null) {
            owned.close();
        }
    }
}
