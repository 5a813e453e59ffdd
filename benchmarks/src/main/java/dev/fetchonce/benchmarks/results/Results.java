package dev.fetchonce.benchmarks.results;

import java.util.List;

/**
 * The results of a run.
 *
 * @param date when the run began, such as {@code 2026-11-26}
 * @param command the command that starts such a run
 * @param seconds how long it took
 * @param series every figure once, in the order in which they were first measured
 */
public record Results(String date, String command, long seconds, Machine machine, List<Series> series) {
    /** Copies the list. */
    public Results {
        series = List.copyOf(series);
    }
}
