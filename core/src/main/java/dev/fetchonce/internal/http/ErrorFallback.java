package dev.fetchonce.internal.http;

import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * When a failure is covered by what is stored (RFC 9111 §4.2.4, RFC 5861 §4). An outage is: no connection, no answer, an
 * answer that cannot be read, a redirect that cannot be followed, 408, 429 and 5xx. Another 4xx is an answer, not an
 * outage. Pure functions.
 */
public final class ErrorFallback {
    /** The origin says that the resource is not there, or not for us: what is stored must not come back. */
    private static final Set<Integer> REVOKES = Set.of(401, 403, 404, 410, 451);

    private ErrorFallback() {}

    /** Whether a status is an outage: 408, 429 and 5xx. */
    public static boolean outage(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    /** Whether such a failure leaves the stored response in use. */
    public static boolean covers(Failure failure) {
        return covers(failure, ErrorFallback::outage);
    }

    /**
     * Whether such a failure leaves the stored response in use.
     *
     * @param outages which statuses do
     */
    public static boolean covers(Failure failure, IntPredicate outages) {
        return switch (failure.reason()) {
            case STATUS -> outages.test(failure.status().orElseThrow());
            case CONNECT,
                    TIMEOUT,
                    PATIENCE,
                    BUSY,
                    BROKEN,
                    PROTOCOL,
                    TOO_LARGE,
                    REDIRECT,
                    UNDECODABLE,
                    CROWDED,
                    INTERNAL -> true;
            case CLOSED -> false;
        };
    }

    /** Whether such a failure drops the stored response. */
    public static boolean revokes(Failure failure) {
        return failure.status().isPresent() && REVOKES.contains(failure.status().getAsInt());
    }

    /**
     * The stored response if it may stand in for a failed fetch.
     *
     * @param window how long a response may be used once it is stale, counted from the time its own freshness ended:
     *     failures do not prolong it; zero turns it off
     */
    public static @Nullable StoredResponse within(@Nullable StoredResponse stored, long window, long now) {
        return stored != null && stored.staleNanos(now) <= window && window > 0 ? stored : null;
    }
}
