package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.FetchException;
import dev.fetchonce.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Judges every call, and counts. Thread-safe. */
final class Referee {
    /** So long past its patience may a call last: what the machine needs when it is busy. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private static final int MOST_TOLD = 20;

    private final LongAdder calls = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder interrupted = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final Map<Reason, LongAdder> reasons = new ConcurrentHashMap<>();
    private final AtomicLong longestNanos = new AtomicLong();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    /** Something does not hold of the whole; always told, however much else is broken. */
    void unmet(String what) {
        faults.increment();
        told.add(what);
    }

    /** Something is as it must never be. */
    void broken(String what) {
        faults.increment();
        if (faults.sum() <= MOST_TOLD) {
            told.add(what);
        }
    }

    /**
     * A call got this page.
     *
     * @param page what it got
     * @param oldest the oldest version that it may be
     */
    void answered(Document document, Page page, long oldest) {
        answered.increment();
        seen(document, page, oldest);
    }

    /** As {@link #answered}, but counts nothing: nobody was asked. */
    void seen(Document document, Page page, long oldest) {
        if (!page.equals(Page.of(document.path(), page.version()))) {
            broken(document.path() + " was answered with another body, of " + page.path() + " " + page.version());
        } else if (page.version() < oldest) {
            broken(document.path() + " was answered with version " + page.version() + ", older than " + oldest);
        } else if (page.version() > document.newestSent()) {
            broken(document.path() + " was answered with version " + page.version() + ", which was never sent");
        }
    }

    /** A call failed; most reasons are what such an origin brings, the others point at the cache. */
    void failed(Document document, FetchException failure) {
        failed.increment();
        reasons.computeIfAbsent(failure.reason(), reason -> new LongAdder()).increment();
        switch (failure.reason()) {
            case CONNECT, TIMEOUT, PATIENCE, BUSY, BROKEN, PROTOCOL, STATUS, TOO_MANY_WAITERS -> {}
            case TOO_LARGE, REDIRECT, UNDECODABLE, CLOSED, APPLICATION, INTERNAL ->
                broken(document.path() + " failed for a reason that nobody gave: " + failure.reason() + ", "
                        + failure.getMessage());
        }
    }

    /** A call that was interrupted left. */
    void interrupted() {
        interrupted.increment();
    }

    /** A call has ended. */
    void ended(Call call) {
        calls.increment();
        long nanos = System.nanoTime() - call.sinceNanos();
        longestNanos.accumulateAndGet(nanos, Math::max);
        if (call.overdue()) {
            broken(call + " lasted " + nanos / 1_000_000 + " ms");
        }
    }

    /** Calls that have ended. */
    long calls() {
        return calls.sum();
    }

    /** Calls that got a page, or a stale one. */
    long answered() {
        return answered.sum();
    }

    /** Calls that got an exception. */
    long failed() {
        return failed.sum();
    }

    /** Calls that were interrupted and left for that. */
    long interruptions() {
        return interrupted.sum();
    }

    /** Why calls failed. */
    Map<Reason, LongAdder> reasons() {
        return reasons;
    }

    /** The longest call. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** How often something was as it must never be. */
    long faults() {
        return faults.sum();
    }

    /** The first faults in words. */
    List<String> told() {
        return List.copyOf(told);
    }
}
