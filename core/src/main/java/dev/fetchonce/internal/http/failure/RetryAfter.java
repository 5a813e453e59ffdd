package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.HttpDate;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** The wait that an origin requests with its Retry-After field (RFC 9110 §10.2.3). Pure functions. */
public final class RetryAfter {
    private RetryAfter() {}

    /** Reports whether the first line of the field is a number of seconds or a date. */
    static boolean present(HttpHeaders headers) {
        return nanos(headers, Instant.EPOCH, 0).isPresent();
    }

    /**
     * Returns the wait in the first line of the field, which has seconds or a date. A date in the past means no wait.
     *
     * @param headers the fields of a failing response
     * @param now the time on the wall clock when the response arrived
     * @param maximumNanos zero or more; a longer wait is cut to this. A number of seconds above 2<sup>31</sup> counts as
     *     2<sup>31</sup>
     * @return nanoseconds from 0 to the maximum; empty when the field is absent or invalid
     */
    public static OptionalLong nanos(HttpHeaders headers, Instant now, long maximumNanos) {
        Optional<String> line = headers.firstValue("retry-after").map(String::strip);
        if (line.isEmpty() || line.get().isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong seconds = DeltaSeconds.parse(line.get());
        if (seconds.isPresent()) {
            return OptionalLong.of(Math.min(DeltaSeconds.nanos(seconds.getAsLong()), maximumNanos));
        }
        return HttpDate.parse(line.get(), now)
                .map(date -> OptionalLong.of(cut(Duration.between(now, date), maximumNanos)))
                .orElse(OptionalLong.empty());
    }

    private static long cut(Duration wait, long maximumNanos) {
        if (wait.isNegative()) {
            return 0;
        }
        return wait.compareTo(Duration.ofNanos(maximumNanos)) >= 0 ? maximumNanos : wait.toNanos();
    }
}
