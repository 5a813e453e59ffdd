package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Deadline;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The JDK client behind a cache and who ends it. Thread-safe. */
public final class OriginClient {
    private final HttpClient client;

    /** The executor of a client of our own; null when the client was given, and is its giver's to close. */
    private final @Nullable ExecutorService executor;

    private OriginClient(HttpClient client, @Nullable ExecutorService executor) {
        this.client = refuseUnfit(client);
        this.executor = executor;
    }

    /**
     * A client of our own: HTTP/1.1 (the default version would send an upgrade offer with every clear-text request), no
     * redirects, and virtual threads, which cost it less than half the processor time of its default pool.
     *
     * @throws IllegalArgumentException when what the application configures makes it unfit
     */
    public static OriginClient own(Optional<Duration> connectTimeout, UnaryOperator<HttpClient.Builder> configure) {
        ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name("fetchonce-http-", 0)
                .inheritInheritableThreadLocals(false)
                .factory());
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor);
        connectTimeout.ifPresent(builder::connectTimeout);
        HttpClient client = configure.apply(builder).build();
        try {
            return new OriginClient(client, executor);
        } catch (IllegalArgumentException e) {
            client.shutdownNow();
            throw e;
        }
    }

    /**
     * A client that the application made and keeps.
     *
     * @throws IllegalArgumentException when it follows redirects, keeps cookies or answers challenges
     */
    public static OriginClient given(HttpClient client) {
        return new OriginClient(client, null);
    }

    private static HttpClient refuseUnfit(HttpClient client) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the HttpClient follows redirects (" + client.followRedirects()
                    + "): an answer of one URL would be stored under another; use Redirect.NEVER");
        }
        if (client.cookieHandler().isPresent()) {
            throw new IllegalArgumentException(
                    "the HttpClient has a cookie handler: cookies would reach the origin that"
                            + " are not part of the key, and one user's answer would be another's; send Cookie headers instead");
        }
        if (client.authenticator().isPresent()) {
            throw new IllegalArgumentException("the HttpClient has an authenticator: credentials would reach the origin"
                    + " that are not part of the key; send an Authorization header instead");
        }
        return client;
    }

    /** The client. */
    public HttpClient client() {
        return client;
    }

    /**
     * Ends a client of our own with all it is doing, and waits for its threads; leaves a given one alone.
     *
     * @param bound the longest wait
     */
    public void close(Duration bound) {
        if (executor == null) {
            return;
        }
        Deadline deadline = Deadline.after(bound);
        boolean interrupted = Thread.interrupted();
        try {
            client.shutdownNow();
            client.awaitTermination(Duration.ofNanos(Math.max(0, deadline.left())));
            executor.shutdownNow();
            executor.awaitTermination(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
            executor.shutdownNow(); // its threads are interrupted and end on their own
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
