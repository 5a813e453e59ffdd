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
 * The web sockets of one drop-in client, and their end, which is that of the JDK's client. They have a client of their own, made
 * for the first of them: the one that asks the origins may be replaced. Where the application has given a client, that opens
 * them, and its giver ends them. Thread-safe.
 */
public final class WebSockets {
    private final OriginClient origins;

    /** Null before the first web socket. */
    private final AtomicReference<@Nullable HttpClient> made = new AtomicReference<>();

    /** Whether no more are opened; written before a look at what is made, as that is before a look at this. */
    private volatile boolean shut;

    /** None yet. */
    public WebSockets(OriginClient origins) {
        this.origins = origins;
    }

    /** Starts one; it fails to be opened after the end, as with the JDK's client. */
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
        HttpClient mine = origins.forWebSockets(); // runs code of the application, so that two may do so at once
        HttpClient first = made.compareAndExchange(null, mine);
        if (first == null) {
            return mine;
        }
        mine.shutdownNow();
        return first;
    }

    /** Opens no more; those that are open go on. */
    public void shutdown() {
        shut = true;
        HttpClient client = made.get();
        if (client != null) {
            client.shutdown();
        }
    }

    /** Opens no more, and ends those that are open. */
    public void shutdownNow() {
        shut = true;
        HttpClient client = made.get();
        if (client != null) {
            client.shutdownNow();
        }
    }

    /** Whether none is open, and none will be. */
    public boolean terminated() {
        HttpClient client = made.get();
        return shut && (client == null || client.isTerminated());
    }

    /**
     * Waits for that.
     *
     * @return whether it came in time
     */
    public boolean awaitTermination(Deadline deadline) throws InterruptedException {
        HttpClient client = made.get();
        return client == null ? shut : client.awaitTermination(Duration.ofNanos(Math.max(1, deadline.left())));
    }
}
