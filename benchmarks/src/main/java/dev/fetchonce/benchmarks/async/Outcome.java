package dev.fetchonce.benchmarks.async;

import org.jspecify.annotations.Nullable;

/** The outcome that all waiters of a flight get. */
sealed interface Outcome {
    /** An answer, new or confirmed. */
    record Landed(Entry entry) implements Outcome {}

    /**
     * No answer.
     *
     * @param why one exception for all waiters
     * @param standIn the stale entry that stands in, or null
     */
    record Failed(AsyncFetchException why, @Nullable Entry standIn) implements Outcome {}
}
