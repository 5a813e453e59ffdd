package dev.fetchonce.internal.flight;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many wait for a flight, and whether it goes without them. One that queues is given up when the last of them leaves:
 * what nobody wants must not stand in a line. Before and after the queue it goes on whoever waits. Thread-safe.
 */
final class Boarding {
    /*
     * The word is 2n + 1 for n who wait, 2n while the flight queues:
     *
     *   2n + 1 -> 2n           queue(), if n > 0
     *   1 -> GIVEN_UP          queue()
     *   2n -> 2n + 1           board()
     *   2 -> GIVEN_UP          leave() of the last one
     *
     * As all this is one word, a caller that joins at the moment in which the last one leaves either is in time, and the
     * flight is not given up, or learns that it must start another.
     */
    private static final int ONE = 2;
    private static final int GOES = 1;
    private static final int GIVEN_UP = Integer.MIN_VALUE;

    /** Begins with the leader. */
    private final AtomicInteger word = new AtomicInteger(ONE | GOES);

    /**
     * Joins those who wait.
     *
     * @return false when the flight was given up
     */
    boolean join() {
        return word.getAndUpdate(now -> now == GIVEN_UP ? GIVEN_UP : now + ONE) != GIVEN_UP;
    }

    /**
     * Leaves before the flight has ended.
     *
     * @return whether that gave the flight up
     */
    boolean leave() {
        return word.updateAndGet(now -> now == ONE ? GIVEN_UP : now - ONE) == GIVEN_UP;
    }

    /**
     * Begins to queue.
     *
     * @return false when nobody waits, and so the flight was given up
     */
    boolean queue() {
        return word.updateAndGet(now -> now == GOES ? GIVEN_UP : now & ~GOES) != GIVEN_UP;
    }

    /**
     * Has what it queued for, if it had to queue.
     *
     * @return false when the flight was given up before
     */
    boolean board() {
        return word.updateAndGet(now -> now == GIVEN_UP ? GIVEN_UP : now | GOES) != GIVEN_UP;
    }

    boolean givenUp() {
        return word.get() == GIVEN_UP;
    }
}
