package dev.fetchonce.benchmarks.contenders;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads on which a client of the JDK works, and the end of both. */
final class Threads {
    /**
     * The time that the threads at work have to end. After that they are left alone, because they keep no JVM alive.
     */
    private static final Duration LAST_ORDERS = Duration.ofSeconds(5);

    private Threads() {}

    /** Returns an executor with a virtual thread for each task. */
    static ExecutorService virtual() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    /**
     * Returns threads that run while callers on virtual threads wait for each other inside a monitor. They are virtual
     * where such callers leave their carriers (JEP 491, JDK 24). On older versions these callers hold their carriers
     * until the last one is taken.
     */
    static ExecutorService besideMonitors() {
        return Runtime.version().feature() >= 24
                ? virtual()
                : Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    }

    /** Ends a client. Its exchanges under way fail. */
    static void end(HttpClient client) {
        client.shutdownNow();
        try {
            boolean unused = client.awaitTermination(LAST_ORDERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a client, and then its threads. */
    static void end(HttpClient client, ExecutorService executor) {
        end(client);
        executor.shutdownNow();
    }
}
