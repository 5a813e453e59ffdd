package dev.fetchonce.benchmarks.scenarios;

import java.time.Duration;

/** What several scenarios have in common. */
final class Limits {
    /** In seconds, for responses that stay fresh. */
    static final int DAY = 86_400;

    /** The length of most documents. */
    static final int KIBIBYTE = 1 << 10;

    /** Longer than anything here should take. */
    static final Duration LONGEST = Duration.ofMinutes(2);

    private Limits() {}
}
