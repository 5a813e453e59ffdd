package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The counts of one cache as its callers see them. Thread-safe. */
final class Tally {
    private final LongAdder calls = new LongAdder();
    private final LongAdder asked = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder interrupted = new LongAdder();
    private final Map<Reason, LongAdder> failed = new ConcurrentHashMap<>();
    private final Map<Served, LongAdder> served = new ConcurrentHashMap<>();
    private final AtomicLong longestNanos = new AtomicLong();

    /** Counts a call that has ended. */
    void ended(Act act, Duration took) {
        calls.increment();
        if (act.counts()) {
            asked.increment();
        }
        longestNanos.accumulateAndGet(took.toNanos(), Math::max);
    }

    /** Counts a page, fresh or stale. */
    void answered() {
        answered.increment();
    }

    /** Counts the way in which a page was served, where the caller sees it. */
    void served(Served way) {
        served.computeIfAbsent(way, any -> new LongAdder()).increment();
    }

    /** Counts an exception. */
    void failed(Reason reason) {
        failed.computeIfAbsent(reason, any -> new LongAdder()).increment();
    }

    /** Counts a call that left because of an interrupt. */
    void interrupted() {
        interrupted.increment();
    }

    /** Returns the number of actions that have ended. */
    long calls() {
        return calls.sum();
    }

    /** Returns the number of ended actions that asked the cache for a response. */
    long asked() {
        return asked.sum();
    }

    /** Returns the number of calls that got a page, fresh or stale. */
    long pages() {
        return answered.sum();
    }

    /** Returns the number of calls that left because of an interrupt. */
    long interruptions() {
        return interrupted.sum();
    }

    /** Returns the number of calls that got an exception. */
    long failed() {
        return failed.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Returns the number of exceptions by reason. */
    Map<Reason, Long> failures() {
        return sums(failed);
    }

    /** Returns the number of pages by the way in which they were served, where callers saw it. */
    Map<Served, Long> served() {
        return sums(served);
    }

    /** Returns how long the longest call lasted, on the {@link MachineClock}. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    private static <K extends Comparable<K>> Map<K, Long> sums(Map<K, LongAdder> counts) {
        Map<K, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> sums.put(key, count.sum()));
        return sums;
    }
}
