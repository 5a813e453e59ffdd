package dev.fetchonce.internal.http.failure;

import dev.fetchonce.Reason;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The rules that say which failures a stored response covers (RFC 9111 §4.2.4, RFC 5861 §4). It covers an outage: no
 * connection, no response, an unreadable response, a redirect that cannot be followed, 408, 429 and 5xx. Another 4xx is
 * a response, not an outage. Pure functions.
 */
public final class FailureRule {
    /**
     * The statuses with which an origin says that the resource is gone, or not for this caller. A cache must not use
     * its stored response again.
     */
    private static final Set<Integer> REVOKES = Set.of(401, 403, 404, 410, 451);

    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;

    private FailureRule() {}

    /** Reports whether a status is an outage: 408, 429 and 5xx. */
    public static boolean outage(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    /** Reports whether such a failure leaves the stored response in use. */
    public static boolean covers(Failure failure) {
        return covers(failure, FailureRule::outage);
    }

    /**
     * Reports whether such a failure leaves the stored response in use.
     *
     * @param outages whether a status is an outage
     */
    public static boolean covers(Failure failure, IntPredicate outages) {
        return switch (failure.reason()) {
            case STATUS ->
                outages.test(
                        limits(failure) ? TOO_MANY_REQUESTS : failure.status().orElseThrow());
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

    /** Reports whether such a failure leaves a response in use that stands in without end. */
    public static boolean coversUnending(Failure failure) {
        return failure.reason() != Reason.CLOSED && !revokes(failure);
    }

    /** Reports whether such a failure drops the stored response. */
    public static boolean revokes(Failure failure) {
        return revokes(failure.status().orElse(0)) && !limits(failure);
    }

    /** Reports whether a failure is a 403 that means 429: it says nothing of the resource. */
    private static boolean limits(Failure failure) {
        return failure.rateLimited() && failure.status().equals(OptionalInt.of(FORBIDDEN));
    }

    /** Reports whether a response with such a status drops the stored response. */
    public static boolean revokes(int status) {
        return REVOKES.contains(status);
    }
}
