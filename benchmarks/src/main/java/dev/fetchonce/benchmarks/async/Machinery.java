package dev.fetchonce.benchmarks.async;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What an asynchronous cache runs on: a client, virtual threads for it and for what comes of an exchange, and one thread that
 * waits for times to come. Thread-safe.
 */
final class Machinery {
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
            .name("async-", 0)
            .inheritInheritableThreadLocals(false)
            .factory());

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(executor)
            .build();

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().name("async-timer").daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy()); // once it is closed, as all that waited has been ended

    Machinery() {
        timer.setRemoveOnCancelPolicy(true); // or each exchange would be held for as long as it might have taken
    }

    HttpClient client() {
        return client;
    }

    /** Runs what may take its time: decoding, and what callers hang onto their futures. */
    ExecutorService executor() {
        return executor;
    }

    /** Runs something on the executor once so many nanoseconds have passed. */
    Future<?> after(long nanos, Runnable what) {
        return timer.schedule(() -> executor.execute(what), nanos, TimeUnit.NANOSECONDS);
    }

    /** Ends client and threads; what they do is interrupted. Waits for that, but not long. */
    void close() {
        timer.shutdownNow();
        client.shutdownNow();
        executor.shutdownNow();
        try {
            var ended = client.awaitTermination(CLOSING)
                    && executor.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                throw new IllegalStateException("the threads of the cache have not ended within " + CLOSING);
            }
        } catch (InterruptedException e) { // as it is where one of its own threads closes it
            Thread.currentThread().interrupt();
        }
    }
}
