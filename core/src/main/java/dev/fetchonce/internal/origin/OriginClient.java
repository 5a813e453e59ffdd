package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.concurrent.Deadline;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JDK client behind a cache and who ends it. Thread-safe. */
public final class OriginClient {
    /*
     * Why a client is replaced: where an origin answers with what is no HTTP head, or now and then with a length that is no
     * number, the JDK's client fails the exchange and forgets to close its connection, which then stays open until the
     * client itself ends. An origin could so use up the files of the process. Such a client is replaced, and ends with its
     * last exchange; how often is bounded, so that no origin can make us pile up clients either.
     */

    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** How many replaced clients there can be at most, roughly, while their last exchanges end. */
    private static final int ENDING = 16;

    private static final Duration SHORTEST_LIFE = Duration.ofMillis(250);

    /** Ours: makes clients and runs what they do. Null when the client was given, and is its giver's to replace or close. */
    private final @Nullable Workshop workshop;

    private volatile Generation current;
    private final Set<Generation> replaced = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean replacing = new AtomicBoolean();

    /** Those that are for web sockets and have not ended, roughly. */
    private final Set<HttpClient> forWebSockets = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** One client and the exchanges that use it. */
    static final class Generation {
        private final HttpClient client;
        private final AtomicInteger exchanges = new AtomicInteger();
        private volatile boolean replaced;

        private Generation(HttpClient client) {
            this.client = client;
        }

        HttpClient client() {
            return client;
        }

        /** Begins an exchange; false when the client has been replaced. */
        private boolean enter() {
            exchanges.incrementAndGet();
            if (replaced) {
                leave();
                return false;
            }
            return true;
        }

        private void leave() {
            if (exchanges.decrementAndGet() == 0 && replaced) {
                end();
            }
        }

        private void replace() {
            replaced = true;
            if (exchanges.get() == 0) {
                end();
            }
        }

        private void end() {
            OriginClient.end(client);
        }
    }

    private record Workshop(Supplier<HttpClient> maker, ExecutorService executor, Duration exchange) {}

    private OriginClient(HttpClient client, @Nullable Workshop workshop) {
        this.current = new Generation(client);
        this.workshop = workshop;
    }

    /**
     * A client of our own: HTTP/1.1 (the default version would send an upgrade offer with every clear-text request), no
     * redirects, and virtual threads, which cost it less than half the processor time of its default pool.
     *
     * @param exchange the longest that one exchange takes
     * @throws IllegalArgumentException when what the application configures makes it unfit
     */
    public static OriginClient own(
            Optional<Duration> connectTimeout, UnaryOperator<HttpClient.Builder> configure, Duration exchange) {
        ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name("fetchonce-http")
                .inheritInheritableThreadLocals(false)
                .factory());
        Supplier<HttpClient> maker = () -> {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .executor(executor);
            connectTimeout.ifPresent(builder::connectTimeout);
            HttpClient.Builder configured = configure.apply(builder);
            if (configured == null) {
                throw new IllegalArgumentException(
                        "configureClient returned null; it must return the builder that it is given");
            }
            HttpClient made = configured.build();
            try {
                return refuseUnfit(made);
            } catch (IllegalArgumentException e) {
                made.shutdownNow();
                throw e;
            }
        };
        return new OriginClient(maker.get(), new Workshop(maker, executor, exchange));
    }

    /**
     * A client that the application made and keeps.
     *
     * @throws IllegalArgumentException when it follows redirects, keeps cookies or answers challenges
     */
    public static OriginClient given(HttpClient client) {
        return new OriginClient(refuseUnfit(client), null);
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

    /** The client now. */
    public HttpClient client() {
        return current.client;
    }

    /** The client that the application gave, if it gave one. */
    public Optional<HttpClient> given() {
        return workshop == null ? Optional.of(client()) : Optional.empty();
    }

    /**
     * A new client for web sockets, which is never replaced: they last longer than exchanges, and use no connection that an
     * origin may have spoilt. Whoever has it ends it, or {@link #close} does.
     *
     * @throws IllegalStateException when the client was given
     */
    public HttpClient forWebSockets() {
        if (workshop == null) {
            throw new IllegalStateException("a client that was given serves for web sockets as well");
        }
        HttpClient made = workshop.maker().get();
        forWebSockets.removeIf(HttpClient::isTerminated);
        forWebSockets.add(made);
        if (closed) { // after it was added: whoever closes sees it, or it is seen here that somebody has
            made.shutdownNow();
        }
        return made;
    }

    /** The client for an exchange; {@link #leave} when that has ended. */
    Generation enter() {
        Generation generation = current;
        while (!generation.enter()) {
            generation = current;
        }
        return generation;
    }

    void leave(Generation generation) {
        generation.leave();
        replaced.removeIf(each -> each.client.isTerminated());
    }

    /** Tells that an exchange ends in a way that leaves its connection open for good; has the client replaced. */
    void leaked(Generation leaky) {
        Workshop ours = workshop;
        if (ours != null && leaky == current && replacing.compareAndSet(false, true)) {
            try {
                ours.executor().execute(() -> replace(ours, leaky));
            } catch (RejectedExecutionException e) { // closed meanwhile, which ends it
                replacing.set(false);
            } catch (Throwable e) { // out of memory for a thread, say: the next leak tries again
                replacing.set(false);
                throw e;
            }
        }
    }

    private void replace(Workshop ours, Generation leaky) {
        try {
            Duration share = ours.exchange().dividedBy(ENDING);
            Thread.sleep(share.compareTo(SHORTEST_LIFE) > 0 ? share : SHORTEST_LIFE);
            Generation next = new Generation(ours.maker().get());
            replaced.add(leaky);
            current = next;
            leaky.replace();
        } catch (InterruptedException e) {
            // closed meanwhile, which ends them all
        } catch (Throwable e) { // the next leak tries again; until then it stays with the client that it has
            log.warn("a client that keeps spoilt connections could not be replaced", e);
        } finally {
            replacing.set(false);
        }
    }

    /**
     * Ends a client of our own with all it is doing, and waits for its threads; leaves a given one alone.
     *
     * @param bound the longest wait
     */
    public void close(Duration bound) {
        if (workshop == null) {
            return;
        }
        closed = true;
        ExecutorService executor = workshop.executor();
        Deadline deadline = Deadline.after(bound);
        boolean interrupted = Thread.interrupted();
        try {
            end(deadline);
            executor.shutdownNow();
            executor.awaitTermination(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
            end(deadline); // once more: it may have been replaced at this very moment
        } catch (InterruptedException e) {
            interrupted = true;
            executor.shutdownNow(); // its threads are interrupted and end on their own
            forWebSockets.forEach(OriginClient::end);
            replaced.forEach(Generation::end);
            current.end();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Throws nothing, as there are others to end: an application may have made the client its own. */
    private static void end(HttpClient client) {
        try {
            client.shutdownNow();
        } catch (Throwable e) {
            log.warn("a client that is done with could not be shut down", e);
        }
    }

    private void end(Deadline deadline) throws InterruptedException {
        replaced.forEach(Generation::end);
        forWebSockets.forEach(OriginClient::end);
        current.end();
        client().awaitTermination(Duration.ofNanos(Math.max(0, deadline.left())));
        for (HttpClient each : forWebSockets) {
            each.awaitTermination(Duration.ofNanos(Math.max(0, deadline.left())));
        }
    }
}
