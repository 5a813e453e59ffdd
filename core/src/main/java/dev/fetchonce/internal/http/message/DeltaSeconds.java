package dev.fetchonce.internal.http.message;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Spans of time as HTTP caching writes and counts them: whole seconds (RFC 9111 §1.2.2). Pure functions. */
public final class DeltaSeconds {
    /** What every greater number counts as, 2<sup>31</sup> seconds: some 68 years, and no overflow as nanoseconds. */
    public static final long MAXIMUM = 1L << 31;

    /** {@link #MAXIMUM} in nanoseconds. */
    public static final long MAXIMUM_NANOS = TimeUnit.SECONDS.toNanos(MAXIMUM);

    private DeltaSeconds() {}

    /**
     * Reads a number of seconds.
     *
     * @param text anything; no white space round it is allowed
     * @return 0 to 2<sup>31</sup>, whatever the number of digits; empty unless it is ASCII digits and nothing else
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
     * As nanoseconds.
     *
     * @param seconds any number; it counts as 0 or 2<sup>31</sup> where it is beyond
     */
    public static long nanos(long seconds) {
        return TimeUnit.SECONDS.toNanos(Math.clamp(seconds, 0, MAXIMUM));
    }

    /** Nanoseconds from one moment to another, at most 2<sup>31</sup> seconds; 0 when the second comes first. */
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
