package dev.fetchonce.internal.http.stored;

/**
 * The part of a {@link Validity} that is equal for most responses: the permitted uses of a response besides its use
 * while it is fresh. Immutable.
 *
 * @param whileRevalidateNanos how long a cache may serve it stale while it renews it; 0 is never
 * @param ifErrorNanos how long the stale response may stand in for a failed fetch; 0 is never
 * @param staleness whether stale use is allowed, within these windows or those of a request, or without end
 * @param sharing the waiters that may use it
 * @param immutable whether it does not change while it is fresh, so that a renewal is useless then (RFC 8246)
 * @param placement the callers that may have it once it is stored
 */
public record ReuseTerms(
        long whileRevalidateNanos,
        long ifErrorNanos,
        Validity.Staleness staleness,
        Validity.Sharing sharing,
        boolean immutable,
        Validity.Placement placement) {
    /** Reports whether a cache may ever use the response after its freshness has ended. */
    public boolean mayBeStale() {
        return staleness != Validity.Staleness.FORBIDDEN;
    }

    /** Reports whether a cache may use the response without end, in place of every failure but one that revokes it. */
    public boolean unending() {
        return staleness == Validity.Staleness.UNENDING;
    }
}
