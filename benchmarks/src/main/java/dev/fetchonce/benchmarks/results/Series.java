package dev.fetchonce.benchmarks.results;

import java.util.List;

/**
 * The numbers of one figure, one for each round, in the order in which they were measured.
 *
 * @param values at least one number, each finite
 */
public record Series(Figure figure, List<Double> values) {
    /** Checks and copies the list. */
    public Series {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no number for " + figure);
        }
        if (!values.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(values + " for " + figure);
        }
    }

    /** Returns the median: the middle number, or the mean of the two in the middle. */
    public double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
