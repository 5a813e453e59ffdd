package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.backoff.Knocks;
import dev.fetchonce.internal.concurrent.Deadline;
import java.net.ProxySelector;
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

/** The holder of the JDK client of a cache; it replaces and ends the client. Thread-safe. */
public final class OriginClient {
    /*
     * The reason for a replacement: an origin may answer with bytes that are not an HTTP head, or now and then with a
     * length that is not a number. The JDK's client then fails the exchange and forgets to close the connection. The
     * connection stays open until the client itself ends, so an origin could use up the file descriptors of the
     * process. Such a client is replaced, and ends with its last exchange. The rate of replacements is bounded, so that
     * an origin cannot pile up clients either.
     */

    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** The greatest number, roughly, of replaced clients whose last exchanges have not ended. */
    private static final int ENDING = 16;

    private static final Duration SHORTEST_LIFE = Duration.ofMillis(250);

    /**
     * Makes our own clients and runs their tasks. Null where the application gave the client, and so replaces and
     * closes it.
     */
    private final @Nullable Workshop workshop;

    private volatile Generation current;
    private final Set<Generation> replaced = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean replacing = new AtomicBoolean();

    /** The clients for web sockets that have not ended, roughly. */
    private final Set<HttpClient> forWebSockets = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** One client and the exchanges that use it. */
    static final class Generation {
        private final HttpClient client;

        /** The selector of proxies that the client uses, or null where it uses none or is not ours. */
        private final @Nullable ProxySelector proxies;

        private final AtomicInteger exchanges = new AtomicInteger();
        private volatile boolean replaced;

        private Generation(HttpClient client, @Nullable ProxySelector proxies) {
            this.client = client;
            this.proxies = proxies;
        }

        /** Makes a client of our own. A client without a selector takes the default selector when it is made. */
        private static Generation make(Supplier<HttpClient> maker) {
            @Nullable ProxySelector usual = ProxySelector.getDefault();
            HttpClient made = maker.get();
            return new Generation(made, made.proxy().orElse(usual));
        }

        HttpClient client() {
            return client;
        }

        /** Begins an exchange. Returns false when the client has been replaced. */
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

    private OriginClient(Generation first, @Nullable Workshop workshop) {
        this.current = first;
        this.workshop = workshop;
    }

    /**
     * Returns a holder with a client of our own: HTTP/1.1, no redirects, and virtual threads. The default version would
     * send an upgrade offer with every clear-text request. Virtual threads cost the client less than half of the
     * processor time of its default pool.
     *
     * @param exchange the longest time of one exchange
     * @throws IllegalArgumentException when the application's configuration makes the client unfit
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
        return new OriginClient(Generation.make(maker), new Workshop(maker, executor, exchange));
    }

    /**
     * Returns a holder with a client that the application made and keeps.
     *
     * @throws IllegalArgumentException when the client follows redirects, keeps cookies or answers challenges
     */
    public static OriginClient given(HttpClient client) {
        return new OriginClient(new Generation(refuseUnfit(client), null), null);
    }

    private static HttpClient refuseUnfit(HttpClient client) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the HttpClient follows redirects (" + client.followRedirects()
                    + "): the response of one URL would be stored under another URL; use Redirect.NEVER");
        }
        if (client.cookieHandler().isPresent()) {
            throw new IllegalArgumentException(
                    "the HttpClient has a cookie handler: it would send cookies that are not part of the key,"
                            + " and one user would get the response of another; send Cookie headers instead");
        }
        if (client.authenticator().isPresent()) {
            throw new IllegalArgumentException("the HttpClient has an authenticator: it would send credentials"
                    + " that are not part of the key; send an Authorization header instead");
        }
        return client;
    }

    /** Returns the present client. */
    public HttpClient client() {
        return current.client;
    }

    /** Returns the client that the application gave, if it gave one. */
    public Optional<HttpClient> given() {
        return workshop == null ? Optional.of(client()) : Optional.empty();
    }

    /** Returns the knocks at the hosts that our own client asks; empty where the application gave the client. */
    public Optional<Knocks> knocks() {
        return workshop == null ? Optional.empty() : Optional.of(new BareConnections(() -> current.proxies));
    }

    /**
     * Returns a new client for web sockets, which is never replaced. Web sockets last longer than exchanges, and use no
     * connection that an origin may have left open. The caller ends the client, or {@link #close} does.
     *
     * @throws IllegalStateException when the application gave the client
     */
    public HttpClient forWebSockets() {
        if (workshop == null) {
            throw new IllegalStateException("the HttpClient of the application serves web sockets as well");
        }
        HttpClient made = workshop.maker().get();
        forWebSockets.removeIf(HttpClient::isTerminated);
        forWebSockets.add(made);
        if (closed) { // read after the add: either close() sees the new client, or this line sees the close
            made.shutdownNow();
        }
        return made;
    }

    /** Returns the client for an exchange; the caller calls {@link #leave} at the end of the exchange. */
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

    /** Records that an exchange leaves its connection open for good, and has the client replaced. */
    void leaked(Generation leaky) {
        Workshop ours = workshop;
        if (ours != null && leaky == current && replacing.compareAndSet(false, true)) {
            try {
                ours.executor().execute(() -> replace(ours, leaky));
            } catch (RejectedExecutionException e) { // close() came meanwhile, which ends the client
                replacing.set(false);
            } catch (Throwable e) { // an OutOfMemoryError for example: the next leak tries again
                replacing.set(false);
                throw e;
            }
        }
    }

    private void replace(Workshop ours, Generation leaky) {
        try {
            Duration share = ours.exchange().dividedBy(ENDING);
            Thread.sleep(share.compareTo(SHORTEST_LIFE) > 0 ? share : SHORTEST_LIFE);
            Generation next = Generation.make(ours.maker());
            replaced.add(leaky);
            current = next;
            leaky.replace();
        } catch (InterruptedException e) {
            // close() came meanwhile, which ends all clients
        } catch (Throwable e) { // the next leak tries again; until then the present client stays
            log.warn("could not replace an HttpClient that leaks connections", e);
        } finally {
            replacing.set(false);
        }
    }

    /**
     * Ends our own client with its exchanges, and waits for its threads. It does not touch a client that the
     * application gave.
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
            end(deadline); // once more: a replacement may have come just before the shutdown
        } catch (InterruptedException e) {
            interrupted = true;
            executor.shutdownNow(); // interrupts its threads, which then end on their own
            forWebSockets.forEach(OriginClient::end);
            replaced.forEach(Generation::end);
            current.end();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Shuts a client down. Throws nothing, as other clients follow; the client may be a class of the application. */
    private static void end(HttpClient client) {
        try {
            client.shutdownNow();
        } catch (Throwable e) {
            log.warn("could not shut down an HttpClient that is no longer used", e);
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
