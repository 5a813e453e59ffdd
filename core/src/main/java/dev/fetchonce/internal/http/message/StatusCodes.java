package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.Set;

/** What a cache needs to know of status codes (RFC 9110 §15). Pure functions. */
public final class StatusCodes {
    private static final Set<Integer> HEURISTICALLY_CACHEABLE =
            Set.of(200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501);

    /** The final ones of RFC 9110, 429 and 451: none of them asks of a cache what this one does not do. */
    private static final Set<Integer> UNDERSTOOD = Set.of(
            200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405,
            406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 429, 451, 500, 501, 502, 503,
            504, 505);

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private StatusCodes() {}

    /** Whether a response with it and these fields leads elsewhere (RFC 9110 §15.4, §10.2.2). */
    public static boolean redirects(int status, HttpHeaders headers) {
        return REDIRECTS.contains(status) && !headers.allValues("location").isEmpty();
    }

    /** Whether a response with it may be given a lifetime that nobody told (RFC 9110 §15.1). */
    public static boolean heuristicallyCacheable(int status) {
        return HEURISTICALLY_CACHEABLE.contains(status);
    }

    /** Whether it ends an exchange, and does not only announce (RFC 9110 §15.2); only then may a response be stored. */
    public static boolean isFinal(int status) {
        return status >= 200 && status <= 599;
    }

    /** Whether all that it means to a cache is known here, which is what must-understand asks (RFC 9111 §5.2.2.3). */
    public static boolean understood(int status) {
        return UNDERSTOOD.contains(status);
    }
}
