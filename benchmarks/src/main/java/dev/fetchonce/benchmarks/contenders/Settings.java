package dev.fetchonce.benchmarks.contenders;

import java.time.Duration;

/**
 * What all contenders of a scenario are told alike; each obeys as far as it can.
 *
 * @param ttl how long a document is fresh, where the contender and not the response decides
 * @param timeout how long one exchange with the origin may take
 * @param patience how long a caller waits
 * @param maximumDocuments how many documents may be kept, where that is what is bounded
 * @param documentBytes how long the body of each is
 */
public record Settings(Duration ttl, Duration timeout, Duration patience, int maximumDocuments, int documentBytes) {
    /** Nothing expires, nothing is dropped, and everybody has time. */
    public static final Settings AMPLE =
            new Settings(Duration.ofDays(1), Duration.ofMinutes(2), Duration.ofMinutes(2), 1_000_000, 1 << 10);

    /**
     * Whether nobody runs out of time: then a contender whose calls and requests have timers of their own needs none, as
     * they cost each of them more than a bound that all share.
     */
    public boolean unhurried() {
        return patience.compareTo(AMPLE.patience) >= 0 && timeout.compareTo(AMPLE.timeout) >= 0;
    }

    /** The same with another freshness lifetime. */
    public Settings ttl(Duration other) {
        return new Settings(other, timeout, patience, maximumDocuments, documentBytes);
    }

    /** The same with another bound on an exchange. */
    public Settings timeout(Duration other) {
        return new Settings(ttl, other, patience, maximumDocuments, documentBytes);
    }

    /** The same with another patience. */
    public Settings patience(Duration other) {
        return new Settings(ttl, timeout, other, maximumDocuments, documentBytes);
    }

    /** The same with room for so many documents of that length. */
    public Settings room(int documents, int bytes) {
        return new Settings(ttl, timeout, patience, documents, bytes);
    }

    /**
     * The bound in bytes, for a contender that counts those.
     *
     * @param besides what it counts for a document besides its body
     */
    public long maximumBytes(int besides) {
        return (long) maximumDocuments * (documentBytes + besides);
    }
}
