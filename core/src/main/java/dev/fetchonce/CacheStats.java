package dev.fetchonce;

import dev.fetchonce.internal.engine.Inspection;
import dev.fetchonce.internal.engine.Recorder;
import java.time.Duration;
import java.util.Map;

/**
 * The counts of a cache since its creation, and the extent of its content now. {@link HttpCache#stats()} makes it.
 * Immutable. The values are only roughly of one moment, because the cache goes on counting meanwhile. A later version
 * may add components.
 *
 * <p>Every call for a response counts once: as a hit, as a miss, as collapsed, or as held by a backoff. A followed
 * redirect counts as a call of its own. A call beyond {@link HttpCache.Builder#maximumWaiters} does not count. A call
 * counts again when it waited for a response that it may not use, and then got another one at once.
 *
 * @param hits calls that got a fresh stored response at once, or a stale one during its revalidation, or the result of a
 *     {@linkplain HttpCache#refresh(java.net.URI, Duration) recent attempt}
 * @param misses calls that sent a request or started to. A call that a backoff stopped only in the queue is one of them,
 *     and so is a call with only-if-cached that found no response
 * @param collapsed calls that waited for the request of another call
 * @param heldByBackoff calls that a {@linkplain HttpCache.Builder#backoff backoff} kept from sending a request: they
 *     got a stale response or failed at once
 * @param stale calls that got a stale response, by the way in which it was served; only ways that occurred, all of them
 *     {@linkplain Served#stale() stale}. These calls count as hits, misses, collapsed or held too
 * @param requestsSent requests to origins: those of fetches with their {@linkplain HttpCache.Builder#retries retries}
 *     and their repeats without conditions, and those that the {@linkplain HttpCache#asHttpClient() drop-in client} sends
 *     past the cache. A request that found no connection counts
 * @param revalidated requests that the origin answered with 304 Not Modified
 * @param failures failed fetches by reason, each counted once for all its waiters; only reasons that occurred. A caller
 *     whose patience ended and that got no stale response counts by itself, under {@link Reason#PATIENCE} or
 *     {@link Reason#BUSY}
 * @param failuresByOrigin the same failures by origin, such as {@code https://example.org}; only origins with a failure.
 *     The first 1,000 such origins have a count each, and {@code other} is the count of all further ones
 * @param originsInBackoff the number of origins whose hosts hold back their URLs now: no connection can be made, or the
 *     host is sick and gets a few requests in each wait until one succeeds; at most 10,000
 * @param evictions stored responses that the cache dropped for lack of room, or because they had no use any more
 * @param bytes an estimate of the heap that the content takes, in bytes, decoded values included
 * @param entries the number of stored responses
 * @param fetchesInProgress the number of fetches under way
 * @param meanLoadTime the mean time of an exchange with an origin, from its permit on; zero before the first
 * @param maximumLoadTime the longest such time
 * @param meanQueueTime the mean time that a fetch queued for its permit
 *     ({@link HttpCache.Builder#connectionsPerOrigin}); zero before the first
 * @param maximumQueueTime the longest such time
 */
public record CacheStats(
        long hits,
        long misses,
        long collapsed,
        long heldByBackoff,
        Map<Served, Long> stale,
        long requestsSent,
        long revalidated,
        Map<Reason, Long> failures,
        Map<String, Long> failuresByOrigin,
        int originsInBackoff,
        long evictions,
        long bytes,
        long entries,
        int fetchesInProgress,
        Duration meanLoadTime,
        Duration maximumLoadTime,
        Duration meanQueueTime,
        Duration maximumQueueTime) {

    /** Makes a snapshot, with copies of the maps. */
    public CacheStats {
        stale = Map.copyOf(stale);
        failures = Map.copyOf(failures);
        failuresByOrigin = Map.copyOf(failuresByOrigin);
    }

    /**
     * Returns the number of calls that got a stale response, in any way.
     *
     * @return the sum of {@link #stale}
     */
    public long staleServed() {
        return stale.values().stream().mapToLong(Long::longValue).sum();
    }

    static CacheStats of(Inspection cache, Recorder counts) {
        return new CacheStats(
                counts.hits(),
                counts.misses(),
                counts.collapsed(),
                counts.heldByBackoff(),
                counts.stale(),
                counts.requestsSent(),
                counts.revalidated(),
                counts.failures(),
                counts.failuresByOrigin(),
                cache.originsInBackoff(),
                cache.evictions(),
                cache.bytes(),
                cache.entries(),
                cache.fetchesInProgress(),
                counts.loads().mean(),
                counts.loads().longest(),
                counts.queues().mean(),
                counts.queues().longest());
    }
}
