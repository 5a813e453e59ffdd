package dev.fetchonce.internal.http.failure;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.OptionalLong;

/** The wait that an origin requests in a failing response, by Retry-After or by a rate limit. A pure function. */
public final class RequestedWait {
    private RequestedWait() {}

    /**
     * Returns the wait. Retry-After comes first, as RFC 9110 defines it.
     *
     * @param now the time on the wall clock when the response arrived
     * @param maximumNanos zero or more; a longer wait is cut to this
     * @return nanoseconds from 0 to the maximum; empty when the response requests no wait
     */
    public static OptionalLong nanos(int status, HttpHeaders headers, Instant now, long maximumNanos) {
        if (status < 400 || maximumNanos == 0) {
            return OptionalLong.empty(); // with a redirect, Retry-After has another meaning
        }
        OptionalLong wait = RetryAfter.nanos(headers, now, maximumNanos);
        return wait.isEmpty() && RateLimit.reached(status, headers)
                ? RateLimit.reset(headers, now, maximumNanos)
                : wait;
    }
}
