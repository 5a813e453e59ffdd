package dev.fetchonce;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.DurationText;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bounds of options: returns what is within them, refuses the rest by name and value. Pure functions. */
final class OptionChecks {
    /** About 146 years; sums of a few of these still fit a Duration. */
    private static final Duration LONGEST = Duration.ofNanos(Deadline.LONGEST);

    /** RFC 9110 §5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private OptionChecks() {}

    /** Whether that is a token: what names a header field, or a content coding. */
    static boolean isToken(String name) {
        return TOKEN.matcher(name).matches();
    }

    /**
     * The value of an option.
     *
     * @throws NullPointerException when it is null, with a sentence that names the option
     */
    static <T> T given(String option, @Nullable T value) {
        if (value == null) {
            throw new NullPointerException(option + " null is refused; to have the default, leave it out");
        }
        return value;
    }

    static Duration moreThanZero(String option, Duration value) {
        given(option, value);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    option + " " + DurationText.of(value) + " is refused; it must be more than zero");
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    static Duration atLeastZero(String option, Duration value) {
        given(option, value);
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    option + " " + DurationText.of(value) + " is refused; it must not be negative");
        }
        return value;
    }

    static long inRange(String option, long value, long maximum) {
        if (value < 1 || value > maximum) {
            throw new IllegalArgumentException(option + " " + value + " is refused; it must be 1 to " + maximum);
        }
        return value;
    }
}
