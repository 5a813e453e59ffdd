package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.results.Figure;
import dev.fetchonce.benchmarks.results.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The numbers of a run so far. Their order is that of the plan, not that in which stints end. Thread-safe. */
final class Gathered {
    private final SortedMap<Integer, List<Measured>> byStint = new ConcurrentSkipListMap<>();

    /** Adds the numbers of one stint. */
    void add(int stint, List<Measured> measured) {
        byStint.put(stint, measured);
    }

    List<Series> series() {
        Map<Figure, List<Double>> numbers = new LinkedHashMap<>();
        byStint.values()
                .forEach(all ->
                        all.forEach(measured -> numbers.computeIfAbsent(measured.figure(), figure -> new ArrayList<>())
                                .add(measured.value())));
        return numbers.entrySet().stream()
                .map(entry -> new Series(entry.getKey(), entry.getValue()))
                .toList();
    }
}
