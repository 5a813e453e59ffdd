package dev.fetchonce.benchmarks.results;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Markdown table of one metric of one scenario. It has a row for each contender, a column for each load, and the
 * median in each cell. After several rounds the lowest and the highest number stand below the median. In a comparison
 * with one contender, the ratio to its median stands beside.
 */
final class Tables {
    private static final String NONE = "–";

    private final Medians medians;
    private final String scenario;
    private final Metric metric;
    private final @Nullable String reference;

    private Tables(Medians medians, String scenario, Metric metric, @Nullable String reference) {
        this.medians = medians;
        this.scenario = scenario;
        this.metric = metric;
        this.reference = reference;
    }

    /** Returns a table without a comparison. */
    static String of(Results results, String scenario, Metric metric) {
        return new Tables(new Medians(results), scenario, metric, null).text();
    }

    /** Returns a table that compares all contenders with one. */
    static String against(Results results, String reference, String scenario, Metric metric) {
        Medians medians = new Medians(results);
        boolean measured = medians.contenders(scenario, metric).contains(reference);
        return new Tables(medians, scenario, metric, measured ? reference : null).text();
    }

    private String text() {
        List<String> contenders = medians.contenders(scenario, metric);
        List<String> loads = medians.loads(scenario, metric);
        if (contenders.isEmpty()) {
            return "Not measured: " + metric.name() + ".\n";
        }
        List<String> lines = new ArrayList<>();
        lines.add(caption());
        lines.add("");
        lines.add(row(metric.title(), loads));
        lines.add("| --- |" + " ---: |".repeat(loads.size()));
        for (String contender : contenders) {
            lines.add(row(
                    emphasized(contender, contender),
                    loads.stream().map(load -> cell(contender, load)).toList()));
        }
        return String.join("\n", lines) + "\n";
    }

    private String caption() {
        String name = metric.name();
        String caption = Character.toUpperCase(name.charAt(0)) + name.substring(1) + ": "
                + metric.better().words() + ".";
        return reference == null ? caption : caption + " In brackets: compared with " + reference + ".";
    }

    private static String row(String first, List<String> others) {
        return others.stream().collect(Collectors.joining(" | ", "| " + first + " | ", " |"));
    }

    private String cell(String contender, String load) {
        Series series = medians.series(metric.figure(scenario, contender, load));
        if (series == null) {
            return NONE;
        }
        return emphasized(contender, metric.text(series.median()))
                + comparison(contender, load, metric.rounded(series.median()))
                + spread(series);
    }

    private String comparison(String contender, String load, double median) {
        if (reference == null || reference.equals(contender)) {
            return "";
        }
        OptionalDouble other = medians.of(metric.figure(scenario, reference, load));
        if (other.isEmpty() || median == 0 || metric.rounded(other.getAsDouble()) == 0) {
            return "";
        }
        double advantage = metric.better().advantage(median, other.getAsDouble());
        return advantage < 1
                ? " (" + Digits.of(1 / advantage) + " × worse)"
                : " (" + Digits.of(advantage) + " × better)";
    }

    private String spread(Series series) {
        if (series.values().size() == 1) {
            return "";
        }
        String lowest = metric.text(Collections.min(series.values()));
        String highest = metric.text(Collections.max(series.values()));
        return lowest.equals(highest) ? "" : "<br><sub>" + lowest + "–" + highest + "</sub>";
    }

    private static String emphasized(String contender, String text) {
        return Names.ours(contender) ? "**" + text + "**" : text;
    }
}
