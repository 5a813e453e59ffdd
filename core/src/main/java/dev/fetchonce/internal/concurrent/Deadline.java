package dev.fetchonce.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A moment on the monotonic clock by which an operation must have ended. The separate type keeps code from comparing it
 * with wall-clock time.
 *
 * @param nanos the moment, as a reading of {@link System#nanoTime()}
 */
public record Deadline(long nanos) {
    /**
     * The longest span, in nanoseconds: about 146 years. It is long enough to stand for never. The difference of two
     * such moments does not overflow.
     */
    public static final long LONGEST = 1L << 62;

    /** Returns the latest deadline possible: {@link #LONGEST} after now. */
    public static Deadline never() {
        return new Deadline(System.nanoTime() + LONGEST);
    }

    /** Returns the deadline that lies this span after now; a span longer than 146 years counts as 146 years. */
    public static Deadline after(Duration span) {
        return new Deadline(System.nanoTime() + nanosOf(span));
    }

    /** Returns the deadline that lies this span after this deadline. */
    public Deadline plus(Duration span) {
        return new Deadline(nanos + nanosOf(span));
    }

    /** Returns the nanoseconds left; the number is zero or negative once the moment has passed. */
    public long left() {
        return nanos - System.nanoTime();
    }

    /** Returns whether the moment has passed. */
    public boolean passed() {
        return left() <= 0;
    }

    /** Returns a span in nanoseconds, at most {@link #LONGEST}, so that sums with clock readings do not overflow. */
    public static long nanosOf(Duration span) {
        return span.compareTo(Duration.ofNanos(LONGEST)) >= 0 ? LONGEST : TimeUnit.NANOSECONDS.convert(span);
    }
}
