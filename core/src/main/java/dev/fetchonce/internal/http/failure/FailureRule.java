package dev.fetchonce.internal.http.failure;

import java.util.Set;
import java.util.function.IntPredicate;

/**
 * When a failure is covered by what is stored (RFC 9111 §4.2.4, RFC 5861 §4). An outage is: no connection, no answer, an
 * answer that cannot be read, a redirect that cannot be followed, 408, 429 and 5xx. Another 4xx is an answer, not an
 * outage. Pure functions.
 */
public final class FailureRule {
    /** The origin says that the resource is not there, or not for us: what is stored must not come back. */
    private static final Set<Integer> REVOKES = Set.of(401, 403, 404, 410, 451);

    private FailureRule() {}

    /** Whether a status is an outage: 408, 429 and 5xx. */
    public static boolean outage(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    /** Whether such a failure leaves the stored response in use. */
    public static boolean covers(Failure failure) {
        return covers(failure, FailureRule::outage);
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
                    TOO_MANY_WAITERS,
                    APPLICATION,
                    INTERNAL -> true;
            case CLOSED -> false;
        };
    }

    /** Whether such a failure drops the stored response. */
    public static boolean revokes(Failure failure) {
        return failure.status().isPresent() && revokes(failure.status().getAsInt());
    }

    /** The same of an answer with such a status. */
    public static boolean revokes(int status) {
        return REVOKES.contains(status);
    }
}
