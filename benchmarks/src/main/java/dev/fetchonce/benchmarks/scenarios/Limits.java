package dev.fetchonce.benchmarks.scenarios;

import java.time.Duration;

/** The constants that several scenarios and the benchmarks of hits share. */
public final class Limits {
    /** A freshness lifetime in seconds, for responses that stay fresh. */
    public static final int DAY = 86_400;

    /** The length of most documents, in bytes. */
    public static final int KIBIBYTE = 1 << 10;

    /** A room of so many documents. It is soon used up, as in a cache that has served for a while. */
    static final int ROOM = 10_000;

    /** The longest wait. Every step here should be shorter. */
    static final Duration LONGEST = Duration.ofMinutes(2);

    private Limits() {}
}
