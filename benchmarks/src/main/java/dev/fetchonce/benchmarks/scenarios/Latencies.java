package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The latencies of the served calls of many callers. */
final class Latencies {
    private final long[] sorted;
    private final double seconds;

    private Latencies(long[] sorted, double seconds) {
        this.sorted = sorted;
        this.seconds = seconds;
    }

    /**
     * Lets so many callers call for so long, in the way that suits the contender.
     *
     * @throws IllegalStateException when a call fails
     */
    static Latencies measure(Contender contender, int callers, Supplier<Callable<?>> calls, Duration length)
            throws InterruptedException, TimeoutException {
        ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
        long begun = System.nanoTime();
        Callers.beginFor(contender, Collections.nCopies(callers, calls), length, nanos::add)
                .awaitServed();
        double seconds = (System.nanoTime() - begun) / 1e9;
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Latencies(sorted, seconds);
    }

    /** Returns the number of calls a second. */
    double aSecond() {
        return sorted.length / seconds;
    }

    /** Returns the time within which that part of the calls ended, in nanoseconds. */
    long percentile(double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))];
    }
}
