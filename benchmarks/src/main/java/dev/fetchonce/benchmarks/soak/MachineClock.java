package dev.fetchonce.benchmarks.soak;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A monotonic clock that stands while the machine stalls: while a virtual thread with a short sleep wakes much too late.
 * The bounds of the soak test count on it, so no busy machine breaks them. Thread-safe.
 */
final class MachineClock implements AutoCloseable {
    private static final Duration BEAT = Duration.ofMillis(10);

    /** The lateness of a beat that is no stall. */
    private static final long USUAL = TimeUnit.MILLISECONDS.toNanos(100);

    private final long start = System.nanoTime();
    private final Thread thread = Thread.ofVirtual().name("soak-beats").start(this::beat);
    private volatile Beat last = new Beat(start, 0);

    /**
     * The last beat.
     *
     * @param at its time, by {@link System#nanoTime}
     * @param stalled the length of all stalls before it, in nanoseconds
     */
    private record Beat(long at, long stalled) {
        long late(long now) {
            return Math.max(0, now - at - BEAT.toNanos() - USUAL);
        }
    }

    /** Returns the time in nanoseconds since an arbitrary origin. It never goes back. */
    long nanos() {
        Beat beat = last;
        long now = System.nanoTime();
        return now - beat.stalled() - beat.late(now);
    }

    /** Returns the time since an earlier reading. */
    Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }

    /** Returns the length of all stalls. */
    Duration stalled() {
        return Duration.ofNanos(last.stalled());
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void beat() {
        try {
            while (true) {
                Thread.sleep(BEAT);
                Beat before = last;
                long now = System.nanoTime();
                last = new Beat(now, before.stalled() + before.late(now));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the clock is closed
        }
    }
}
