package dev.fetchonce.benchmarks.scenarios;

import java.time.Duration;

/** What several scenarios have in common, and the benchmarks of hits. */
public final class Limits {
    /** In seconds, for responses that stay fresh. */
    public static final int DAY = 86_400;

    /** The length of most documents. */
    public static final int KIBIBYTE = 1 << 10;

    /** Room for so many documents is soon used up, as that of a cache which has been there for a while. */
    static final int ROOM = 10_000;

    /** Longer than anything here should take. */
    static final Duration LONGEST = Duration.ofMinutes(2);

    private Limits() {}
}
