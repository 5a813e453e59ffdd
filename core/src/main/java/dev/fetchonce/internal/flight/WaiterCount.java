package dev.fetchonce.internal.flight;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many wait for a flight, and whether it goes without them. One that queues is given up when the last of them leaves:
 * what nobody wants must not stand in a line. Before the queue it goes on whoever waits, and after it as {@link Rule} says.
 * One that was left to the background is wanted without them, and is never given up. Thread-safe.
 */
final class WaiterCount {
    /*
     * The word is 8n for n who wait, what the flight does in the two lowest bits, and IN_BACKGROUND, which stays:
     *
     *   8n + PREPARES -> 8n + QUEUES       queue(), if n > 0; GIVEN_UP if n = 0
     *   8n + either   -> 8n + BOARDED      board(); GIVEN_UP if n = 0 and the rule gives up what nobody waits for
     *   8 + QUEUES    -> GIVEN_UP          leave() of the last one
     *   8 + BOARDED   -> GIVEN_UP          likewise, if the rule says so
     *   8n + any      -> 8(n - 1) + the same + IN_BACKGROUND   toBackground(); from there nothing leads to GIVEN_UP
     *
     * As all this is one word, a caller that joins at the moment in which the last one leaves either is in time, and the
     * flight is not given up, or learns that it must start another.
     */
    private static final int ONE = 8;
    private static final int IN_BACKGROUND = 4;
    private static final int QUEUED = 0;
    private static final int PREPARING = 1;
    private static final int RUNNING = 2;
    private static final int DOES = 3;
    private static final int GIVEN_UP = Integer.MIN_VALUE;

    /**
     * The rule of a table.
     *
     * @param maximumWaiters how many may wait for one flight
     * @param abandoned what becomes of a flight that has boarded when the last of them leaves
     */
    record Rule(int maximumWaiters, AbandonPolicy abandoned) {
        /** As many as like, and what has boarded lands. */
        static final Rule NONE = new Rule(Integer.MAX_VALUE / ONE - 1, AbandonPolicy.LANDS);

        /** The same for a flight that must not go on without them. */
        Rule cancelling() {
            return new Rule(maximumWaiters, AbandonPolicy.IS_CANCELLED);
        }
    }

    /** What became of the attempt to join. */
    enum JoinResult {
        /** One more waits. */
        JOINED,
        /** The flight was given up: another must be started. */
        ABANDONED,
        /** As many wait as may. */
        FULL
    }

    private final Rule rule;

    /** Begins with the leader. */
    private final AtomicInteger word = new AtomicInteger(ONE | PREPARING);

    WaiterCount(Rule rule) {
        this.rule = rule;
    }

    /** Joins those who wait. */
    JoinResult join() {
        int before = word.getAndUpdate(now -> now == GIVEN_UP || full(now) ? now : now + ONE);
        return before == GIVEN_UP ? JoinResult.ABANDONED : full(before) ? JoinResult.FULL : JoinResult.JOINED;
    }

    private boolean full(int now) {
        return now / ONE >= rule.maximumWaiters;
    }

    /**
     * Leaves before the flight has ended.
     *
     * @return whether that gave the flight up
     */
    boolean leave() {
        return word.updateAndGet(
                        now -> now == (ONE | QUEUED) || (now == (ONE | RUNNING) && cancels()) ? GIVEN_UP : now - ONE)
                == GIVEN_UP;
    }

    /** Leaves before the flight has ended. The flight goes on with or without waiters, and is never given up after that. */
    void toBackground() {
        word.updateAndGet(now -> (now - ONE) | IN_BACKGROUND);
    }

    /**
     * Begins to queue.
     *
     * @return false when nobody waits, and so the flight was given up
     */
    boolean queue() {
        return word.updateAndGet(now -> unwanted(now) ? GIVEN_UP : with(now, QUEUED)) != GIVEN_UP;
    }

    /**
     * Has what it queued for, if it had to queue.
     *
     * @return false when the flight was given up, before or now
     */
    boolean board() {
        return word.updateAndGet(now -> now == GIVEN_UP || (unwanted(now) && cancels()) ? GIVEN_UP : with(now, RUNNING))
                != GIVEN_UP;
    }

    boolean givenUp() {
        return word.get() == GIVEN_UP;
    }

    private boolean cancels() {
        return rule.abandoned == AbandonPolicy.IS_CANCELLED;
    }

    /** Whether the flight has no waiter and was not left to the background; or was given up. */
    private static boolean unwanted(int now) {
        return now < ONE && (now & IN_BACKGROUND) == 0;
    }

    private static int with(int now, int does) {
        return (now & ~DOES) | does;
    }
}
