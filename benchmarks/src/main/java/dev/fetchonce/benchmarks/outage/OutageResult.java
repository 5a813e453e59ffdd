package dev.fetchonce.benchmarks.outage;

/**
 * The result of one simulated outage.
 *
 * @param requests the requests that reached the origin during the outage
 * @param connects the connections that were refused, those of knocks included
 * @param worstWaitNanos the longest wait of a caller
 * @param waitedLater whether a caller waited that came after the first failure of its URL, with an answer stored
 * @param failedCalls the calls that failed; a caller calls again after 100 ms
 * @param firstFreshNanos the time from the return of the origin to the first fresh URL
 * @param lastFreshNanos the time from the return of the origin to the last fresh URL; negative if a URL stayed stale
 */
record OutageResult(
        long requests,
        long connects,
        long worstWaitNanos,
        boolean waitedLater,
        long failedCalls,
        long firstFreshNanos,
        long lastFreshNanos) {}
