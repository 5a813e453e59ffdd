package dev.fetchonce.internal.http.stored;

/**
 * The part of a {@link Validity} that most responses have in common: what may be done with a response besides using it while it is
 * fresh. Immutable.
 *
 * @param whileRevalidateNanos for how long it may be served stale while it is renewed; 0 is never
 * @param ifErrorNanos for how long it may stand in stale for an answer that cannot be had; 0 is never
 * @param staleness whether any of that is allowed, or what a request asks for beyond
 * @param sharing who of those that waited for it may use it
 * @param immutable whether it does not change while it is fresh, so that renewing it then is of no use (RFC 8246)
 * @param placement who may be given it, once it is stored
 */
public record ReuseTerms(
        long whileRevalidateNanos,
        long ifErrorNanos,
        Validity.Staleness staleness,
        Validity.Sharing sharing,
        boolean immutable,
        Validity.Placement placement) {
    /** Whether it may be used at some time after its freshness has ended. */
    public boolean mayBeStale() {
        return staleness == Validity.Staleness.ALLOWED;
    }
}
