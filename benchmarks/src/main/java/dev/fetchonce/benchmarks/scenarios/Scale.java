package dev.fetchonce.benchmarks.scenarios;

/** The extent of a run. */
public enum Scale {
    /** A run of a minute, which shows that all works and gives the counts. */
    SMOKE,
    /** A run that is long enough for its figures to be recorded. */
    FULL;

    /** Returns the number for this scale. */
    int of(int smoke, int full) {
        return switch (this) {
            case SMOKE -> smoke;
            case FULL -> full;
        };
    }
}
