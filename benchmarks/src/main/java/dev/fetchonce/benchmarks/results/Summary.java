package dev.fetchonce.benchmarks.results;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The three numbers of a run that the README shows. */
final class Summary {
    private static final List<Row> ROWS = List.of(
            new Row(Names.HIT, Names.TIME, Names.threads(1), Names.CAFFEINE_GET),
            new Row(Names.COLD, Names.REQUESTS, Names.callers(10_000), Names.HTTP_CLIENT),
            new Row(Names.MISSES, Names.THROUGHPUT, Names.callers(1_000), Names.ASYNC));

    /**
     * A number of Fetchonce, beside the number of another contender under one load.
     *
     * @param other the contender to compare with
     */
    private record Row(String scenario, Metric metric, String load, String other) {
        boolean measured(Medians medians) {
            return median(medians, Names.FETCHONCE).isPresent();
        }

        String text(Medians medians) {
            String ours = number(median(medians, Names.FETCHONCE));
            String theirs = number(median(medians, other));
            return "| " + scenario + ", " + load + " | " + metric.title() + " | **" + ours + "** | " + other + ": "
                    + theirs + " |";
        }

        private OptionalDouble median(Medians medians, String contender) {
            return medians.of(metric.figure(scenario, contender, load));
        }

        private String number(OptionalDouble median) {
            return median.isPresent() ? metric.text(median.getAsDouble()) : "not measured";
        }
    }

    private Summary() {}

    /** Returns a table of the three numbers, and the line that says on which machine they were measured. */
    static String text(Results results) {
        Medians medians = new Medians(results);
        List<Row> measured = ROWS.stream().filter(row -> row.measured(medians)).toList();
        if (measured.isEmpty()) {
            return "Not measured.\n";
        }
        return measured.stream()
                .map(row -> row.text(medians))
                .collect(Collectors.joining(
                        "\n",
                        "| scenario | metric | Fetchonce | to compare |\n| --- | --- | ---: | --- |\n",
                        "\n\nMeasured on " + Environment.line(results) + ".\n"));
    }
}
