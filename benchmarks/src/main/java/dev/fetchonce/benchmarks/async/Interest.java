package dev.fetchonce.benchmarks.async;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The number of waiters of a flight. A flight that queues for a permit is given up when its last waiter leaves. A
 * flight that has its permit goes on without waiters. Thread-safe.
 */
final class Interest {
    /*
     * The word is 2n while n waiters wait and the flight queues, and 2n + 1 once it runs. It is one word, so a
     * caller that joins while the last one leaves is in time or is refused. A caller that is refused must start another
     * flight.
     */
    private static final int ONE = 2;
    private static final int RUNNING = 1;
    private static final int GIVEN_UP = Integer.MIN_VALUE;

    private final AtomicInteger word = new AtomicInteger();

    /**
     * Counts one waiter in.
     *
     * @return false when the flight was given up
     */
    boolean join() {
        return word.updateAndGet(now -> now == GIVEN_UP ? now : now + ONE) != GIVEN_UP;
    }

    /**
     * Counts one waiter out.
     *
     * @return whether that gave the flight up
     */
    boolean leave() {
        int before = word.getAndUpdate(now -> now == GIVEN_UP || now == ONE ? GIVEN_UP : now - ONE);
        return before == ONE;
    }

    /**
     * Records that the flight has its permit.
     *
     * @return false when it was given up
     */
    boolean toRunning() {
        return word.updateAndGet(now -> now == GIVEN_UP ? now : now | RUNNING) != GIVEN_UP;
    }

    boolean givenUp() {
        return word.get() == GIVEN_UP;
    }
}
