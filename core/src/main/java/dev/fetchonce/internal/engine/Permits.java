package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Deadline;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many exchanges with one origin may be under way at once: without a bound, ten thousand cold URLs open ten thousand
 * connections. First come, first served. Thread-safe; an origin takes memory only while somebody has or wants a permit.
 */
final class Permits {
    private final int perOrigin;
    private final ConcurrentHashMap<String, Line> lines = new ConcurrentHashMap<>();

    Permits(int perOrigin) {
        this.perOrigin = perOrigin;
    }

    /**
     * Takes a permit; {@link #release} gives it back.
     *
     * @return false, and nothing to give back, when none came free in time
     */
    boolean acquire(String origin, Deadline deadline) throws InterruptedException {
        Line line = lines.compute(origin, (same, known) -> (known == null ? new Line(perOrigin) : known).entered());
        boolean acquired = false;
        try {
            acquired = line.permits.tryAcquire(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
            return acquired;
        } finally {
            if (!acquired) {
                leave(origin);
            }
        }
    }

    void release(String origin) {
        Line line = lines.get(origin);
        if (line == null) {
            throw new IllegalStateException("no permit for " + origin + " is out");
        }
        line.permits.release();
        leave(origin);
    }

    /** How many origins somebody has or wants a permit of. */
    int origins() {
        return lines.size();
    }

    private void leave(String origin) {
        lines.computeIfPresent(origin, (same, line) -> line.left());
    }

    private static final class Line {
        final Semaphore permits;

        /** Who has or wants a permit; changed only inside the map's atomic step on this origin. */
        private int users;

        Line(int permits) {
            this.permits = new Semaphore(permits, true);
        }

        Line entered() {
            users++;
            return this;
        }

        @Nullable
        Line left() {
            return --users == 0 ? null : this;
        }
    }
}
