package dev.fetchonce.internal.http.stored;

/**
 * How long a stored response may be used, and for whom, as the rules in force had it when it was stored or confirmed. Each
 * window is a value of its own, counted from the end of freshness (RFC 5861 §3, §4): none of them hides another. Immutable.
 *
 * @param lifetimeNanos its freshness lifetime (RFC 9111 §4.2.1); what must be validated before every use has none
 * @param initialAgeNanos how old it was when it came (RFC 9111 §4.2.3)
 * @param toldAgeNanos how old it was by what it said itself, without the time that it was under way
 * @param terms what may be done with it besides
 */
public record Validity(long lifetimeNanos, long initialAgeNanos, long toldAgeNanos, ReuseTerms terms) {
    /** Whether a response may be used when it is stale (RFC 9111 §4.2.4). */
    public enum Staleness {
        /** Within its windows, or those of a request. */
        ALLOWED,
        /** Never without validation: must-revalidate and its like. */
        FORBIDDEN
    }

    /** Which of the callers that waited for one request may have its answer (RFC 9111 §4). */
    public enum Sharing {
        /** All of them: nobody said how long it holds, so it does for those who asked before it came. */
        ALWAYS,
        /** Those to whom it is fresh. */
        WHILE_FRESH,
        /** Only the one that sent the request. */
        NEVER
    }

    /** Who may be given what is stored. */
    public enum Placement {
        /** Those who send the same credentials, or like its request none. */
        PARTITION,
        /** Everybody. */
        COMMON
    }

    /** The same, with the {@link ReuseTerms} in single. */
    public Validity(
            long lifetimeNanos,
            long initialAgeNanos,
            long toldAgeNanos,
            long whileRevalidateNanos,
            long ifErrorNanos,
            Staleness staleness,
            Sharing sharing,
            boolean immutable,
            Placement placement) {
        this(
                lifetimeNanos,
                initialAgeNanos,
                toldAgeNanos,
                new ReuseTerms(whileRevalidateNanos, ifErrorNanos, staleness, sharing, immutable, placement));
    }

    /**
     * The life of an answer that is fresh for so long because the application says so, whatever its header fields say.
     *
     * @param ttlNanos its freshness lifetime
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

    /** How long it is of use from the moment it came: fresh, or within the longer of its windows. */
    public long usefulNanos(long longest) {
        long window = Math.max(terms.whileRevalidateNanos(), terms.ifErrorNanos());
        return Math.min(lifetimeNanos, longest - window) + window; // whose sum alone could overflow
    }
}
