package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.HttpCache;
import java.time.Duration;

/**
 * The options of a cache by which the referee judges it.
 *
 * @param softTimeout the longest wait of a caller for which an answer is stored
 * @param timeout the usual longest exchange
 * @param firstTimeout the longest exchange of all
 * @param patience the longest wait of a caller
 * @param firstBackoff the least longest wait after a failure
 * @param longestBackoff the longest wait after a failure
 */
record Policy(
        Duration softTimeout,
        Duration timeout,
        Duration firstTimeout,
        Duration patience,
        Duration firstBackoff,
        Duration longestBackoff) {
    private static final int SHARE = 10;
    private static final Duration NOTICE = Duration.ofSeconds(1);

    /** Returns a builder with these options. */
    HttpCache.Builder builder() {
        return HttpCache.builder()
                .softTimeout(softTimeout)
                .timeout(timeout)
                .firstTimeout(firstTimeout)
                .patience(patience)
                .backoff(firstBackoff, longestBackoff);
    }

    /** Returns the longest time from the end of an outage to a fresh answer, for a URL of which callers ask. */
    Duration recovery(Duration outage) {
        Duration share = outage.dividedBy(SHARE);
        Duration least = share.compareTo(firstBackoff) < 0 ? firstBackoff : share;
        return (least.compareTo(longestBackoff) > 0 ? longestBackoff : least).plus(NOTICE);
    }
}
