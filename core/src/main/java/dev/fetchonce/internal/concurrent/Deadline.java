package dev.fetchonce.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A moment on the monotonic clock by which something must have happened. It is a type of its own so that it is never
 * compared with wall-clock time.
 *
 * @param nanos the moment, as {@link System#nanoTime()} will show it
 */
public record Deadline(long nanos) {
    /** About 146 years: long enough to be never, short enough that differences of two such moments do not overflow. */
    public static final long LONGEST = 1L << 62;

    /** The deadline that lies as far away as one can. */
    public static Deadline never() {
        return new Deadline(System.nanoTime() + LONGEST);
    }

    /** The deadline that lies this much after now; a span longer than 146 years is taken as 146 years. */
    public static Deadline after(Duration span) {
        return new Deadline(System.nanoTime() + nanosOf(span));
    }

    /** The deadline that lies this much after this one. */
    public Deadline plus(Duration span) {
        return new Deadline(nanos + nanosOf(span));
    }

    /** The nanoseconds left, zero or negative once the moment has passed. */
    public long left() {
        return nanos - System.nanoTime();
    }

    /** Whether the moment has passed. */
    public boolean passed() {
        return left() <= 0;
    }

    /** A span in nanoseconds, cut to what can be added to and subtracted from clock readings without overflow. */
    public static long nanosOf(Duration span) {
        return span.compareTo(Duration.ofNanos(LONGEST)) >= 0 ? LONGEST : TimeUnit.NANOSECONDS.convert(span);
    }
}
