package dev.fetchonce.benchmarks.origin;

import java.util.Locale;

/** The way in which the origin answers a request for a document. */
public enum Kind {
    /** It answers at once. */
    DOC,
    /** It waits for a release. From then on it answers at once, until it is held again. */
    HELD,
    /** It answers after a second. */
    SLOW,
    /** It answers at once, or as the mood of the origin is. */
    SICK;

    /** Returns the word for the path. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
