package dev.fetchonce.benchmarks.async;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How many exchanges with one origin may be under way at once. First come, first served; nothing blocks. Thread-safe; an
 * origin takes memory only while somebody has or wants a permit.
 */
final class AsyncPermits {
    private final int perOrigin;
    private final Executor executor;

    /** A line is changed only inside the map's atomic step on its origin. */
    private final ConcurrentHashMap<String, Line> lines = new ConcurrentHashMap<>();

    /**
     * Makes lines that are all empty.
     *
     * @param executor runs those whose turn has come, so that whoever gives a permit back does not
     */
    AsyncPermits(int perOrigin, Executor executor) {
        this.perOrigin = perOrigin;
        this.executor = executor;
    }

    /**
     * Runs something once there is a permit for it, which must give the permit back, and not throw.
     *
     * @param now what is run at once, where one is free
     * @param later what is run when its turn has come, where none is
     * @return its place in the line, which it may leave
     */
    Place enter(String origin, Runnable now, Runnable later) {
        Place place = new Place(later);
        boolean[] free = new boolean[1];
        lines.compute(origin, (same, known) -> {
            Line line = known == null ? new Line(perOrigin) : known;
            free[0] = line.take();
            if (!free[0]) {
                line.queue.add(place);
            }
            return line;
        });
        if (free[0] && place.settle()) {
            now.run();
        }
        return place;
    }

    /** Gives a permit back, to whoever is next. */
    void release(String origin) {
        @Nullable Place[] next = new Place[1];
        lines.computeIfPresent(origin, (same, line) -> {
            next[0] = line.next();
            return line.free == perOrigin ? null : line;
        });
        if (next[0] != null) {
            executor.execute(next[0].boarding);
        }
    }

    /** How many origins somebody has or wants a permit of. */
    int origins() {
        return lines.size();
    }

    private static final class Line {
        private final Queue<Place> queue = new ArrayDeque<>();
        private int free;

        Line(int permits) {
            free = permits;
        }

        /** Takes one; while one is free nobody queues. */
        boolean take() {
            if (free == 0) {
                return false;
            }
            free--;
            return true;
        }

        /** The next who has not left; where there is none, the permit is free. */
        @Nullable
        Place next() {
            for (Place next = queue.poll(); next != null; next = queue.poll()) {
                if (next.settle()) {
                    return next;
                }
            }
            free++;
            return null;
        }
    }

    /** A place in a line. Its turn comes, or it is left, whichever is first. */
    static final class Place {
        private final Runnable boarding;
        private final AtomicBoolean settled = new AtomicBoolean();

        private Place(Runnable boarding) {
            this.boarding = boarding;
        }

        /** Gives the place up; it is passed over when its turn comes, and does nothing if that has come. */
        void leave() {
            settle();
        }

        private boolean settle() {
            return settled.compareAndSet(false, true);
        }
    }
}
