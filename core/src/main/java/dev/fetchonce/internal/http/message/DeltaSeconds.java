package dev.fetchonce.internal.http.message;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Time spans of HTTP caching, which are whole seconds (RFC 9111 §1.2.2). Pure functions. */
public final class DeltaSeconds {
    /**
     * The largest time span, 2<sup>31</sup> seconds, which is some 68 years. Every greater number counts as this one,
     * so that no span overflows as nanoseconds.
     */
    public static final long MAXIMUM = 1L << 31;

    /** {@link #MAXIMUM} in nanoseconds. */
    public static final long MAXIMUM_NANOS = TimeUnit.SECONDS.toNanos(MAXIMUM);

    private DeltaSeconds() {}

    /**
     * Reads a number of seconds.
     *
     * @param text any text; white space round the number is not allowed
     * @return 0 to 2<sup>31</sup>, for any number of digits; empty unless the text consists of ASCII digits only
     */
    public static OptionalLong parse(String text) {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (!HttpToken.digit(digit)) {
                return OptionalLong.empty();
            }
            seconds = Math.min(MAXIMUM, seconds * 10 + (digit - '0'));
        }
        return OptionalLong.of(seconds);
    }

    /**
     * Converts seconds to nanoseconds.
     *
     * @param seconds any number; a number below 0 counts as 0, one above 2<sup>31</sup> as 2<sup>31</sup>
     */
    public static long nanos(long seconds) {
        return TimeUnit.SECONDS.toNanos(Math.clamp(seconds, 0, MAXIMUM));
    }

    /**
     * Returns the nanoseconds from one moment to another, at most 2<sup>31</sup> seconds; 0 when the second moment
     * comes first.
     */
    public static long nanosBetween(Instant from, Instant to) {
        if (!to.isAfter(from)) {
            return 0;
        }
        long seconds = to.getEpochSecond() - from.getEpochSecond();
        return seconds > MAXIMUM
                ? MAXIMUM_NANOS
                : Math.min(MAXIMUM_NANOS, TimeUnit.SECONDS.toNanos(seconds) + to.getNano() - from.getNano());
    }
}
