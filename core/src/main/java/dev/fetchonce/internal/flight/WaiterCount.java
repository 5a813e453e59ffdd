package dev.fetchonce.internal.flight;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The count of the waiters of a flight, and the decision whether the flight goes on without waiters. A queued flight is
 * given up when its last waiter leaves, as an unwanted flight must not stand in a line. Before the queue a flight goes
 * on without waiters; after the queue {@link Rule} decides. A flight that was left to the background is never given up.
 * Thread-safe.
 */
final class WaiterCount {
    /*
     * The word is 8n for n waiters, plus the phase in the two lowest bits, plus IN_BACKGROUND, which stays once it is
     * set:
     *
     *   8n + PREPARING -> 8n + QUEUED        toQueued(), if n > 0; GIVEN_UP if n = 0.
     *   8n + either    -> 8n + RUNNING       toRunning(); GIVEN_UP if n = 0 and the rule is IS_CANCELLED.
     *   8 + QUEUED     -> GIVEN_UP           leave() of the last waiter.
     *   8 + RUNNING    -> GIVEN_UP           leave() of the last waiter, if the rule is IS_CANCELLED.
     *   8n + any       -> 8(n - 1) + any + IN_BACKGROUND   toBackground(); no later step leads to GIVEN_UP.
     *
     * A caller may join at the moment in which the last waiter leaves. As all this is one word, two cases remain. The
     * caller is in time, and the flight is not given up; or the caller learns that it must start another flight.
     */
    private static final int ONE = 8;
    private static final int IN_BACKGROUND = 4;
    private static final int QUEUED = 0;
    private static final int PREPARING = 1;
    private static final int RUNNING = 2;
    private static final int PHASE = 3;
    private static final int GIVEN_UP = Integer.MIN_VALUE;

    /**
     * The rule of a table for its waiters.
     *
     * @param maximumWaiters the maximum number of waiters of one flight
     * @param abandoned the rule for a running flight whose last waiter has left
     */
    record Rule(int maximumWaiters, AbandonPolicy abandoned) {
        /** The rule without a bound on the waiters; a running flight lands. */
        static final Rule NONE = new Rule(Integer.MAX_VALUE / ONE - 1, AbandonPolicy.LANDS);

        /** Returns this rule for a flight that must not go on without waiters once it runs. */
        Rule cancelling() {
            return new Rule(maximumWaiters, AbandonPolicy.IS_CANCELLED);
        }
    }

    /** The result of an attempt to join. */
    enum JoinResult {
        /** The caller is one more waiter. */
        JOINED,
        /** The flight was given up; the caller must start another flight. */
        ABANDONED,
        /** The flight has its maximum of waiters. */
        FULL
    }

    private final Rule rule;

    /** The word; it begins with the leader as the only waiter. */
    private final AtomicInteger word = new AtomicInteger(ONE | PREPARING);

    WaiterCount(Rule rule) {
        this.rule = rule;
    }

    /** Adds a waiter, unless the flight was given up or has its maximum of waiters. */
    JoinResult join() {
        int before = word.getAndUpdate(now -> now == GIVEN_UP || full(now) ? now : now + ONE);
        return before == GIVEN_UP ? JoinResult.ABANDONED : full(before) ? JoinResult.FULL : JoinResult.JOINED;
    }

    private boolean full(int now) {
        return now / ONE >= rule.maximumWaiters;
    }

    /**
     * Removes a waiter before the flight has ended.
     *
     * @return whether this step gave the flight up
     */
    boolean leave() {
        return word.updateAndGet(
                        now -> now == (ONE | QUEUED) || (now == (ONE | RUNNING) && cancels()) ? GIVEN_UP : now - ONE)
                == GIVEN_UP;
    }

    /**
     * Removes a waiter before the flight has ended. From then on the flight is never given up, with or without waiters.
     */
    void toBackground() {
        word.updateAndGet(now -> (now - ONE) | IN_BACKGROUND);
    }

    /**
     * Records that the flight queues.
     *
     * @return false when the flight has no waiter, and so was given up
     */
    boolean toQueued() {
        return word.updateAndGet(now -> unwanted(now) ? GIVEN_UP : with(now, QUEUED)) != GIVEN_UP;
    }

    /**
     * Records that the flight runs, from the queue or without one.
     *
     * @return false when the flight was given up, earlier or by this call
     */
    boolean toRunning() {
        return word.updateAndGet(now -> now == GIVEN_UP || (unwanted(now) && cancels()) ? GIVEN_UP : with(now, RUNNING))
                != GIVEN_UP;
    }

    boolean givenUp() {
        return word.get() == GIVEN_UP;
    }

    private boolean cancels() {
        return rule.abandoned == AbandonPolicy.IS_CANCELLED;
    }

    /** Returns whether the flight has no waiter and was not left to the background, or was given up. */
    private static boolean unwanted(int now) {
        return now < ONE && (now & IN_BACKGROUND) == 0;
    }

    private static int with(int now, int phase) {
        return (now & ~PHASE) | phase;
    }
}
