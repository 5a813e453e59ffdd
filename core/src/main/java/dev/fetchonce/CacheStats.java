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
 * <p>Every call for a response counts once: as a hit, as a miss, or as collapsed. A followed redirect counts as a call
 * of its own. A call beyond {@link HttpCache.Builder#maximumWaiters} does not count. A call counts again when it waited
 * for a response that it may not use, and then got another one at once.
 *
 * @param hits calls that got a fresh stored response at once, or a stale one during its revalidation
 * @param misses calls that sent a request, started to, or would have sent one without the backoff
 * @param collapsed calls that waited for the request of another call
 * @param staleServed calls that got a stale response, for any reason
 * @param revalidated requests that the origin answered with 304 Not Modified
 * @param failures failed fetches by reason, each counted once for all its waiters; only reasons that occurred. A caller
 *     whose patience ended and that got no stale response counts by itself, under {@link Reason#PATIENCE} or
 *     {@link Reason#BUSY}
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
        long staleServed,
        long revalidated,
        Map<Reason, Long> failures,
        long evictions,
        long bytes,
        long entries,
        int fetchesInProgress,
        Duration meanLoadTime,
        Duration maximumLoadTime,
        Duration meanQueueTime,
        Duration maximumQueueTime) {

    /** Makes a snapshot, with a copy of the map. */
    public CacheStats {
        failures = Map.copyOf(failures);
    }

    static CacheStats of(Inspection cache, Recorder counts) {
        return new CacheStats(
                counts.hits(),
                counts.misses(),
                counts.collapsed(),
                counts.staleServed(),
                counts.revalidated(),
                counts.failures(),
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
