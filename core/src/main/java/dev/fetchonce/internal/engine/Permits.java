package dev.fetchonce.internal.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * How many exchanges with one origin may be under way at once: without a bound, ten thousand cold URLs open ten thousand
 * connections. First come, first served. Thread-safe; an origin takes memory only while somebody has or wants a permit.
 */
final class Permits {
    /*
     * Why not a fair Semaphore: of those that queue in it, each one that is interrupted walks the queue, so tens of
     * thousands of fetches given up together keep every core busy for seconds. Here whoever leaves only says so; its place
     * is passed over when its turn comes.
     *
     * A line is changed only inside the map's atomic step on its origin. The state of a place: WAITING -> SERVED, by who
     * releases, inside that step; WAITING -> LEFT, by its own thread. Both by compare-and-set, so that a permit is either
     * taken or passed on.
     */
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
    boolean tryAcquire(String origin) {
        boolean[] acquired = new boolean[1];
        lines.compute(origin, (same, known) -> {
            Line line = known == null ? new Line(perOrigin) : known;
            acquired[0] = line.take();
            return line;
        });
        return acquired[0];
    }

    /**
     * Takes a permit when its turn has come; {@link #release} gives it back.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; there is nothing to give back then
     */
    void acquire(String origin) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Place place = new Place();
        lines.compute(origin, (same, known) -> {
            Line line = known == null ? new Line(perOrigin) : known;
            if (line.take()) {
                place.serve();
            } else {
                line.queue.add(place);
            }
            return line;
        });
        while (!place.served()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                if (!place.leave()) {
                    release(origin); // it was served at this very moment
                }
                throw new InterruptedException();
            }
        }
    }

    void release(String origin) {
        boolean[] out = new boolean[1];
        lines.computeIfPresent(origin, (same, line) -> {
            out[0] = line.free < perOrigin;
            if (out[0]) {
                line.giveBack();
            }
            return line.free == perOrigin ? null : line;
        });
        if (!out[0]) {
            throw new IllegalStateException("no permit for " + origin + " is out");
        }
    }

    /** How many permits there are for one origin. */
    int perOrigin() {
        return perOrigin;
    }

    /** How many permits for that origin are free now. */
    int free(String origin) {
        int[] free = {perOrigin};
        lines.computeIfPresent(origin, (same, line) -> {
            free[0] = line.free;
            return line;
        });
        return free[0];
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

        /** Takes one, if nobody queues; while one is free nobody does. */
        boolean take() {
            if (free == 0) {
                return false;
            }
            free--;
            return true;
        }

        /** Hands one on to whoever is next and has not left. */
        void giveBack() {
            for (Place next = queue.poll(); next != null; next = queue.poll()) {
                if (next.serve()) {
                    return;
                }
            }
            free++;
        }
    }

    /** One thread's place in a line. */
    private static final class Place {
        private enum State {
            WAITING,
            SERVED,
            LEFT
        }

        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        private final Thread thread = Thread.currentThread();

        boolean serve() {
            boolean served = state.compareAndSet(State.WAITING, State.SERVED);
            if (served) {
                LockSupport.unpark(thread);
            }
            return served;
        }

        boolean leave() {
            return state.compareAndSet(State.WAITING, State.LEFT);
        }

        boolean served() {
            return state.get() == State.SERVED;
        }
    }
}
