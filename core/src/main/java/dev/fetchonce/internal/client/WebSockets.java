package dev.fetchonce.internal.client;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.origin.OriginClient;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The web sockets of one client over the cache, and their end, which is that of the JDK's client. They have a client of
 * their own, because the client that sends the requests to the origins may be replaced. The first web socket makes it.
 * A client that the application gave opens the web sockets itself, and the application ends them. Thread-safe.
 */
public final class WebSockets {
    private final OriginClient origins;

    /** The client of the web sockets; null before the first one. */
    private final AtomicReference<@Nullable HttpClient> made = new AtomicReference<>();

    /**
     * Whether no more web sockets are opened. A shutdown writes it before it reads {@code made}; an opening writes
     * {@code made} before it reads this.
     */
    private volatile boolean shut;

    /** Makes an object without web sockets. */
    public WebSockets(OriginClient origins) {
        this.origins = origins;
    }

    /** Returns a builder of a web socket. After the end the opening fails, as with the JDK's client. */
    public WebSocket.Builder newBuilder() {
        Optional<HttpClient> given = origins.given();
        if (given.isPresent() && !shut) {
            return given.get().newWebSocketBuilder();
        }
        HttpClient client = given.isPresent() ? HttpClient.newHttpClient() : own();
        if (shut) {
            client.shutdown();
        }
        return client.newWebSocketBuilder();
    }

    private HttpClient own() {
        HttpClient known = made.get();
        if (known != null) {
            return known;
        }
        HttpClient mine = origins.forWebSockets(); // runs application code, so without a lock
        HttpClient first = made.compareAndExchange(null, mine);
        if (first == null) {
            return mine;
        }
        mine.shutdownNow();
        return first;
    }

    /** Opens no more web sockets; those that are open go on. */
    public void shutdown() {
        shut = true;
        HttpClient client = made.get();
        if (client != null) {
            client.shutdown();
        }
    }

    /** Opens no more web sockets, and ends those that are open. */
    public void shutdownNow() {
        shut = true;
        HttpClient client = made.get();
        if (client != null) {
            client.shutdownNow();
        }
    }

    /** Reports whether no web socket is open or will be opened. */
    public boolean terminated() {
        HttpClient client = made.get();
        return shut && (client == null || client.isTerminated());
    }

    /**
     * Waits until no web socket is open or will be opened.
     *
     * @return whether that happened in time
     */
    public boolean awaitTermination(Deadline deadline) throws InterruptedException {
        HttpClient client = made.get();
        return client == null ? shut : client.awaitTermination(Duration.ofNanos(Math.max(1, deadline.left())));
    }
}
