package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.concurrent.Deadline;

/**
 * The wait after a failure: a tenth of the time for which the place has been failing, within two bounds. So the wait
 * after a recovery is a fixed share of the outage, and the requests grow with the logarithm of the outage. Half of each
 * wait is random, so that clients that fail together do not come back together.
 *
 * @param firstNanos the least longest wait, in nanoseconds; more than zero
 * @param maximumNanos the longest wait of all, in nanoseconds; not less than the first, and at most 2<sup>62</sup>
 */
public record BackoffDelay(long firstNanos, long maximumNanos) {
    /** The share of the outage, as a divisor. */
    private static final int SHARE = 10;

    /**
     * Checks the two bounds.
     *
     * @throws IllegalArgumentException when a bound is out of its bounds
     */
    public BackoffDelay {
        if (firstNanos <= 0 || maximumNanos < firstNanos || maximumNanos > Deadline.LONGEST) {
            throw new IllegalArgumentException("a backoff from " + firstNanos + " to " + maximumNanos
                    + " ns: the first wait must be more than zero, and the maximum at least the first wait and at most "
                    + Deadline.LONGEST);
        }
    }

    /**
     * Returns the wait of a place.
     *
     * @param failingNanos the time for which the place has been failing, in nanoseconds; not negative
     * @param u a random number from 0 to 1
     * @return nanoseconds; from half of {@link #longest} to all of it
     */
    public long wait(long failingNanos, double u) {
        return halfRandom(longest(failingNanos), u);
    }

    /**
     * Returns a pause of which only half is certain.
     *
     * @param longest the longest pause, in nanoseconds; not negative
     * @param u a random number from 0 to 1
     * @return nanoseconds; from half of the longest pause to all of it
     */
    static long halfRandom(long longest, double u) {
        long half = longest / 2;
        return Math.min(longest, half + (long) ((longest - half) * Math.clamp(u, 0.0, 1.0)));
    }

    /**
     * Returns the longest possible wait of a place.
     *
     * @param failingNanos the time for which the place has been failing, in nanoseconds; not negative
     * @return nanoseconds, within the two bounds
     */
    public long longest(long failingNanos) {
        return Math.clamp(failingNanos / SHARE, firstNanos, maximumNanos);
    }
}
