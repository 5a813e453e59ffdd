package dev.fetchonce.benchmarks.async;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** So late is what runs later, unless it is so soon that this is too coarse. */
    private static final long PACE_MILLIS = 10;

    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(10 * PACE_MILLIS);

    /**
     * What runs later and not soon. All of them are looked at time and again: nearly all are taken out before their time comes,
     * and to keep them in its order would cost each more than that.
     */
    private final Set<Later> waiting = ConcurrentHashMap.newKeySet();

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
        var unused = timer.scheduleWithFixedDelay(this::look, PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Something whose time comes, by {@link System#nanoTime()}; each is one of its own. */
    private static final class Later {
        private final long due;
        private final Runnable what;

        Later(long due, Runnable what) {
            this.due = due;
            this.what = what;
        }
    }

    private void look() {
        long now = System.nanoTime();
        waiting.removeIf(each -> {
            boolean due = each.due - now <= 0;
            if (due) {
                executor.execute(each.what);
            }
            return due;
        });
    }

    HttpClient client() {
        return client;
    }

    /** Runs what may take its time: decoding, and what callers hang onto their futures. */
    ExecutorService executor() {
        return executor;
    }

    /** Runs something on the executor once so many nanoseconds have passed, or a few milliseconds later. */
    Alarm after(long nanos, Runnable what) {
        if (nanos <= SOON) {
            Future<?> timed = timer.schedule(() -> executor.execute(what), nanos, TimeUnit.NANOSECONDS);
            return () -> timed.cancel(false);
        }
        Later later = new Later(System.nanoTime() + nanos, what);
        waiting.add(later);
        return () -> waiting.remove(later);
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
