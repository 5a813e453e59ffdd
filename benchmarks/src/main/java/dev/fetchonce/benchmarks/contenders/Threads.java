package dev.fetchonce.benchmarks.contenders;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads on which a client of the JDK does its own work, and the end of both. */
final class Threads {
    /** How long those that are at work may take to notice that it is over; then they are left alone, they keep no JVM. */
    private static final Duration LAST_ORDERS = Duration.ofSeconds(5);

    private Threads() {}

    /** A virtual thread for each task. */
    static ExecutorService virtual() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    /**
     * Threads that run while callers on virtual threads wait for each other inside a monitor: virtual ones where such callers
     * leave their carriers (JEP 491, JDK 24), which they otherwise hold until the last is taken.
     */
    static ExecutorService besideMonitors() {
        return Runtime.version().feature() >= 24
                ? virtual()
                : Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    }

    /** Ends a client; whatever it was doing fails. */
    static void end(HttpClient client) {
        client.shutdownNow();
        try {
            boolean unused = client.awaitTermination(LAST_ORDERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a client, then what it ran on. */
    static void end(HttpClient client, ExecutorService executor) {
        end(client);
        executor.shutdownNow();
    }
}
