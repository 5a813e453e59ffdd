package dev.fetchonce;

import dev.fetchonce.internal.client.CallRegistry;
import dev.fetchonce.internal.client.ClientCalls;
import dev.fetchonce.internal.client.ClientContext;
import dev.fetchonce.internal.client.ClientFaults;
import dev.fetchonce.internal.client.Handlers;
import dev.fetchonce.internal.client.WebSockets;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.CallerKind;
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
 * {@code HttpClient}. {@link HttpCache#asHttpClient()} makes one, and {@link #newBuilder()} makes one with a cache of
 * its own. Thread-safe.
 *
 * <p><b>Cached requests.</b> The client caches GET without a body, and answers HEAD from a stored GET. All threads that
 * send one GET share one request and its response where RFC 9111 §4 allows it. A range is answered from the stored
 * response; the client also keeps ranges that arrive and combines them. Any other request goes to the origin unchanged.
 * An unsafe request invalidates the stored responses of its URL.
 *
 * <p><b>Bodies.</b> The client reads most bodies to their end before the caller gets the head. It delivers a body as it
 * is read, without storing it, in three cases: the body exceeds {@link HttpCache.Builder#maximumBodyBytes}, the
 * response is for one caller only, or it is a stream of events.
 *
 * <p>A body of unannounced length that has not ended 250 ms after its head is also delivered as it is read. It is
 * stored when it ends. Other callers of the URL wait for that end. They wait within the timeout of their request, and
 * at most {@link HttpCache.Builder#timeout} from that moment; then each sends a request of its own. When the reader
 * leaves the body, the client reads the rest for the callers that wait, or ends the exchange.
 *
 * <p><b>Differences from the JDK's client.</b> Each response has a {@code Cache-Status} field (RFC 9211), and a
 * response from the store has an {@code Age}. Fields of one connection, such as {@code Connection} and
 * {@code Transfer-Encoding}, are left out of storable responses. The client requests a storable response by its URL in
 * normal form.
 *
 * <p>{@link HttpRequest#timeout()} bounds the whole exchange of a cached request, and not only the time to its head.
 * For a body that is delivered as it is read, it bounds the time until the handler has made a value. For streams and
 * lines that is at once. Without a timeout the exchange has no bound. A caller that is interrupted, or whose future is
 * cancelled, does not affect the other callers that wait for the response.
 *
 * <p><b>An origin in trouble.</b> By default the caller gets every answer and every failure of the origin, and no call
 * is held back. {@link ClientOptions} has a soft timeout and a backoff for the GETs that the client caches.
 *
 * <p><b>Threads.</b> A body handler may run, and its subscriber may get signals, on any thread, as with the JDK's
 * client; they must not rely on a certain one. When the cache answers or the fetch is shared, the handler runs on the
 * thread of the call. For {@code sendAsync} that is a virtual thread of its own.
 *
 * <p>Some requests go past the cache: other methods than GET, ranges that are not stored, and requests with no-store.
 * Their handlers run on a thread of the client that sends the requests to the origins. The subscriber of a body that is
 * delivered as it is read gets its signals on threads of that client too.
 */
public final class CachingHttpClient extends HttpClient {
    private static final Duration SOME_TIME = Duration.ofDays(1);

    private final ClientContext clientContext;
    private final ClientCalls calls;
    private final CallRegistry callRegistry;
    private final WebSockets sockets;

    /** The cache that this client owns and ends, or null. */
    private final @Nullable HttpCache owned;

    CachingHttpClient(ClientContext clientContext, ClientOptions options, @Nullable HttpCache owned) {
        this.clientContext = clientContext;
        this.calls = clientContext.calls(
                options.redirects(),
                options.backoff() ? CallerKind.BACKOFF_CLIENT : CallerKind.HTTP_CLIENT,
                options.softTimeout());
        this.sockets = clientContext.webSockets();
        this.owned = owned;
        this.callRegistry = new CallRegistry(this::endCacheWithWebSockets);
    }

    /**
     * Ends an owned cache after the web sockets. It does so on a thread of its own, because the last call may end on a
     * thread of the cache.
     */
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
                // a web socket lasts as long as its user likes
            }
        } catch (InterruptedException e) {
            // no code interrupts this thread; the cache ends now
        }
    }

    /**
     * Returns a builder of a client with a cache of its own, for libraries that take an {@link HttpClient.Builder}. The
     * cache ends with its client.
     *
     * @return a new builder
     */
    public static CachingHttpClientBuilder newBuilder() {
        return new CachingHttpClientBuilder();
    }

    /**
     * Sends a request, and returns the response from the store or from the origin. The call blocks until the body
     * handler has made a value.
     *
     * @throws FetchException when the {@linkplain ClientOptions#backoff backoff} of the client holds the call back, and
     *     no stored response may stand in
     * @throws IOException the exception that the JDK's client would throw, of the same type; also when the client is
     *     shut down
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits
     * @throws IllegalArgumentException when the method is CONNECT, or the URL is not allowed
     *     ({@link HttpCache.Builder#allowedUrls})
     * @throws IllegalStateException when the cache is closed
     */
    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(handler, "responseBodyHandler");
        refuseConnect(request);
        try {
            return callRegistry.call(reading -> calls.exchange(request, new Handlers<>(handler, null, reading)));
        } catch (ExecutionException e) {
            throw ClientFaults.thrown(e.getCause() == null ? e : e.getCause());
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call threw an unexpected exception", e);
        }
    }

    /**
     * Sends a request as {@link #send} does, on a virtual thread of its own. {@code cancel(true)} on the future, or on
     * one derived from it, ends the call as an interrupt does. The future fails with the exceptions of the JDK's
     * client, and with a {@link FetchException} as {@code send} does. It also fails with an
     * {@link IllegalArgumentException} when the URL is not allowed, and with an
     * {@link IllegalStateException} when the cache is closed.
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
     * Sends a request as {@link #sendAsync(HttpRequest, BodyHandler)} does. A request that accepts pushed responses
     * goes past the cache.
     *
     * @param pushPromises takes the pushed responses; null where the caller wants no pushed responses
     * @throws IllegalArgumentException when the method is CONNECT
     */
    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(handler, "responseBodyHandler");
        refuseConnect(request);
        return callRegistry.start(reading -> calls.exchange(request, new Handlers<>(handler, pushPromises, reading)));
    }

    /** Returns an empty optional: the cookies of a handler would not be part of the key. */
    @Override
    public Optional<CookieHandler> cookieHandler() {
        return clientContext.origin().cookieHandler();
    }

    /** Returns the connect timeout of the client that sends the requests to the origins. */
    @Override
    public Optional<Duration> connectTimeout() {
        return clientContext.origin().connectTimeout();
    }

    /** Returns the redirects that this client follows, each hop through the cache. */
    @Override
    public Redirect followRedirects() {
        return calls.redirects();
    }

    /** Returns the proxy of the client that sends the requests to the origins. */
    @Override
    public Optional<ProxySelector> proxy() {
        return clientContext.origin().proxy();
    }

    /** Returns the TLS context of the client that sends the requests to the origins. */
    @Override
    public SSLContext sslContext() {
        return clientContext.origin().sslContext();
    }

    /** Returns the TLS parameters of the client that sends the requests to the origins. */
    @Override
    public SSLParameters sslParameters() {
        return clientContext.origin().sslParameters();
    }

    /** Returns an empty optional: the credentials of an authenticator would not be part of the key. */
    @Override
    public Optional<Authenticator> authenticator() {
        return clientContext.origin().authenticator();
    }

    /** Returns the HTTP version of the client that sends the requests to the origins. */
    @Override
    public Version version() {
        return clientContext.origin().version();
    }

    /** Returns the executor of the client that sends the requests to the origins. */
    @Override
    public Optional<Executor> executor() {
        return clientContext.origin().executor();
    }

    /**
     * Returns a builder of a web socket, which goes past the cache. The first call makes a client for the web sockets
     * of this client. That client has the configuration of the client that sends the requests to the origins, and ends
     * with this client or with its cache. A client that the application gave to the cache opens the web sockets itself,
     * and this client does not wait for them.
     */
    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return sockets.newBuilder();
    }

    /**
     * Takes no more calls. Calls under way and open web sockets go on. A call is under way until its body has ended,
     * was cancelled or has failed. A cache that this client owns ends with the last of them; another cache stays open.
     */
    @Override
    public void shutdown() {
        sockets.shutdown(); // first, as the end of the last call waits for them
        callRegistry.shutdown();
    }

    /**
     * Takes no more calls and ends the calls under way. They fail, and bodies that are still read end, with an
     * {@link IOException}. It also ends the web sockets. Other clients of the cache go on.
     */
    @Override
    public void shutdownNow() {
        sockets.shutdownNow();
        callRegistry.shutdownNow();
    }

    /**
     * Waits until the calls and web sockets have ended after a shutdown, and an owned cache is closed.
     *
     * @param duration the longest wait for the calls and the web sockets
     * @return whether they ended within that time
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits
     */
    @Override
    public boolean awaitTermination(Duration duration) throws InterruptedException {
        Deadline deadline = Deadline.after(duration);
        boolean ended = callRegistry.awaitTermination(duration) && sockets.awaitTermination(deadline);
        if (ended && owned != null) {
            owned.close(); // waits for another thread that ends the cache at this moment
        }
        return ended;
    }

    /** Reports whether the client is shut down and all its calls and web sockets have ended. */
    @Override
    public boolean isTerminated() {
        return callRegistry.terminated() && sockets.terminated();
    }

    /**
     * Takes no more calls and waits for the calls under way, the bodies that are still read, and the web sockets. An
     * interrupt ends them. A body that no reader reads to its end keeps this call waiting, as with the JDK's client.
     */
    @Override
    public void close() {
        super.close();
        if (owned != null) {
            owned.close();
        }
    }
}
