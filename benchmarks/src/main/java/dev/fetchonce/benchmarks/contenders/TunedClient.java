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
 * The JDK's client as one tunes it who has measured: HTTP/1.1, its own work on virtual threads, and no more than
 * {@value #PERMITS} exchanges at once. Who waits for a permit and then for the head of a response may need twice their
 * patience.
 */
final class TunedClient implements Contender {
    /** How many exchanges there may be at once. */
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

    /** One that asks on behalf of many, and so for as long as an exchange may take. */
    static TunedClient behindCache(Settings settings) {
        return behindCache(settings, Threads.virtual());
    }

    /** The same, whose own work is done on these threads. */
    static TunedClient behindCache(Settings settings, ExecutorService executor) {
        return new TunedClient(settings, settings.timeout(), executor);
    }

    /** The client itself, without its permits. */
    HttpClient client() {
        return client;
    }

    /** What it does its own work on. */
    Executor executor() {
        return executor;
    }

    /** A request for a URL. */
    HttpRequest request(String url) {
        return Exchanges.request(url, settings, patience);
    }

    /** The body of a success, once there is a permit. */
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
