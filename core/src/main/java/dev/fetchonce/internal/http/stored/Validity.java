package dev.fetchonce.internal.http.stored;

/**
 * How long a cache may use a stored response, and for which callers. The rules decide this when they store or confirm
 * the response. Each window is a separate value, counted from the end of freshness (RFC 5861 §3, §4): no window hides
 * another. Immutable.
 *
 * @param lifetimeNanos the freshness lifetime (RFC 9111 §4.2.1); 0 for a response that needs validation before every
 *     use
 * @param initialAgeNanos the age at the time of receipt (RFC 9111 §4.2.3)
 * @param statedAgeNanos the age at the time of receipt that the response itself states, without the response delay
 * @param terms the permitted uses besides the use while it is fresh
 */
public record Validity(long lifetimeNanos, long initialAgeNanos, long statedAgeNanos, ReuseTerms terms) {
    /** Says whether a cache may use a stale response (RFC 9111 §4.2.4). */
    public enum Staleness {
        /** Within the windows of the response, or those of a request. */
        ALLOWED,
        /** Without end, in place of every failure but one that revokes it: a response that the application gave. */
        UNENDING,
        /** Never without validation: must-revalidate and similar directives. */
        FORBIDDEN
    }

    /** The waiters that may have the response of one request (RFC 9111 §4). */
    public enum Sharing {
        /** All waiters: no lifetime is stated, so the response is valid for callers that asked before it arrived. */
        ALWAYS,
        /** The waiters for which it is fresh. */
        WHILE_FRESH,
        /** Only the caller that sent the request. */
        NEVER
    }

    /** The callers that may have a stored response. */
    public enum Placement {
        /** Callers with the credentials of its request, or without credentials like its request. */
        PARTITION,
        /** All callers. */
        COMMON
    }

    /** Makes a validity from the single values of its {@link ReuseTerms}. */
    public Validity(
            long lifetimeNanos,
            long initialAgeNanos,
            long statedAgeNanos,
            long whileRevalidateNanos,
            long ifErrorNanos,
            Staleness staleness,
            Sharing sharing,
            boolean immutable,
            Placement placement) {
        this(
                lifetimeNanos,
                initialAgeNanos,
                statedAgeNanos,
                new ReuseTerms(whileRevalidateNanos, ifErrorNanos, staleness, sharing, immutable, placement));
    }

    /**
     * Returns the validity of a response whose freshness lifetime the application sets, for any header fields.
     *
     * @param ttlNanos the freshness lifetime
     */
    public static Validity ofTtl(long ttlNanos, long whileRevalidateNanos, long ifErrorNanos) {
        return new Validity(
                ttlNanos,
                0,
                0,
                whileRevalidateNanos,
                ifErrorNanos,
                Staleness.ALLOWED,
                Sharing.ALWAYS,
                false,
                Placement.PARTITION);
    }

    /**
     * Returns how long the response is useful after its receipt: while it is fresh, or within the longer of its
     * windows.
     */
    public long usefulNanos(long longest) {
        long window = Math.max(terms.whileRevalidateNanos(), terms.ifErrorNanos());
        return Math.min(lifetimeNanos, longest - window) + window; // the sum alone could overflow
    }
}
