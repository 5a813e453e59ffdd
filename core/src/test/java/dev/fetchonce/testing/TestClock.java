package dev.fetchonce.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The monotonic clock and the wall clock, moved by the test alone. Monotonic time may wrap, so it starts 5 s before it
 * wraps. A comparison of two moments in place of their difference then fails a test.
 */
public final class TestClock {
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
    private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.parse("2026-02-03T04:05:06Z"));
    private final AtomicLong nanoReads = new AtomicLong();
    private final AtomicLong wallReads = new AtomicLong();

    public long nanoTime() {
        nanoReads.incrementAndGet();
        return nanos.get();
    }

    public InstantSource wall() {
        return () -> {
            wallReads.incrementAndGet();
            return wall.get();
        };
    }

    /** Moves both clocks forward: time passes. */
    public void advance(Duration span) {
        nanos.addAndGet(span.toNanos());
        wall.updateAndGet(now -> now.plus(span));
    }

    /** Moves the wall clock alone: the machine sleeps, and monotonic time stands still. */
    public void suspend(Duration span) {
        wall.updateAndGet(now -> now.plus(span));
    }

    /** Changes the wall clock alone, as when a user sets it. */
    public void setWall(Duration change) {
        wall.updateAndGet(now -> now.plus(change));
    }

    public long nanoReads() {
        return nanoReads.get();
    }

    public long wallReads() {
        return wallReads.get();
    }
}
