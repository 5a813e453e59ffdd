package dev.fetchonce.benchmarks.origin;

/** How the origin is, to those who ask for what is sick. */
public enum Mood {
    /** As it should be. */
    WELL,
    /** It answers 503 after 20 ms. */
    UNAVAILABLE,
    /** It does not answer until it is well again, or a minute has passed. */
    HANGING
}
