package dev.fetchonce.internal.http.failure;

/**
 * The pace of the knocks at a host that accepts no connection: fast at first, and slow once the trouble has lasted for a
 * while. Half of each pause is random, so that clients that lost a host together do not knock together.
 *
 * @param fastNanos the longest pause at first, in nanoseconds; more than zero
 * @param slowNanos the longest pause later, in nanoseconds; not less than the fast one
 * @param fastUntilNanos the age of the trouble at which the pace becomes slow, in nanoseconds
 */
public record KnockPace(long fastNanos, long slowNanos, long fastUntilNanos) {
    /** The pace of every cache: 125 to 250 ms for the first 30 s of the trouble, then 1 to 2 s. */
    public static final KnockPace USUAL = new KnockPace(250_000_000, 2_000_000_000, 30_000_000_000L);

    private static final long LEAST_DEMAND = 1_000_000_000;
    private static final int PAUSES_OF_DEMAND = 2;

    /**
     * Checks the two pauses.
     *
     * @throws IllegalArgumentException when a pause is out of its bounds
     */
    public KnockPace {
        if (fastNanos <= 0 || slowNanos < fastNanos) {
            throw new IllegalArgumentException("knocks every " + fastNanos + " and later every " + slowNanos
                    + " ns: the first pause must be more than zero, and the later one not shorter");
        }
    }

    /**
     * Returns the pause before the next knock.
     *
     * @param failingNanos the time for which the host has been failing, in nanoseconds; not negative
     * @param u a random number from 0 to 1
     * @return nanoseconds; from half of the longest pause to all of it
     */
    public long pause(long failingNanos, double u) {
        return BackoffDelay.halfRandom(longest(failingNanos), u);
    }

    /**
     * Returns the time after the last call for the host after which no knock is wanted any more: two pauses, and at least
     * a second.
     *
     * @param failingNanos the time for which the host has been failing, in nanoseconds; not negative
     */
    public long demandNanos(long failingNanos) {
        return Math.max(LEAST_DEMAND, PAUSES_OF_DEMAND * longest(failingNanos));
    }

    private long longest(long failingNanos) {
        return failingNanos < fastUntilNanos ? fastNanos : slowNanos;
    }
}
