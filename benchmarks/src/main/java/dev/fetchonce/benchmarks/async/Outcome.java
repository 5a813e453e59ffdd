package dev.fetchonce.benchmarks.async;

import org.jspecify.annotations.Nullable;

/** What all who wait for a flight are told. */
sealed interface Outcome {
    /** An answer, new or confirmed. */
    record Landed(Entry entry) implements Outcome {}

    /**
     * None.
     *
     * @param why one exception for all
     * @param standIn what is given instead, or null
     */
    record Failed(AsyncFetchException why, @Nullable Entry standIn) implements Outcome {}
}
