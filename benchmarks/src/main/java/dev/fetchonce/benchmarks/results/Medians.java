package dev.fetchonce.benchmarks.results;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A run by figure. */
final class Medians {
    private final Map<Figure, Series> series = new LinkedHashMap<>();

    /**
     * Of this run.
     *
     * @throws IllegalArgumentException when it has a figure twice
     */
    Medians(Results results) {
        for (Series one : results.series()) {
            if (series.put(one.figure(), one) != null) {
                throw new IllegalArgumentException("measured twice: " + one.figure());
            }
        }
    }

    /** Its median, if it was measured. */
    OptionalDouble of(Figure figure) {
        Series found = series.get(figure);
        return found == null ? OptionalDouble.empty() : OptionalDouble.of(found.median());
    }

    /** All its numbers, if it was measured. */
    @Nullable
    Series series(Figure figure) {
        return series.get(figure);
    }

    /** What was measured, in its order. */
    Stream<Figure> figures() {
        return series.keySet().stream();
    }

    /** Who was measured so, in the order of first appearance. */
    List<String> contenders(String scenario, Metric metric) {
        return distinct(scenario, metric, Figure::contender);
    }

    /** Under which loads, in the order of first appearance. */
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
