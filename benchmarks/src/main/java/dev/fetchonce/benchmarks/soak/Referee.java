package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** Judges every call, and keeps the faults. Thread-safe. */
final class Referee {
    /** The time that a call may last beyond its bound. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private static final Duration AT_ONCE = Duration.ofMillis(300);
    private static final int MOST_TOLD = 20;

    private final MachineClock clock;
    private final LongAdder faults = new LongAdder();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    /** Makes a referee whose bounds count on this clock. */
    Referee(MachineClock clock) {
        this.clock = clock;
    }

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
     * Judges a page.
     *
     * @param page the page
     * @param oldest the oldest version that it may have
     */
    void seen(Document document, Page page, long oldest) {
        if (!page.equals(Page.of(document.path(), page.version()))) {
            broken(document.path() + " was answered with another body, of " + page.path() + " " + page.version());
        } else if (page.version() < oldest) {
            broken(document.path() + " was answered with version " + page.version() + ", older than " + oldest);
        } else if (page.version() > document.newestSent()) {
            broken(document.path() + " was answered with version " + page.version() + ", which was never sent");
        }
    }

    /** Judges the way in which a call was served. The trouble of another user makes no answer stale. */
    void served(Call call, CachedResponse response) {
        if (call.target().promise() == Promise.SERVES
                && (response.served() == Served.STALE_BACKOFF || response.served() == Served.STALE_ERROR)) {
            broken(call + " of a user without a limit was served " + response.served());
        }
    }

    /** Judges the failure of a call. */
    void failed(Call call, FetchException failure) {
        switch (failure.reason()) {
            case CONNECT, TIMEOUT, PATIENCE, BUSY, BROKEN, PROTOCOL, STATUS, TOO_MANY_WAITERS -> {}
            case TOO_LARGE, REDIRECT, UNDECODABLE, CLOSED, APPLICATION, INTERNAL ->
                broken(call + " failed for a reason that the origin cannot cause: " + told(failure));
        }
        switch (call.target().promise()) {
            case NONE -> {}
            case STANDS_IN -> {
                if (call.hasStored()) {
                    broken(call + " failed though its response is stored: " + told(failure));
                }
            }
            case SERVES -> {
                if (failure.reason() != Reason.PATIENCE && failure.reason() != Reason.BUSY) {
                    broken(call + " of a user without a limit failed: " + told(failure));
                }
            }
        }
    }

    private static String told(FetchException failure) {
        return failure.reason() + ", " + failure.getMessage();
    }

    /** Judges how long a call lasted, which has just ended, and returns that time. */
    Duration ended(Call call, Policy policy) {
        Duration took = clock.since(call.since());
        boolean bounded = call.target().promise() != Promise.NONE && call.hasStored();
        Duration most = (bounded ? least(policy.softTimeout(), call.patience()) : call.patience()).plus(GRACE);
        if (took.compareTo(most) > 0) {
            broken(call + (bounded ? ", stored," : "") + " lasted " + took.toMillis() + " ms");
        }
        return took;
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /**
     * Judges the counts of a cache by those of its callers, after the last call. A call counts once as a hit, as a miss,
     * as collapsed or as held. A call counts twice when it first waited and then got another response at once.
     */
    void counted(String cache, CacheStats stats, Tally tally) {
        long waited = stats.misses() + stats.collapsed();
        long atOnce = stats.hits() + stats.heldByBackoff();
        long beyond = tally.failures().getOrDefault(Reason.TOO_MANY_WAITERS, 0L)
                + stats.stale().getOrDefault(Served.STALE_PATIENCE, 0L); // the waiters beyond the maximum count nowhere
        expect(waited <= tally.asked(), cache, stats, "more calls waited than there were, " + tally.asked());
        expect(atOnce <= tally.asked(), cache, stats, "more calls were answered at once than there were");
        expect(
                waited + atOnce + beyond + tally.interruptions() >= tally.asked(),
                cache,
                stats,
                "fewer calls counted than there were, " + tally.asked());
        tally.served().forEach((served, seen) -> {
            long counted = served.stale() ? stats.stale().getOrDefault(served, 0L) : tally.asked();
            expect(seen <= counted, cache, stats, seen + " calls saw " + served);
        });
        expect(stats.staleServed() <= tally.asked(), cache, stats, "more stale answers than calls");
        expect(stats.fetchesInProgress() == 0, cache, stats, "a fetch is in progress");
    }

    /** Waits for a condition that must come true within some time and the grace. */
    void settles(String what, Duration within, BooleanSupplier holds) throws InterruptedException {
        holdsWithin(what, within.plus(GRACE), holds);
    }

    /** Waits for a condition that must come true at once. */
    void holdsAtOnce(String what, BooleanSupplier holds) throws InterruptedException {
        holdsWithin(what, AT_ONCE, holds);
    }

    private void holdsWithin(String what, Duration within, BooleanSupplier holds) throws InterruptedException {
        long since = clock.nanos();
        while (!holds.getAsBoolean()) {
            if (clock.since(since).compareTo(within) > 0) {
                unmet("it does not hold that " + what);
                return;
            }
            Thread.sleep(20);
        }
    }

    private void expect(boolean holds, String cache, CacheStats stats, String otherwise) {
        if (!holds) {
            unmet("the counts of " + cache + " are wrong: " + otherwise + "; " + stats);
        }
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
