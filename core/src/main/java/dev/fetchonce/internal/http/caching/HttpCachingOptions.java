package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import java.util.List;

/**
 * What RFC 9111 leaves to the cache.
 *
 * @param shared whether it serves more than one user (RFC 9111 §1)
 * @param heuristicFraction which part of the time since Last-Modified is a heuristic freshness lifetime, from 0 to 1
 *     (RFC 9111 §4.2.2)
 * @param heuristicCapNanos what no heuristic freshness lifetime exceeds, in nanoseconds; from 0 to 2<sup>31</sup> seconds
 * @param targetedFields the names of the fields that take the place of Cache-Control, the most applicable first
 *     (RFC 9213 §2.2); often none
 */
public record HttpCachingOptions(
        boolean shared, double heuristicFraction, long heuristicCapNanos, List<String> targetedFields) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException when a number is out of its bounds
     */
    public HttpCachingOptions {
        if (!(heuristicFraction >= 0 && heuristicFraction <= 1)) { // NaN compares as false
            throw new IllegalArgumentException("a heuristic fraction of " + heuristicFraction + ": it is from 0 to 1");
        }
        if (heuristicCapNanos < 0 || heuristicCapNanos > DeltaSeconds.MAXIMUM_NANOS) {
            throw new IllegalArgumentException("a longest heuristic freshness lifetime of " + heuristicCapNanos
                    + " ns: it is from 0 to " + DeltaSeconds.MAXIMUM + " s");
        }
        targetedFields = List.copyOf(targetedFields);
    }
}
