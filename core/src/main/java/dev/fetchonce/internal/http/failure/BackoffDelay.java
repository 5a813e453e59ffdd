package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.concurrent.Deadline;

/**
 * How the waits between failed attempts grow: each is twice the one before, up to a maximum, and half of it is left to
 * chance, so that those who failed together do not come back together.
 *
 * @param firstNanos the longest wait after the first failure, in nanoseconds; more than zero
 * @param maximumNanos what no wait exceeds, in nanoseconds; not less than the first, and at most 2<sup>62</sup>
 */
public record BackoffDelay(long firstNanos, long maximumNanos) {
    /** About 146 years: what can be added to and subtracted from clock readings without overflow. */
    static final long LONGEST = Deadline.LONGEST;

    /**
     * Checks the two.
     *
     * @throws IllegalArgumentException when they are out of their bounds
     */
    public BackoffDelay {
        if (firstNanos <= 0 || maximumNanos < firstNanos || maximumNanos > LONGEST) {
            throw new IllegalArgumentException("a backoff from " + firstNanos + " to " + maximumNanos
                    + " ns: the first must be more than zero, and the" + " maximum not less than that and at most "
                    + LONGEST);
        }
    }

    /**
     * How long to wait now.
     *
     * @param errors how many attempts have failed in a row; any number
     * @param u a random number from 0 to 1
     * @return nanoseconds; from half of {@link #longest} to all of it
     */
    public long wait(int errors, double u) {
        long longest = longest(errors);
        long half = longest / 2;
        return Math.min(longest, half + (long) ((longest - half) * Math.clamp(u, 0.0, 1.0)));
    }

    /**
     * The longest that the wait after so many failures in a row can be.
     *
     * @return nanoseconds; 0 when nothing has failed, and never more than the maximum
     */
    public long longest(int errors) {
        if (errors <= 0) {
            return 0;
        }
        int doublings = errors - 1;
        // Compared before it is shifted, as what is shifted out would be missing.
        return doublings >= Long.SIZE - 1 || firstNanos > maximumNanos >> doublings
                ? maximumNanos
                : firstNanos << doublings;
    }
}
