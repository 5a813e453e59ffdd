package dev.fetchonce.internal.http.failure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The text of a time span in a message: {@code 482 ms} and not {@code PT0.482S}. A pure function. */
public final class DurationText {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private DurationText() {}

    /**
     * Returns a span in its largest unit and the next one, rounded towards zero.
     *
     * @return such as {@code 482 ms}, {@code 1.5 s}, {@code 2 min 5 s} or {@code 3 d}
     */
    public static String of(Duration span) {
        if (span.isNegative()) {
            return "-" + of(span.toSeconds() == Long.MIN_VALUE ? Duration.ofSeconds(Long.MAX_VALUE) : span.negated());
        }
        long seconds = span.toSeconds();
        if (seconds < 60) {
            return ofLessThanAMinute(span.toNanos());
        }
        return seconds < 3_600
                ? two(seconds / 60, "min", seconds % 60, "s")
                : seconds < 86_400
                        ? two(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
                        : two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
    }

    /** Returns a span of nanoseconds, as {@link #of} does, in whole milliseconds. */
    public static String ofMillis(long nanos) {
        return of(Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    private static String ofLessThanAMinute(long nanos) {
        if (nanos >= SECOND) {
            String millis = nanos % SECOND < MILLI
                    ? ""
                    : "."
                            + Long.toString(1_000 + nanos % SECOND / MILLI)
                                    .substring(1)
                                    .replaceAll("0+$", "");
            return nanos / SECOND + millis + " s";
        }
        if (nanos >= MILLI) {
            return nanos / MILLI + " ms";
        }
        return nanos == 0 ? "0 s" : nanos >= 1_000 ? nanos / 1_000 + " us" : nanos + " ns";
    }

    private static String two(long large, String unit, long small, String next) {
        return large + " " + unit + (small == 0 ? "" : " " + small + " " + next);
    }
}
