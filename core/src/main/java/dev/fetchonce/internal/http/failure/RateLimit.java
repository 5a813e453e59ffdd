package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.HttpDate;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The limits on the rate of requests that an origin states in a failing response. RFC 6585 §4 defines 429: the user has
 * sent too many requests. 403 with Retry-After and the X-RateLimit fields are conventions of large origins. Pure
 * functions.
 */
public final class RateLimit {
    /** A reset above this number is a time since 1970, in seconds; below, the seconds from now. */
    private static final long EPOCH_FROM = 1_000_000_000;

    /** A number of at most 18 digits, because a number with more digits may not fit into a long. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private RateLimit() {}

    /** Reports whether a response with this status and these fields says that its user has reached a limit. */
    public static boolean reached(int status, HttpHeaders headers) {
        return status == 429
                || (status == 403 && RetryAfter.present(headers))
                || (status >= 400 && number(headers, "x-ratelimit-remaining").equals(OptionalLong.of(0)));
    }

    /**
     * Returns the wait until the limit is reset, by X-RateLimit-Reset. A time since 1970 is measured against the Date of
     * the response, because the two come from one clock.
     *
     * @param now the time on the wall clock when the response arrived; it stands in for an absent or invalid Date
     * @param maximumNanos zero or more; a longer wait is cut to this
     * @return nanoseconds from 0 to the maximum; empty when the field is absent or invalid
     */
    public static OptionalLong reset(HttpHeaders headers, Instant now, long maximumNanos) {
        OptionalLong reset = number(headers, "x-ratelimit-reset");
        if (reset.isEmpty()) {
            return reset;
        }
        long seconds = reset.getAsLong() > EPOCH_FROM
                ? Math.max(0, reset.getAsLong() - date(headers, now).getEpochSecond())
                : reset.getAsLong();
        return OptionalLong.of(Math.min(DeltaSeconds.nanos(seconds), maximumNanos));
    }

    /** Returns the number in the first line of a field; empty when the field is absent or no number. */
    private static OptionalLong number(HttpHeaders headers, String name) {
        return headers.firstValue(name)
                .map(String::strip)
                .filter(line -> NUMBER.matcher(line).matches())
                .map(line -> OptionalLong.of(Long.parseLong(line)))
                .orElse(OptionalLong.empty());
    }

    private static Instant date(HttpHeaders headers, Instant now) {
        return headers.firstValue("date")
                .flatMap(line -> HttpDate.parse(line.strip(), now))
                .orElse(now);
    }
}
