package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.concurrent.Deadline;

/**
 * The delays between the attempts of one fetch. Each delay is twice the one before, up to a maximum. Half of each delay is
 * random, so that clients that fail together do not come back together.
 *
 * @param firstNanos the longest delay after the first failure, in nanoseconds; more than zero
 * @param maximumNanos the longest delay of all, in nanoseconds; not less than the first, and at most 2<sup>62</sup>
 */
public record RetryDelay(long firstNanos, long maximumNanos) {
    /** About 146 years: a span that a clock reading can add or subtract without overflow. */
    static final long LONGEST = Deadline.LONGEST;

    /**
     * Checks the two delays.
     *
     * @throws IllegalArgumentException when a delay is out of its bounds
     */
    public RetryDelay {
        if (firstNanos <= 0 || maximumNanos < firstNanos || maximumNanos > LONGEST) {
            throw new IllegalArgumentException("a backoff from " + firstNanos + " to " + maximumNanos
                    + " ns: the first delay must be more than zero, and the maximum at least the first delay and at most "
                    + LONGEST);
        }
    }

    /**
     * Returns the delay after this many failures.
     *
     * @param failures the number of consecutive failures; any number
     * @param u a random number from 0 to 1
     * @return nanoseconds; from half of {@link #longest} to all of it
     */
    public long wait(int failures, double u) {
        return BackoffDelay.halfRandom(longest(failures), u);
    }

    /**
     * Returns the longest possible delay after this many consecutive failures.
     *
     * @return nanoseconds; 0 without a failure, and never more than the maximum
     */
    public long longest(int failures) {
        if (failures <= 0) {
            return 0;
        }
        int doublings = failures - 1;
        // The comparison comes before the shift, because the shift would lose high bits.
        return doublings >= Long.SIZE - 1 || firstNanos > maximumNanos >> doublings
                ? maximumNanos
                : firstNanos << doublings;
    }
}
