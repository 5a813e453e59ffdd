package dev.fetchonce.benchmarks.results;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The series of a run by figure. */
final class Medians {
    private final Map<Figure, Series> series = new LinkedHashMap<>();

    /**
     * Makes the table of a run.
     *
     * @throws IllegalArgumentException when the run has a figure twice
     */
    Medians(Results results) {
        for (Series one : results.series()) {
            if (series.put(one.figure(), one) != null) {
                throw new IllegalArgumentException("measured twice: " + one.figure());
            }
        }
    }

    /** Returns the median of a figure, if it was measured. */
    OptionalDouble of(Figure figure) {
        Series found = series.get(figure);
        return found == null ? OptionalDouble.empty() : OptionalDouble.of(found.median());
    }

    /** Returns all numbers of a figure, if it was measured, or null. */
    @Nullable
    Series series(Figure figure) {
        return series.get(figure);
    }

    /** Returns the measured figures, in their order. */
    Stream<Figure> figures() {
        return series.keySet().stream();
    }

    /** Returns the contenders with a figure of this metric, in the order of first appearance. */
    List<String> contenders(String scenario, Metric metric) {
        return distinct(scenario, metric, Figure::contender);
    }

    /** Returns the loads with a figure of this metric, in the order of first appearance. */
    List<String> loads(String scenario, Metric metric) {
        return distinct(scenario, metric, Figure::load);
    }

    private List<String> distinct(String scenario, Metric metric, Function<Figure, String> part) {
        return figures()
                .filter(figure -> figure.scenario().equals(scenario)
                        && figure.metric().equals(metric.name())
                        && figure.unit().equals(metric.unit()))
                .map(part)
                .distinct()
                .toList();
    }
}
