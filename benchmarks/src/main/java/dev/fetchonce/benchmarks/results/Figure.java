package dev.fetchonce.benchmarks.results;

/**
 * The meaning of one number.
 *
 * @param scenario the scenario, such as {@code distinct misses}
 * @param contender the contender
 * @param load the load, such as {@code 10,000 callers}; loads keep the order in which they were measured
 * @param metric the metric, such as {@code requests a second}
 * @param unit the unit of the number, such as {@code 1/s}
 */
public record Figure(String scenario, String contender, String load, String metric, String unit) {}
