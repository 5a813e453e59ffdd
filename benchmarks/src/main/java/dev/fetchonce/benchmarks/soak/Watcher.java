package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CacheStats;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The watcher of a run. It prints a line a second, and looks for calls that hang. Used by one thread. */
final class Watcher {
    private static final int SECONDS_BETWEEN_COLLECTIONS = 10;

    private final Subject subject;
    private final Origin origin;
    private final Referee referee;
    private final List<Caller> callers;
    private final Set<Call> hanging = new HashSet<>();
    private Seen last = new Seen(0, 0, 0, 0, 0);

    /** The counts at one moment. */
    private record Seen(long calls, long answered, long stale, long failed, long requests) {}

    /**
     * The measurements of the run.
     *
     * @param heapEarly MiB in use after a collection, after a quarter of the time
     * @param heapLate MiB in use after a collection at the end, while the callers still call
     * @param flights the most flights that were up
     * @param threads the most platform threads
     * @param cacheThreads the most threads of the cache and its client, with the virtual ones
     */
    record Measured(long heapEarly, long heapLate, int flights, int threads, int cacheThreads) {}

    /** Makes a watcher of these callers. */
    Watcher(Subject subject, Origin origin, Referee referee, List<Caller> callers) {
        this.subject = subject;
        this.origin = origin;
        this.referee = referee;
        this.callers = callers;
    }

    /** Watches for so many seconds, at least 4. */
    Measured watch(long seconds) throws InterruptedException {
        long start = System.nanoTime();
        long quarter = Math.ceilDiv(seconds, 4);
        Measured most = new Measured(0, 0, 0, 0, 0);
        for (long second = 1; second <= seconds; second++) {
            Thread.sleep(Duration.ofNanos(start + second * 1_000_000_000L - System.nanoTime()));
            boolean telling = second == quarter || second == seconds;
            boolean collects = telling || second % SECONDS_BETWEEN_COLLECTIONS == 0;
            long heap = collects ? Heap.collected() : Heap.used();
            int flights = subject.cache().stats().fetchesInProgress();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            int cacheThreads = CacheThreads.living().size();
            print(second, flights, threads, cacheThreads, heap + (collects ? " MiB after GC" : " MiB"));
            most = new Measured(
                    second <= quarter ? heap : most.heapEarly(),
                    heap,
                    Math.max(most.flights(), flights),
                    Math.max(most.threads(), threads),
                    Math.max(most.cacheThreads(), cacheThreads));
            hanging();
        }
        return most;
    }

    private void hanging() {
        for (Caller caller : callers) {
            caller.overdue().filter(hanging::add).ifPresent(call -> referee.broken(call + " hangs"));
        }
    }

    private void print(long second, int flights, int threads, int cacheThreads, String heap) {
        CacheStats stats = subject.cache().stats();
        Tally tally = subject.tally();
        Seen now = new Seen(
                tally.calls(),
                tally.pages(),
                stats.staleServed(),
                tally.failed(),
                origin.listener().requests());
        long stale = now.stale() - last.stale();
        System.out.println(String.format(
                Locale.ROOT,
                "%4d s %,7d calls: %,7d fresh %,6d stale %,5d failed | origin: %,5d requests %3d connections"
                        + " | flights %3d threads %3d (cache's %3d) heap %s | broken %d",
                second,
                now.calls() - last.calls(),
                Math.max(0, now.answered() - last.answered() - stale),
                stale,
                now.failed() - last.failed(),
                now.requests() - last.requests(),
                origin.listener().connections(),
                flights,
                threads,
                cacheThreads,
                heap,
                referee.faults()));
        last = now;
    }
}
