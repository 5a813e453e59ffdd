package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.results.Figure;
import dev.fetchonce.benchmarks.results.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The numbers of a run so far. For one thread. */
final class Gathered {
    private final Map<Figure, List<Double>> numbers = new LinkedHashMap<>();

    void add(Measured measured) {
        numbers.computeIfAbsent(measured.figure(), figure -> new ArrayList<>()).add(measured.value());
    }

    List<Series> series() {
        return numbers.entrySet().stream()
                .map(entry -> new Series(entry.getKey(), entry.getValue()))
                .toList();
    }
}
