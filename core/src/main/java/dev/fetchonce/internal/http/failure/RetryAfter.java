package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.http.message.HttpDate;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** For how long an origin wants to be left alone (RFC 9110 §10.2.3). Pure functions. */
public final class RetryAfter {
    private RetryAfter() {}

    /**
     * Whether the field says this of an answer with such a status. Of a redirect and of 413 it says something else, and of
     * the rest nothing that is agreed on.
     */
    public static boolean applies(int status) {
        return status == 408 || status == 429 || status == 503;
    }

    /**
     * How long to wait, by the first line of the field: seconds, or a date. A date in the past is no wait at all.
     *
     * @param headers the fields of an answer to whose status it {@link #applies}
     * @param now the time on the wall clock when the answer came
     * @param maximumNanos zero or more; a longer wait is cut to this
     * @return nanoseconds from 0 to the maximum; empty when there is no such field, or it makes no sense
     */
    public static OptionalLong nanos(HttpHeaders headers, Instant now, long maximumNanos) {
        Optional<String> line = headers.firstValue("retry-after").map(String::strip);
        if (line.isEmpty() || line.get().isEmpty()) {
            return OptionalLong.empty();
        }
        if (line.get().chars().allMatch(RetryAfter::digit)) {
            return OptionalLong.of(ofSeconds(line.get(), maximumNanos));
        }
        return HttpDate.parse(line.get(), now)
                .map(date -> OptionalLong.of(cut(Duration.between(now, date), maximumNanos)))
                .orElse(OptionalLong.empty());
    }

    /** Digits without end are a long wait, not an overflow. */
    private static long ofSeconds(String digits, long maximumNanos) {
        long most = TimeUnit.NANOSECONDS.toSeconds(maximumNanos);
        long seconds = 0;
        for (int i = 0; i < digits.length(); i++) {
            seconds = seconds * 10 + (digits.charAt(i) - '0');
            if (seconds > most) {
                return maximumNanos;
            }
        }
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private static long cut(Duration wait, long maximumNanos) {
        if (wait.isNegative()) {
            return 0;
        }
        return wait.compareTo(Duration.ofNanos(maximumNanos)) >= 0 ? maximumNanos : wait.toNanos();
    }

    private static boolean digit(int character) {
        return character >= '0' && character <= '9';
    }
}
