package dev.fetchonce.internal.origin;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The permits for concurrent exchanges with one origin. Without a bound, ten thousand cold URLs would open ten thousand
 * connections. First come, first served. Thread-safe. An origin takes memory only while a permit of it is taken or
 * wanted.
 */
public final class OriginPermits {
    /*
     * A fair Semaphore does not serve: each interrupted thread walks its whole queue. Tens of thousands of fetches that
     * are given up together would keep every core busy for seconds. Here a leaving fetch only empties its place, and
     * the line passes over empty places. A line that does not move is cleared of empty places once they are half of it.
     * A leave therefore costs a fixed number of steps on average, and a line takes memory only for the fetches that
     * stand in it.
     *
     * A line changes only inside the map's atomic step on its origin. The call of a turn is outside that step, as it
     * may start a thread. Meanwhile the permit has no holder and counts as taken. A place is either left or served: the
     * step that empties it first decides.
     */
    private static final long UNTIMED = Long.MAX_VALUE;

    /** The number of empty places that may stand in a line of any length. */
    private static final int FEW = 64;

    /** The nanoseconds between two looks of a queued thread for its turn, in case that its wake fails. */
    private static final long LOOKS_EVERY = 1_000_000_000;

    /** The permits of an origin, as a multiple of the exchanges that may go on past their usual time. */
    private static final int OVERTIME_SHARE = 4;

    private final int perOrigin;
    private final ConcurrentHashMap<String, Line> lines = new ConcurrentHashMap<>();

    public OriginPermits(int perOrigin) {
        this.perOrigin = perOrigin;
    }

    /**
     * Takes a permit if one is free and the line is empty; {@link #release} gives it back.
     *
     * @return whether it took a permit
     */
    public boolean tryAcquire(String origin) {
        return take(origin, null);
    }

    /** Takes a permit if one is free; otherwise adds the place, unless it is null, at the end of the line. */
    private boolean take(String origin, @Nullable Place orElse) {
        boolean[] taken = new boolean[1];
        lines.compute(origin, (same, known) -> {
            Line line = known == null ? new Line(perOrigin, mostOvertime()) : known;
            taken[0] = line.take();
            if (!taken[0] && orElse != null) {
                line.queue.add(orElse);
            }
            return line;
        });
        return taken[0];
    }

    /**
     * Waits for a permit without a limit and takes it; {@link #release} gives it back.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; it then has no permit
     */
    public void acquire(String origin) throws InterruptedException {
        acquire(origin, UNTIMED);
    }

    /**
     * Waits for a permit and takes it; {@link #release} gives it back.
     *
     * @param nanos the longest wait, in nanoseconds
     * @return false when the wait ended before the turn; the current thread then has no permit
     * @throws InterruptedException when the current thread is or becomes interrupted; it then has no permit
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
                    release(origin); // its turn came before it could leave
                }
                throw new InterruptedException();
            }
        }
        return true;
    }

    /**
     * Wakes a queued thread. Throws nothing: the thread that gives a permit back must not fail for want of memory for a
     * carrier. Where the wake fails, the queued thread finds its turn at its next look.
     */
    private static void wake(Thread thread) {
        try {
            LockSupport.unpark(thread);
        } catch (Throwable e) {
            // the thread finds its turn at its next look
        }
    }

    /**
     * Adds a place to the line, without a thread that waits.
     *
     * @param turn called once, when the place has its permit, unless the place was left before. The call comes from a
     *     thread that gave a permit back or passed one on, or from the current thread before this method returns. It
     *     must not throw. It returns whether it takes the permit; {@link #release} then gives the permit back
     * @return the place; to be left when the permit is no longer wanted
     */
    public Place queue(String origin, BooleanSupplier turn) {
        Place place = new Place(origin, turn);
        if (take(origin, place)) {
            hand(origin, place::serve);
        }
        return place;
    }

    /** Hands an acquired permit to a turn. Gives the permit back when the turn does not take it, or throws. */
    public void hand(String origin, BooleanSupplier turn) {
        boolean taken = false;
        try {
            taken = turn.getAsBoolean();
        } finally {
            if (!taken) { // also after an Error, such as a stack overflow
                release(origin);
            }
        }
    }

    /** Gives a permit back; it goes to the next place in the line that takes it. */
    public void release(String origin) {
        Place next = next(origin);
        while (next != null && !next.serve()) {
            next = next(origin);
        }
    }

    /** Returns the place that gets the permit now; null where the line is empty and the permit is free. */
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
            throw new IllegalStateException("no permit for " + origin + " is taken");
        }
        return next[0];
    }

    private void left(String origin) {
        lines.computeIfPresent(origin, (same, line) -> {
            line.left();
            return line;
        });
    }

    /**
     * Returns the right of a fetch to go on past its usual time, not yet asked for. The fetch holds a permit of the
     * origin while it asks, and gives back the right before the permit.
     */
    public Overtime overtime(String origin) {
        return new Overtime(this, origin);
    }

    /** Returns the overtime places of an origin, without a lock; null while no permit of it is taken. */
    @Nullable
    Semaphore overtimePlaces(String origin) {
        Line line = lines.get(origin);
        return line == null ? null : line.overtimePlaces;
    }

    /** Returns the number of exchanges with one origin that may go on past their usual time: a quarter of its permits. */
    int mostOvertime() {
        return Math.max(1, perOrigin / OVERTIME_SHARE);
    }

    /** Returns the number of places in the line of an origin now, with some empty places. */
    int places(String origin) {
        int[] places = {0};
        lines.computeIfPresent(origin, (same, line) -> {
            places[0] = line.queue.size();
            return line;
        });
        return places[0];
    }

    /** Returns the number of permits of an origin that are free now. */
    int free(String origin) {
        int[] free = {perOrigin};
        lines.computeIfPresent(origin, (same, line) -> {
            free[0] = line.free;
            return line;
        });
        return free[0];
    }

    /** Returns the number of origins that have a permit taken or wanted. */
    public int origins() {
        return lines.size();
    }

    private static final class Line {
        private final Queue<Place> queue = new ArrayDeque<>();

        /** As old as the line: a fetch with a place has a permit too, and keeps the line in the map. */
        private final Semaphore overtimePlaces;

        private int free;

        /** The number of places that were left since the line was last cleared of them. */
        private int left;

        Line(int permits, int overtime) {
            free = permits;
            overtimePlaces = new Semaphore(overtime);
        }

        /** Takes a permit if one is free. While a permit is free, the line is empty. */
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

        /**
         * Removes the next place of the line and returns it; where the line is empty, frees the permit and returns
         * null.
         */
        @Nullable
        Place giveBack() {
            Place next = queue.poll();
            if (next == null) {
                free++;
            }
            return next;
        }
    }

    /** A place in a line. A place that was left or served does not keep its turn. */
    public final class Place {
        private final String origin;
        private final AtomicReference<@Nullable BooleanSupplier> turn;

        private Place(String origin, BooleanSupplier turn) {
            this.origin = origin;
            this.turn = new AtomicReference<>(turn);
        }

        /** Leaves the place. Returns whether it was neither served nor left before. */
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
