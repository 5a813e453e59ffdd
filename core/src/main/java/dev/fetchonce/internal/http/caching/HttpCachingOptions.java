package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import java.util.List;

/**
 * The options that RFC 9111 leaves to a cache.
 *
 * @param shared whether the cache serves more than one user (RFC 9111 §1)
 * @param heuristicFraction the part of the time since Last-Modified that makes a heuristic freshness lifetime, from 0
 *     to 1 (RFC 9111 §4.2.2)
 * @param heuristicCapNanos the longest heuristic freshness lifetime, in nanoseconds; from 0 to 2<sup>31</sup> seconds
 * @param targetedFields the names of the fields that replace Cache-Control, the most applicable first (RFC 9213 §2.2);
 *     often empty
 */
public record HttpCachingOptions(
        boolean shared, double heuristicFraction, long heuristicCapNanos, List<String> targetedFields) {
    /**
     * Checks and copies the options.
     *
     * @throws IllegalArgumentException when a number is out of its bounds
     */
    public HttpCachingOptions {
        if (!(heuristicFraction >= 0 && heuristicFraction <= 1)) { // the comparison is false for NaN
            throw new IllegalArgumentException(
                    "the heuristic fraction is " + heuristicFraction + "; it must be from 0 to 1");
        }
        if (heuristicCapNanos < 0 || heuristicCapNanos > DeltaSeconds.MAXIMUM_NANOS) {
            throw new IllegalArgumentException("the longest heuristic freshness lifetime is " + heuristicCapNanos
                    + " ns; it must be from 0 to " + DeltaSeconds.MAXIMUM + " s");
        }
        targetedFields = List.copyOf(targetedFields);
    }
}
