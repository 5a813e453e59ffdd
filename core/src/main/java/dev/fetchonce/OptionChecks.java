package dev.fetchonce;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The checks of options. A check returns a value within its bounds, and refuses another by the name of the option and
 * the value. Pure functions.
 */
final class OptionChecks {
    /** The longest time: about 146 years. The sum of a few such times still fits a Duration. */
    private static final Duration LONGEST = Duration.ofNanos(Deadline.LONGEST);

    private OptionChecks() {}

    /**
     * Returns the value of an option.
     *
     * @throws NullPointerException when it is null, with a message that names the option
     */
    static <T> T given(String option, @Nullable T value) {
        if (value == null) {
            throw new NullPointerException(option + " null is refused; to have the default, leave it out");
        }
        return value;
    }

    /**
     * Returns a time above zero, cut to 146 years.
     *
     * @throws IllegalArgumentException when it is zero or negative
     */
    static Duration moreThanZero(String option, Duration value) {
        given(option, value);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    option + " " + DurationText.of(value) + " is refused; it must be more than zero");
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    /**
     * Returns a time of zero or more.
     *
     * @throws IllegalArgumentException when it is negative
     */
    static Duration atLeastZero(String option, Duration value) {
        given(option, value);
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    option + " " + DurationText.of(value) + " is refused; it must not be negative");
        }
        return value;
    }

    /**
     * Returns a number from 1 to the maximum.
     *
     * @throws IllegalArgumentException when it is out of that range
     */
    static long inRange(String option, long value, long maximum) {
        if (value < 1 || value > maximum) {
            throw new IllegalArgumentException(option + " " + value + " is refused; it must be 1 to " + maximum);
        }
        return value;
    }
}
