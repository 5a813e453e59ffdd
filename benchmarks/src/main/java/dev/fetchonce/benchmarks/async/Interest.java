package dev.fetchonce.benchmarks.async;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many wait for a flight. One that queues for a permit is given up when the last of them leaves; one that has its permit
 * goes on without them. Thread-safe.
 */
final class Interest {
    /*
     * The word is 2n for n who wait while it queues, 2n + 1 once it has boarded. As that is one word, a caller that joins at
     * the moment in which the last one leaves either is in time, or learns that it must start another flight.
     */
    private static final int ONE = 2;
    private static final int BOARDED = 1;
    private static final int GIVEN_UP = Integer.MIN_VALUE;

    private final AtomicInteger word = new AtomicInteger();

    /**
     * One more waits.
     *
     * @return false when the flight was given up
     */
    boolean join() {
        return word.updateAndGet(now -> now == GIVEN_UP ? now : now + ONE) != GIVEN_UP;
    }

    /**
     * One less waits.
     *
     * @return whether that gave the flight up
     */
    boolean leave() {
        int before = word.getAndUpdate(now -> now == GIVEN_UP || now == ONE ? GIVEN_UP : now - ONE);
        return before == ONE;
    }

    /**
     * The flight has its permit.
     *
     * @return false when it was given up
     */
    boolean board() {
        return word.updateAndGet(now -> now == GIVEN_UP ? now : now | BOARDED) != GIVEN_UP;
    }

    boolean givenUp() {
        return word.get() == GIVEN_UP;
    }
}
