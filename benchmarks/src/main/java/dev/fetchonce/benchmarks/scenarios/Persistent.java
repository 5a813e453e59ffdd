package dev.fetchonce.benchmarks.scenarios;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/** Callers that block, each on a virtual thread, and go on calling after failures. Thread-safe. */
final class Persistent {
    private final LongAdder calls = new LongAdder();
    private final LongAdder served = new LongAdder();
    private final Duration pause;
    private final long end;

    private Persistent(Duration pause, Duration length) {
        this.pause = pause;
        this.end = System.nanoTime() + length.toNanos();
    }

    /**
     * Lets so many callers ask for these documents in turn, each from another document on. Returns when all callers
     * have ended.
     */
    static Persistent ask(int callers, List<Callable<?>> documents, Duration pause, Duration length) {
        Persistent all = new Persistent(pause, length);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                int first = i;
                threads.execute(() -> all.ask(documents, first));
            }
        }
        return all;
    }

    private void ask(List<Callable<?>> documents, int first) {
        try {
            for (int i = first; System.nanoTime() - end < 0; i++) {
                ask(documents.get(i % documents.size()));
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // no thread interrupts it here
        }
    }

    private void ask(Callable<?> document) throws InterruptedException {
        try {
            if (document.call() != null) {
                served.increment();
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // the caller goes on calling
        }
        calls.increment();
    }

    long calls() {
        return calls.sum();
    }

    long served() {
        return served.sum();
    }
}
