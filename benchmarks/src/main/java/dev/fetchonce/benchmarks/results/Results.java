package dev.fetchonce.benchmarks.results;

import java.util.List;

/**
 * A whole run.
 *
 * @param date when it began, such as {@code 2026-11-26}
 * @param command what starts the same run
 * @param seconds how long it took
 * @param series every figure once, in the order in which they were first measured
 */
public record Results(String date, String command, long seconds, Machine machine, List<Series> series) {
    /** Kept as they are now. */
    public Results {
        series = List.copyOf(series);
    }
}
