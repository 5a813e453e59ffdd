package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.Set;

/** The properties of status codes that matter to a cache (RFC 9110 §15). Pure functions. */
public final class StatusCodes {
    private static final Set<Integer> HEURISTICALLY_CACHEABLE =
            Set.of(200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501);

    /** The final status codes of RFC 9110, and 429 and 451. This cache does all that they require of a cache. */
    private static final Set<Integer> UNDERSTOOD = Set.of(
            200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405,
            406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 429, 451, 500, 501, 502, 503,
            504, 505);

    private static final Set<Integer> NEVER_STORED = Set.of(428, 429, 431, 511);

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private StatusCodes() {}

    /** Reports whether a response with this status and these fields is a redirect (RFC 9110 §15.4, §10.2.2). */
    public static boolean redirects(int status, HttpHeaders headers) {
        return REDIRECTS.contains(status) && !headers.allValues("location").isEmpty();
    }

    /** Reports whether a response with this status may have a heuristic freshness lifetime (RFC 9110 §15.1). */
    public static boolean heuristicallyCacheable(int status) {
        return HEURISTICALLY_CACHEABLE.contains(status);
    }

    /**
     * Reports whether the status is final, so that it ends an exchange (RFC 9110 §15.2); a cache may store only a final
     * response.
     */
    public static boolean isFinal(int status) {
        return status >= 200 && status <= 599;
    }

    /** Reports whether a response with this status must not be stored by any cache (RFC 6585 §3 to §6). */
    public static boolean neverStored(int status) {
        return NEVER_STORED.contains(status);
    }

    /** Reports whether the status says that the origin has answered the request as asked (RFC 9110 §15.3). */
    public static boolean success(int status) {
        return status >= 200 && status <= 299;
    }

    /** Reports whether this cache understands the status, as must-understand requires (RFC 9111 §5.2.2.3). */
    public static boolean understood(int status) {
        return UNDERSTOOD.contains(status);
    }
}
