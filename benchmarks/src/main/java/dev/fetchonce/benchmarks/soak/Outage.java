package dev.fetchonce.benchmarks.soak;

import java.time.Duration;

/** The way in which a {@link FlappingOrigin} is down. */
enum Outage {
    /** Answers 503. */
    UNAVAILABLE(4_000),

    /** Reads the request and sends nothing. */
    HANGS(4_000),

    /** Refuses connections. */
    REFUSES(4_000),

    /** Sends the answer in pieces, which takes 3 s. */
    DRIPS(4_000),

    /** Answers after 1.3 s, without any better time. */
    SLOW(0),

    /** Answers after 3 s, without any better time. */
    SLOWER(0);

    private final int longestPeace;

    Outage(int longestPeace) {
        this.longestPeace = longestPeace;
    }

    /** Returns the longest time between two outages, in milliseconds; 0 where the outage lasts. */
    int longestPeace() {
        return longestPeace;
    }

    /**
     * Returns how long an exchange that began in the outage may go on after its end.
     *
     * @param longest the longest exchange of a cache
     */
    Duration aftermath(Duration longest) {
        return switch (this) {
            case UNAVAILABLE, REFUSES -> Duration.ZERO;
            case HANGS, DRIPS, SLOW, SLOWER -> longest;
        };
    }
}
