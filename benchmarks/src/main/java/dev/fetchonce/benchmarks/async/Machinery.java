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
 * The client and the threads of an asynchronous cache. Virtual threads work for the client and after exchanges, and one
 * thread waits for alarms. Thread-safe.
 */
final class Machinery {
    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** The period of the timer, and so the delay of an alarm that is not soon. */
    private static final long PACE_MILLIS = 10;

    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(10 * PACE_MILLIS);

    /**
     * The alarms that are not soon. The timer looks at all of them in each period. Nearly all are stopped before they
     * are due, and to keep them sorted would cost more for each.
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
            new ThreadPoolExecutor.DiscardPolicy()); // once it is closed, when all alarms have been ended

    Machinery() {
        timer.setRemoveOnCancelPolicy(true); // otherwise each exchange would be held until its timeout
        var unused = timer.scheduleWithFixedDelay(this::look, PACE_MILLIS, PACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** An action and the time at which it is due, by {@link System#nanoTime()}. Each is equal only to itself. */
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

    /** Returns the executor for work that may take long: decoding, and the dependent actions of callers. */
    ExecutorService executor() {
        return executor;
    }

    /** Runs an action on the executor after so many nanoseconds, or a few milliseconds later. */
    Alarm after(long nanos, Runnable what) {
        if (nanos <= SOON) {
            Future<?> timed = timer.schedule(() -> executor.execute(what), nanos, TimeUnit.NANOSECONDS);
            return () -> timed.cancel(false);
        }
        Later later = new Later(System.nanoTime() + nanos, what);
        waiting.add(later);
        return () -> waiting.remove(later);
    }

    /**
     * Ends the client and the threads, and interrupts their work. Waits at most {@link #CLOSING} for each of the two.
     */
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
        } catch (InterruptedException e) { // as when one of its own threads closes it
            Thread.currentThread().interrupt();
        }
    }
}
