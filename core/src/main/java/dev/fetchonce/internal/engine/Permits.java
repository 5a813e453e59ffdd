package dev.fetchonce.internal.engine;

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
     * Takes a permit if one is free and nobody queues; {@link #release} gives it back.
     *
     * @return whether there was one
     */
    boolean tryAcquire(String origin) throws InterruptedException {
        return enter(
                origin, permits -> permits.tryAcquire(0, TimeUnit.NANOSECONDS)); // without a time it would barge in
    }

    /**
     * Takes a permit when its turn has come; {@link #release} gives it back.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; there is nothing to give back then
     */
    void acquire(String origin) throws InterruptedException {
        enter(origin, permits -> {
            permits.acquire();
            return true;
        });
    }

    private interface Taking {
        boolean from(Semaphore permits) throws InterruptedException;
    }

    private boolean enter(String origin, Taking taking) throws InterruptedException {
        Line line = lines.compute(origin, (same, known) -> (known == null ? new Line(perOrigin) : known).entered());
        boolean acquired = false;
        try {
            acquired = taking.from(line.permits);
            return acquired;
        } finally {
            if (!acquired) {
                leave(origin);
            }
        }
    }

    void release(String origin) {
        Line line = lines.get(origin);
        if (line == null || line.permits.availablePermits() >= perOrigin) {
            throw new IllegalStateException("no permit for " + origin + " is out");
        }
        line.permits.release();
        leave(origin);
    }

    /** How many permits there are for one origin. */
    int perOrigin() {
        return perOrigin;
    }

    /** How many permits for that origin are free now. */
    int free(String origin) {
        Line line = lines.get(origin);
        return line == null ? perOrigin : line.permits.availablePermits();
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
