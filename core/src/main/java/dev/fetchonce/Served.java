package dev.fetchonce;

/** How a {@link CachedResponse} came to be the answer. */
public enum Served {
    /** Stored and fresh: nobody was asked and nothing was waited for. */
    HIT,

    /** Brought whole from the origin by a request that this call sent. */
    FETCHED,

    /** Stored, and confirmed with 304 Not Modified by the origin on a request that this call sent. */
    REVALIDATED,

    /** Fetched or revalidated by a request that another call sent and this one waited for. */
    COLLAPSED,

    /** Stale, in place of an answer that could not be had: the fetch failed. */
    STALE_ERROR,

    /** Stale, in place of an answer that did not come while the caller was willing to wait. */
    STALE_PATIENCE,

    /** Stale, as the origin has failed and is not asked for a while, {@link HttpCache.Builder#backoff}. */
    STALE_BACKOFF,

    /** Stale, while a fresh answer is fetched, {@link HttpCache.Builder#staleWhileRevalidate}. */
    STALE_WHILE_REVALIDATE,

    /** Stale, as {@link HttpCache#peek} found it or the request allows it (max-stale); the origin was not asked. */
    STALE;

    /**
     * Whether the answer, or the redirect that led to it, was older than its TTL.
     *
     * @return whether it was stale
     */
    public boolean stale() {
        return switch (this) {
            case HIT, FETCHED, REVALIDATED, COLLAPSED -> false;
            case STALE_ERROR, STALE_PATIENCE, STALE_BACKOFF, STALE_WHILE_REVALIDATE, STALE -> true;
        };
    }
}
