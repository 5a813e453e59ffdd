package dev.fetchonce.benchmarks.origin;

import java.util.Locale;

/** How documents are answered. */
public enum Kind {
    /** At once. */
    DOC,
    /** When the origin is told to release them; at once from then on, until it is told to hold them again. */
    HELD,
    /** After a second. */
    SLOW,
    /** At once, or as the origin's mood is. */
    SICK;

    /** As paths have it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
