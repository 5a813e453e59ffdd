package dev.fetchonce.benchmarks.origin;

/** The mood of the origin towards requests of the kind {@code SICK}. */
public enum Mood {
    /** It answers at once. */
    WELL,
    /** It answers 503 after 20 ms. */
    UNAVAILABLE,
    /** It does not answer until its mood is {@link #WELL} again, or a minute has passed. */
    HANGING
}
