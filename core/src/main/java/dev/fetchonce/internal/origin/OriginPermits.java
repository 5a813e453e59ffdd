package dev.fetchonce.internal.origin;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many exchanges with one origin may be under way at once: without a bound, ten thousand cold URLs open ten thousand
 * connections. First come, first served. Thread-safe; an origin takes memory only while somebody has or wants a permit.
 */
public final class OriginPermits {
    /*
     * Why not a fair Semaphore: of those that queue in it, each one that is interrupted walks the queue, so tens of
     * thousands of fetches given up together keep every core busy for seconds. Here whoever leaves only says so; its place
     * is passed over when its turn comes. A line that does not move is cleared of such places once they are half of it, so a
     * place costs its leaver a fixed number of steps on average, and a line takes memory only for those who stand in it.
     *
     * A line is changed only inside the map's atomic step on its origin; whose turn it is is told outside, as that may start
     * a thread. Meanwhile the permit is nobody's and counts as out. A place is left, or served, by who empties it first.
     */
    private static final long UNTIMED = Long.MAX_VALUE;

    /** So many places that were left may stand in a line of any length. */
    private static final int FEW = 64;

    /** Who queues with a thread looks for its turn so often, should nobody be able to wake it. */
    private static final long LOOKS_EVERY = 1_000_000_000;

    private final int perOrigin;
    private final ConcurrentHashMap<String, Line> lines = new ConcurrentHashMap<>();

    public OriginPermits(int perOrigin) {
        this.perOrigin = perOrigin;
    }

    /**
     * Takes a permit if one is free and nobody queues; {@link #release} gives it back.
     *
     * @return whether there was one
     */
    public boolean tryAcquire(String origin) {
        return take(origin, null);
    }

    /** Takes a permit if one is free; else puts that place, if it is one, at the end of the line. */
    private boolean take(String origin, @Nullable Place orElse) {
        boolean[] taken = new boolean[1];
        lines.compute(origin, (same, known) -> {
            Line line = known == null ? new Line(perOrigin) : known;
            taken[0] = line.take();
            if (!taken[0] && orElse != null) {
                line.queue.add(orElse);
            }
            return line;
        });
        return taken[0];
    }

    /**
     * Takes a permit when its turn has come, however late that is; {@link #release} gives it back.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; there is nothing to give back then
     */
    public void acquire(String origin) throws InterruptedException {
        acquire(origin, UNTIMED);
    }

    /**
     * Takes a permit when its turn has come; {@link #release} gives it back.
     *
     * @param nanos the longest wait
     * @return false when that was over first; there is nothing to give back then
     * @throws InterruptedException when the current thread is or becomes interrupted; there is nothing to give back then
     */
    public boolean acquire(String origin, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Thread me = Thread.currentThread();
        long begun = System.nanoTime();
        Place place = queue(origin, () -> {
            wake(me);
            return true;
        });
        while (place.waits()) {
            long left = nanos - (System.nanoTime() - begun);
            if (left <= 0 && place.leave()) {
                return false;
            }
            LockSupport.parkNanos(this, Math.min(left, LOOKS_EVERY));
            if (Thread.interrupted()) {
                if (!place.leave()) {
                    release(origin); // it was served at this very moment
                }
                throw new InterruptedException();
            }
        }
        return true;
    }

    /** Whoever gives a permit back must not fail for want of memory for another's carrier: that one looks by itself, later. */
    private static void wake(Thread thread) {
        try {
            LockSupport.unpark(thread);
        } catch (Throwable e) {
            // it looks for its turn
        }
    }

    /**
     * Stands in the line without a thread.
     *
     * @param turn called when there is a permit, unless the place was left: once, on a thread that gave one back or passed one
     *     on, or on this one before this returns. Must not throw. Returns whether it takes the permit, and then
     *     {@link #release} gives it back
     * @return the place, to be left by who does not want a permit any more
     */
    public Place queue(String origin, BooleanSupplier turn) {
        Place place = new Place(origin, turn);
        if (take(origin, place)) {
            hand(origin, place::serve);
        }
        return place;
    }

    /** Hands on a permit that was acquired; it is given back when that turn does not take it, or throws. */
    public void hand(String origin, BooleanSupplier turn) {
        boolean taken = false;
        try {
            taken = turn.getAsBoolean();
        } finally {
            if (!taken) { // an Error, too, where the caller's stack is nearly full
                release(origin);
            }
        }
    }

    public void release(String origin) {
        Place next = next(origin);
        while (next != null && !next.serve()) {
            next = next(origin);
        }
    }

    /** Who has the permit now that was given back; null: it is free, as nobody queues. */
    private @Nullable Place next(String origin) {
        boolean[] out = new boolean[1];
        @Nullable Place[] next = new Place[1];
        lines.computeIfPresent(origin, (same, line) -> {
            out[0] = line.free < perOrigin;
            if (out[0]) {
                next[0] = line.giveBack();
            }
            return line.free == perOrigin ? null : line;
        });
        if (!out[0]) {
            throw new IllegalStateException("no permit for " + origin + " is out");
        }
        return next[0];
    }

    private void left(String origin) {
        lines.computeIfPresent(origin, (same, line) -> {
            line.left();
            return line;
        });
    }

    /** How many places the line of that origin has now, with some that were left. */
    int places(String origin) {
        int[] places = {0};
        lines.computeIfPresent(origin, (same, line) -> {
            places[0] = line.queue.size();
            return line;
        });
        return places[0];
    }

    /** How many permits there are for one origin. */
    public int perOrigin() {
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
    public int origins() {
        return lines.size();
    }

    private static final class Line {
        private final Queue<Place> queue = new ArrayDeque<>();
        private int free;

        /** How many places were left since it was cleared of them. */
        private int left;

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

        /** Counts a place that was left. */
        void left() {
            left++;
            if (left > FEW && left > queue.size() / 2) {
                queue.removeIf(place -> !place.waits());
                left = 0;
            }
        }

        /** Hands one on to whoever is next, if somebody is. */
        @Nullable
        Place giveBack() {
            Place next = queue.poll();
            if (next == null) {
                free++;
            }
            return next;
        }
    }

    /** A place in a line; one that was left or served keeps nothing of whoever had it. */
    public final class Place {
        private final String origin;
        private final AtomicReference<@Nullable BooleanSupplier> turn;

        private Place(String origin, BooleanSupplier turn) {
            this.origin = origin;
            this.turn = new AtomicReference<>(turn);
        }

        /** Gives it up; says whether it was not served before. */
        public boolean leave() {
            boolean waited = turn.getAndSet(null) != null;
            if (waited) {
                OriginPermits.this.left(origin);
            }
            return waited;
        }

        private boolean serve() {
            BooleanSupplier mine = turn.getAndSet(null);
            return mine != null && mine.getAsBoolean();
        }

        private boolean waits() {
            return turn.get() != null;
        }
    }
}
