package dev.fetchonce.benchmarks.scenarios;

/** How much is made of it. */
public enum Scale {
    /** So little that all of it takes a minute: whether it works, and what can be counted. */
    SMOKE,
    /** So much that its figures can be recorded. */
    FULL;

    /** The number for this scale. */
    int of(int smoke, int full) {
        return switch (this) {
            case SMOKE -> smoke;
            case FULL -> full;
        };
    }
}
