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
    /** The time that a call may last beyond its patience, which a busy machine needs. */
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

    /** Records a fault of the whole run. It is always reported, even after many other faults. */
    void unmet(String what) {
        faults.increment();
        told.add(what);
    }

    /** Records a fault. The first {@link #MOST_TOLD} are reported in words. */
    void broken(String what) {
        faults.increment();
        if (faults.sum() <= MOST_TOLD) {
            told.add(what);
        }
    }

    /**
     * Judges the page that a call got.
     *
     * @param page the page
     * @param oldest the oldest version that it may have
     */
    void answered(Document document, Page page, long oldest) {
        answered.increment();
        seen(document, page, oldest);
    }

    /** Judges a page as {@link #answered} does, without counting a call, because no request was sent. */
    void seen(Document document, Page page, long oldest) {
        if (!page.equals(Page.of(document.path(), page.version()))) {
            broken(document.path() + " was answered with another body, of " + page.path() + " " + page.version());
        } else if (page.version() < oldest) {
            broken(document.path() + " was answered with version " + page.version() + ", older than " + oldest);
        } else if (page.version() > document.newestSent()) {
            broken(document.path() + " was answered with version " + page.version() + ", which was never sent");
        }
    }

    /** Judges the failure of a call. Such an origin causes most reasons, and the other reasons point at the cache. */
    void failed(Document document, FetchException failure) {
        failed.increment();
        reasons.computeIfAbsent(failure.reason(), reason -> new LongAdder()).increment();
        switch (failure.reason()) {
            case CONNECT, TIMEOUT, PATIENCE, BUSY, BROKEN, PROTOCOL, STATUS, TOO_MANY_WAITERS -> {}
            case TOO_LARGE, REDIRECT, UNDECODABLE, CLOSED, APPLICATION, INTERNAL ->
                broken(document.path() + " failed for a reason that the origin cannot cause: " + failure.reason() + ", "
                        + failure.getMessage());
        }
    }

    /** Counts a call that left because of an interrupt. */
    void interrupted() {
        interrupted.increment();
    }

    /** Counts a call that has ended, and judges how long it lasted. */
    void ended(Call call) {
        calls.increment();
        long nanos = System.nanoTime() - call.sinceNanos();
        longestNanos.accumulateAndGet(nanos, Math::max);
        if (call.overdue()) {
            broken(call + " lasted " + nanos / 1_000_000 + " ms");
        }
    }

    /** Returns the number of calls that have ended. */
    long calls() {
        return calls.sum();
    }

    /** Returns the number of calls that got a page, fresh or stale. */
    long answered() {
        return answered.sum();
    }

    /** Returns the number of calls that got an exception. */
    long failed() {
        return failed.sum();
    }

    /** Returns the number of calls that left because of an interrupt. */
    long interruptions() {
        return interrupted.sum();
    }

    /** Returns the number of failed calls by reason. */
    Map<Reason, LongAdder> reasons() {
        return reasons;
    }

    /** Returns how long the longest call lasted. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** Returns the number of faults. */
    long faults() {
        return faults.sum();
    }

    /** Returns the first faults in words. */
    List<String> told() {
        return List.copyOf(told);
    }
}
