package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Obstacle;
import java.util.Optional;

/**
 * An event in the life of a cache, once for all callers that it concerns. Immutable. A hit is no event, and neither is
 * the end of a fetch that was invalidated.
 */
sealed interface CacheEvent {
    /** Returns the key of the fetch; its {@code toString} leaves out the query. */
    CacheKey key();

    /**
     * A fetch brought a response.
     *
     * @param landing the number of the landing, which grows in the order in which landings changed the cache
     * @param renewed whether a 304 confirmed a stored response
     * @param obstacle why the response is not kept; empty when it is kept
     */
    record Fetched(CacheKey key, long landing, int status, boolean renewed, Optional<Obstacle> obstacle)
            implements CacheEvent {}

    /**
     * A fetch failed.
     *
     * @param landing the number of the landing, as for a response
     * @param consecutiveFailures the number of consecutive failures of the URL, this one included; zero where it does
     *     not count
     * @param kept whether the response that is the failure is kept
     * @param obstacle why that response is not kept; empty where it is kept, where the failure itself says so, or where
     *     there is no response
     */
    record FetchFailed(
            CacheKey key,
            long landing,
            Reason reason,
            int consecutiveFailures,
            boolean kept,
            Optional<Obstacle> obstacle)
            implements CacheEvent {}
}
