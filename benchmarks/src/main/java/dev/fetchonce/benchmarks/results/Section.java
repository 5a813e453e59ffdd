package dev.fetchonce.benchmarks.results;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The part of the page that belongs to one heading.
 *
 * @param name the name in its markers
 * @param views the views of the section, in order
 */
record Section(String name, List<View> views) {
    /** Copies the list. */
    Section {
        views = List.copyOf(views);
    }

    /**
     * The view of one metric of a scenario.
     *
     * @param reference the contender with which the table compares the others; null where a ratio would mean nothing
     * @param plotted whether there is a plot besides the table
     */
    record View(String scenario, Metric metric, @Nullable String reference, boolean plotted) {
        /** Returns this view with a contender with which the others are compared. */
        View against(String contender) {
            return new View(scenario, metric, contender, plotted);
        }

        /** Reports whether the view shows this figure. */
        boolean shows(Figure figure) {
            return figure.equals(metric.figure(scenario, figure.contender(), figure.load()));
        }

        /** Reports whether the view has any number. */
        boolean measured(Results results) {
            return !new Medians(results).contenders(scenario, metric).isEmpty();
        }

        /** Returns the table. */
        String table(Results results) {
            return reference == null
                    ? Tables.of(results, scenario, metric)
                    : Tables.against(results, reference, scenario, metric);
        }

        /** Returns the link to the plot. */
        String image(UnaryOperator<String> link) {
            return "![" + scenario + ": " + metric.title() + "](" + link.apply(file()) + ")\n";
        }

        /** Returns the name of the plot's file. */
        String file() {
            return (scenario + " " + metric.name())
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^a-z0-9]+", "-")
                            .replaceAll("-$", "")
                    + ".svg";
        }
    }

    private static Section of(String name, View... views) {
        return new Section(name, Arrays.asList(views));
    }

    private static View table(String scenario, Metric metric) {
        return new View(scenario, metric, null, false);
    }

    private static View plot(String scenario, Metric metric) {
        return new View(scenario, metric, null, true);
    }

    private static View costs(String scenario) {
        return table(scenario, Names.CLIENT_CPU).against(Names.ASYNC);
    }

    /** Returns all sections, in the order of the page. */
    static List<Section> all() {
        return List.of(
                of(
                        "hit",
                        plot(Names.HIT, Names.TIME).against(Names.CAFFEINE_GET),
                        table(Names.HIT, Names.ALLOCATED),
                        plot(Names.HIT_ZIPF, Names.TIME).against(Names.CAFFEINE_GET),
                        table(Names.HIT_ZIPF, Names.ALLOCATED)),
                of("misses", plot(Names.MISSES, Names.THROUGHPUT).against(Names.ASYNC), costs(Names.MISSES)),
                of(
                        "cold",
                        table(Names.COLD, Names.REQUESTS),
                        plot(Names.COLD, Names.LAST_CALLER).against(Names.FUTURE_TASK),
                        plot(Names.COLD, Names.WAITER_BYTES)),
                of("patience", plot(Names.PATIENCE, Names.LAST_LEAVER), table(Names.PATIENCE, Names.STORM_CPU)),
                of("failing", plot(Names.FAILING, Names.REQUESTS), table(Names.FAILING, Names.SERVED)),
                of("outage", plot(Names.OUTAGE, Names.REQUESTS), plot(Names.OUTAGE, Names.SERVED)),
                of(
                        "slow",
                        plot(Names.SLOW, Names.FAST_CALL).against(Names.ASYNC),
                        table(Names.SLOW, Names.THROUGHPUT).against(Names.ASYNC)),
                of(
                        "revalidation",
                        plot(Names.REVALIDATION, Names.THROUGHPUT).against(Names.ASYNC),
                        costs(Names.REVALIDATION),
                        table(Names.REVALIDATION, Names.WIRE_BYTES)),
                of("documents", plot(Names.DOCUMENTS, Names.THROUGHPUT).against(Names.ASYNC), costs(Names.DOCUMENTS)),
                of("heap", plot(Names.FOOTPRINT, Names.HEAP), table(Names.FOOTPRINT, Names.HEAP_DECODED)),
                of(
                        "invalidation",
                        table(Names.INVALIDATION, Names.POST),
                        table(Names.INVALIDATION, Names.DROP_SOME),
                        table(Names.INVALIDATION, Names.DROP_ALL)),
                of("traces", plot(Names.ZIPF_TRACE, Names.HIT_RATIO), plot(Names.SCAN_TRACE, Names.HIT_RATIO)),
                of("first", plot(Names.FIRST_GET, Names.FROM_START)));
    }

    /**
     * Checks that all figures of a run have their place.
     *
     * @throws IllegalArgumentException when neither a section nor a target shows a figure
     */
    static void requireAllShown(Results results) {
        View target = table(Names.FOOTPRINT, Names.CONTENT);
        List<View> views = Stream.concat(Stream.of(target), all().stream().flatMap(section -> section.views().stream()))
                .toList();
        for (Series series : results.series()) {
            if (views.stream().noneMatch(view -> view.shows(series.figure()))) {
                throw new IllegalArgumentException("no section shows " + series.figure());
            }
        }
    }

    /**
     * Returns the text between the markers.
     *
     * @param link turns the name of a plot's file into a link
     */
    String text(Results results, UnaryOperator<String> link) {
        List<View> measured =
                views.stream().filter(view -> view.measured(results)).toList();
        if (measured.isEmpty()) {
            return "Not measured.\n";
        }
        return measured.stream()
                .map(view ->
                        title(view, measured) + view.table(results) + (view.plotted() ? "\n" + view.image(link) : ""))
                .collect(Collectors.joining("\n"));
    }

    /** Returns the heading with the scenario, where a section has several. */
    private static String title(View view, List<View> all) {
        boolean first = all.stream()
                .filter(other -> other.scenario().equals(view.scenario()))
                .findFirst()
                .orElseThrow()
                .equals(view);
        boolean several = all.stream().map(View::scenario).distinct().count() > 1;
        String scenario = view.scenario();
        return several && first
                ? "### " + Character.toUpperCase(scenario.charAt(0)) + scenario.substring(1) + "\n\n"
                : "";
    }
}
