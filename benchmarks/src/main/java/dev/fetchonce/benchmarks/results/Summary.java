package dev.fetchonce.benchmarks.results;

import dev.fetchonce.benchmarks.results.Section.View;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What the README shows of a run. */
final class Summary {
    private static final List<View> VIEWS = List.of(
            new View(Names.HIT, Names.TIME, Names.CAFFEINE_GET, true),
            new View(Names.MISSES, Names.THROUGHPUT, Names.ASYNC, true));

    private Summary() {}

    /** The plots and tables of what matters most, and on what they were measured. */
    static String text(Results results, UnaryOperator<String> link) {
        List<View> measured =
                VIEWS.stream().filter(view -> view.measured(results)).toList();
        if (measured.isEmpty()) {
            return "Not measured.\n";
        }
        return measured.stream()
                        .map(view -> view.image(link) + "\n" + view.table(results))
                        .collect(Collectors.joining("\n"))
                + "\nMeasured on " + Environment.line(results) + ".\n";
    }
}
