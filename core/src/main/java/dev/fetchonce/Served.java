package dev.fetchonce;

/** How the cache served a {@link CachedResponse}. */
public enum Served {
    /** The stored response was fresh; the call sent no request and did not wait. */
    HIT,

    /** The request of this call brought the whole response from the origin. */
    FETCHED,

    /** The origin confirmed the stored response with 304 Not Modified, on a request of this call. */
    REVALIDATED,

    /** The request of another call fetched or revalidated the response, and this call waited for it. */
    COLLAPSED,

    /** The response is stale and stands in for a failed fetch. */
    STALE_ERROR,

    /**
     * The response is stale. The fetch did not end within the caller's wait, or had
     * {@link HttpCache.Builder#maximumWaiters} already.
     */
    STALE_PATIENCE,

    /**
     * The response is stale, and the {@linkplain HttpCache.Builder#backoff backoff} of the origin allows no request.
     */
    STALE_BACKOFF,

    /**
     * The response is stale, and a fetch in the background renews it ({@link HttpCache.Builder#staleWhileRevalidate}).
     */
    STALE_WHILE_REVALIDATE,

    /**
     * The response is stale, as {@link HttpCache#peek} found it, or as the request allows it (max-stale, or
     * {@linkplain HttpCache#refresh(java.net.URI, java.time.Duration) a recent attempt}); the call sent no request.
     */
    STALE;

    /**
     * Reports whether the response, or the redirect that led to it, was stale.
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
