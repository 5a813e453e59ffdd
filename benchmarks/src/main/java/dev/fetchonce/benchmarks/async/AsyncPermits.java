package dev.fetchonce.benchmarks.async;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The permits for exchanges: so many for each origin, given in the order of the requests. No method blocks. An origin
 * takes memory only while a flight holds or wants a permit of it. Thread-safe.
 */
final class AsyncPermits {
    private final int perOrigin;
    private final Executor executor;

    /** A line changes only inside the map's atomic step on its origin. */
    private final ConcurrentHashMap<String, Line> lines = new ConcurrentHashMap<>();

    /**
     * Makes lines that are all empty.
     *
     * @param executor runs the flights whose turn has come, in place of the thread that gives a permit back
     */
    AsyncPermits(int perOrigin, Executor executor) {
        this.perOrigin = perOrigin;
        this.executor = executor;
    }

    /**
     * Runs an action once there is a permit for it. The action must give the permit back and must not throw.
     *
     * @param now the action that runs at once when a permit is free
     * @param later the action that runs when its turn comes
     * @return the place of the action in the line, which it may leave
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

    /** Gives a permit back, to the first place in the line. */
    void release(String origin) {
        @Nullable Place[] next = new Place[1];
        lines.computeIfPresent(origin, (same, line) -> {
            next[0] = line.next();
            return line.free == perOrigin ? null : line;
        });
        if (next[0] != null) {
            executor.execute(next[0].turn);
        }
    }

    /** Returns the number of origins of which a flight holds or wants a permit. */
    int origins() {
        return lines.size();
    }

    private static final class Line {
        private final Queue<Place> queue = new ArrayDeque<>();
        private int free;

        Line(int permits) {
            free = permits;
        }

        /** Takes a permit if one is free. No flight queues while a permit is free. */
        boolean take() {
            if (free == 0) {
                return false;
            }
            free--;
            return true;
        }

        /** Returns the next place that was not left. Without such a place the permit becomes free. */
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

    /** A place in a line. It is settled once: its turn comes, or the flight leaves it. */
    static final class Place {
        private final Runnable turn;
        private final AtomicBoolean settled = new AtomicBoolean();

        private Place(Runnable turn) {
            this.turn = turn;
        }

        /** Gives the place up. The line passes over it when its turn comes. Does nothing when its turn has come. */
        void leave() {
            settle();
        }

        private boolean settle() {
            return settled.compareAndSet(false, true);
        }
    }
}
