package dev.fetchonce;

import dev.fetchonce.internal.engine.Counters;
import dev.fetchonce.internal.engine.Engine;
import java.time.Duration;
import java.util.Map;

/**
 * What a cache has counted since it was made, and what it holds now. A snapshot: immutable, and only roughly of one
 * moment, since the cache goes on counting while it is taken. Made by {@link HttpCache#stats()}; components may be added.
 *
 * <p>Every call that asks for an answer counts once: as a hit, a miss, or collapsed; a redirect that is followed counts as a
 * call of its own. One for which there is no more room to wait ({@link Reason#TOO_MANY_WAITERS}) is none of these, and one that waited
 * for an answer which turned out not to be for it, and then was told at once, counts again.
 *
 * @param hits calls answered at once with a fresh stored response, or with a stale one while that is revalidated
 * @param misses calls that sent a request of their own, or began to, or would have, had the origin not been left alone
 * @param collapsed calls that waited for the request of another call
 * @param staleServed calls answered with a stale response, for whatever reason
 * @param revalidated requests that the origin answered with 304 Not Modified
 * @param failures failed fetches by reason, each counted once however many callers waited for it; callers that ran out of
 *     patience and had no stale answer are counted one by one, under {@link Reason#PATIENCE} or {@link Reason#BUSY}
 * @param evictions how often something stored was dropped for want of room or because it had outlived every use
 * @param bytes an estimate of the heap that all that is kept takes, decoded values included
 * @param entries how many responses are stored
 * @param fetchesInProgress how many fetches are under way
 * @param meanLoadTime the mean time of an exchange with an origin, from the moment it held its permit
 * @param maximumLoadTime the longest such time
 * @param meanQueueTime the mean time that a fetch queued for its permit, {@link HttpCache.Builder#connectionsPerOrigin}
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

    /** Copies the map. */
    public CacheStats {
        failures = Map.copyOf(failures);
    }

    static CacheStats of(Engine engine) {
        Counters counters = engine.counters();
        return new CacheStats(
                counters.hits(),
                counters.misses(),
                counters.collapsed(),
                counters.staleServed(),
                counters.revalidated(),
                counters.failures(),
                engine.store().evictions(),
                engine.bytes(),
                engine.store().entries(),
                engine.fetchesInProgress(),
                counters.loads().mean(),
                counters.loads().longest(),
                counters.queues().mean(),
                counters.queues().longest());
    }
}
