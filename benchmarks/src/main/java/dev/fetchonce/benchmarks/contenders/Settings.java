package dev.fetchonce.benchmarks.contenders;

import java.time.Duration;

/**
 * The settings of all contenders of a scenario. Each contender obeys as far as it can.
 *
 * @param ttl how long a document is fresh, where the contender and not the response decides
 * @param timeout how long one exchange with the origin may take
 * @param patience how long a caller waits
 * @param maximumDocuments how many documents a contender may keep, where it bounds their number
 * @param documentBytes the length of each body
 */
public record Settings(Duration ttl, Duration timeout, Duration patience, int maximumDocuments, int documentBytes) {
    /** Settings with which nothing expires, nothing is dropped, and every caller has time. */
    public static final Settings AMPLE =
            new Settings(Duration.ofDays(1), Duration.ofMinutes(2), Duration.ofMinutes(2), 1_000_000, 1 << 10);

    /**
     * Reports whether no caller runs out of time. A contender with timers for each call or request then sets no timer,
     * because a timer would cost more than a bound that all share.
     */
    public boolean unhurried() {
        return patience.compareTo(AMPLE.patience) >= 0 && timeout.compareTo(AMPLE.timeout) >= 0;
    }

    /** Returns these settings with another freshness lifetime. */
    public Settings ttl(Duration other) {
        return new Settings(other, timeout, patience, maximumDocuments, documentBytes);
    }

    /** Returns these settings with another bound on an exchange. */
    public Settings timeout(Duration other) {
        return new Settings(ttl, other, patience, maximumDocuments, documentBytes);
    }

    /** Returns these settings with another patience. */
    public Settings patience(Duration other) {
        return new Settings(ttl, timeout, other, maximumDocuments, documentBytes);
    }

    /** Returns these settings with room for so many documents of that length. */
    public Settings room(int documents, int bytes) {
        return new Settings(ttl, timeout, patience, documents, bytes);
    }

    /**
     * Returns the bound in bytes, for a contender that counts bytes.
     *
     * @param besides the bytes that it counts for a document besides the body
     */
    public long maximumBytes(int besides) {
        return (long) maximumDocuments * (documentBytes + besides);
    }
}
