package dev.fetchonce.benchmarks.results;

/**
 * What one number says.
 *
 * @param scenario what was done, such as {@code distinct misses}
 * @param contender by whom
 * @param load under what load, such as {@code 10,000 callers}; its order among others is that in which they were measured
 * @param metric what was looked at, such as {@code requests a second}
 * @param unit of the number, such as {@code 1/s}
 */
public record Figure(String scenario, String contender, String load, String metric, String unit) {}
