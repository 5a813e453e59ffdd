package dev.fetchonce.benchmarks.contenders;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's client, tuned after measurements: HTTP/1.1, work on virtual threads, and at most {@value #PERMITS}
 * exchanges at once. A caller that waits for a permit and then for the head of a response may need twice its patience.
 */
final class TunedClient implements Contender {
    /** The number of exchanges at once. */
    static final int PERMITS = 64;

    private final ExecutorService executor;
    private final HttpClient client;
    private final Semaphore permits = new Semaphore(PERMITS);
    private final Settings settings;
    private final Duration patience;

    TunedClient(Settings settings) {
        this(settings, settings.patience(), Threads.virtual());
    }

    private TunedClient(Settings settings, Duration patience, ExecutorService executor) {
        this.executor = executor;
        this.client = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .executor(executor)
                .connectTimeout(settings.timeout())
                .build();
        this.settings = settings;
        this.patience = patience;
    }

    /** Makes a client that asks on behalf of many callers, and so for as long as an exchange may take. */
    static TunedClient behindCache(Settings settings) {
        return behindCache(settings, Threads.virtual());
    }

    /** Makes a client that asks on behalf of many callers, and that works on these threads. */
    static TunedClient behindCache(Settings settings, ExecutorService executor) {
        return new TunedClient(settings, settings.timeout(), executor);
    }

    /** Returns the client itself, without its permits. */
    HttpClient client() {
        return client;
    }

    /** Returns the threads on which the client works. */
    Executor executor() {
        return executor;
    }

    /** Makes a request for a URL. */
    HttpRequest request(String url) {
        return Exchanges.request(url, settings, patience);
    }

    /** Returns the body of a response with status 200, once there is a permit. */
    byte[] send(HttpRequest request) throws IOException, InterruptedException {
        if (settings.unhurried()) {
            permits.acquire();
        } else if (!permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new HttpTimeoutException("no permit in time");
        }
        try {
            return Exchanges.body(client.send(request, BodyHandlers.ofByteArray()));
        } finally {
            permits.release();
        }
    }

    @Override
    public Callable<?> call(String url) {
        HttpRequest request = request(url);
        return () -> send(request);
    }

    @Override
    public void close() {
        Threads.end(client, executor);
    }
}
