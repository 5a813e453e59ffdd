package dev.fetchonce.examples.demo;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A crowd of virtual threads that made one call at one moment, and the time that each of them waited. */
final class Crowd {
    private final long[] sorted;
    private final int failed;
    private final String firstFailure;

    private Crowd(long[] nanos, Queue<Exception> failures) {
        Arrays.sort(nanos);
        this.sorted = nanos;
        this.failed = failures.size();
        this.firstFailure = failures.isEmpty() ? "" : String.valueOf(failures.peek());
    }

    /** Starts the threads, releases them together, and waits for the last one. */
    static Crowd rush(int callers, Callable<?> call) throws InterruptedException {
        long[] nanos = new long[callers];
        Queue<Exception> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < callers; caller++) {
                int me = caller;
                threads.execute(() -> {
                    ready.countDown();
                    long asked = 0;
                    try {
                        go.await();
                        asked = System.nanoTime();
                        call.call();
                    } catch (Exception e) {
                        failures.add(e);
                    }
                    nanos[me] = System.nanoTime() - asked;
                });
            }
            ready.await();
            go.countDown();
        }
        return new Crowd(nanos, failures);
    }

    int calls() {
        return sorted.length;
    }

    int failed() {
        return failed;
    }

    /** Returns the exception of the first failed call as text, or an empty text. */
    String firstFailure() {
        return firstFailure;
    }

    long min() {
        return sorted[0];
    }

    long max() {
        return sorted[sorted.length - 1];
    }

    /** Returns the time within which a percentage of the callers had their answer (nearest rank). */
    long percentile(int percent) {
        return sorted[Math.max(0, (int) ((long) sorted.length * percent + 99) / 100 - 1)];
    }
}
