package dev.fetchonce.benchmarks.outage;

import java.util.List;

/**
 * The result of one simulated case. All times are in nanoseconds.
 *
 * @param requestTimes the times at which requests in trouble reached the host, from the beginning
 * @param connects the refused connections, those of knocks included
 * @param worstWait the longest wait of a caller
 * @param laterWait the longest wait of a caller that came after the first failure of its URL, with an answer stored
 * @param failedCalls the calls that failed
 * @param firstFresh the time from the return of the host to the first fresh URL; zero when all URLs were fresh at the
 *     return. After several outages the longest such time
 * @param lastFresh the time from the return of the host to the last fresh URL; {@link #NEVER} when a URL was not fresh
 *     at the end of the simulation
 * @param afterRequestedWait the longest time from the end of a wait that the origin had requested to a fresh URL, for
 *     waits that ended after the return
 * @param longestStale the longest time for which the answer of a URL without trouble, or of a slow one, was stale
 */
record OutageResult(
        List<Long> requestTimes,
        long connects,
        long worstWait,
        long laterWait,
        long failedCalls,
        long firstFresh,
        long lastFresh,
        long afterRequestedWait,
        long longestStale) {
    /** The time of an event that did not happen. */
    static final long NEVER = Long.MAX_VALUE;

    /** Copies the list. */
    OutageResult {
        requestTimes = List.copyOf(requestTimes);
    }

    /** Returns the number of requests that reached the host in trouble. */
    int requests() {
        return requestTimes.size();
    }
}
