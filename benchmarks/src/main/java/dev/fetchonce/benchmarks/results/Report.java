package dev.fetchonce.benchmarks.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The files that a report writes from a run's results.
 *
 * @param json the file of the results
 * @param template a page with parts to fill
 * @param page the filled page; may be the template
 * @param plots the folder of the plots
 * @param readmes pages with a part {@code summary}, filled in place
 * @param targets makes the table of the targets
 */
public record Report(
        Path json, Path template, Path page, Path plots, List<Path> readmes, Function<Results, String> targets) {
    /** Copies the list. */
    public Report {
        readmes = List.copyOf(readmes);
    }

    /** Returns the report of the published run: the documentation and the README of the project in this folder. */
    public static Report recorded(Path project) {
        Path docs = project.resolve("docs");
        Path page = docs.resolve("benchmarks.md");
        return new Report(
                docs.resolve("benchmarks/results.json"),
                page,
                page,
                docs.resolve("benchmarks"),
                List.of(project.resolve("README.md")),
                Targets::judged);
    }

    /** Returns the report of a smoke run: the same page, in a folder of its own. */
    public static Report smoke(Path project, Path into) {
        return new Report(
                into.resolve("results.json"),
                project.resolve("docs/benchmarks.md"),
                into.resolve("benchmarks.md"),
                into.resolve("plots"),
                List.of(),
                Targets::open);
    }

    /**
     * Writes the results, then the pages with their plots. All pages are made before the first is written, so a fault
     * in one page leaves all of them as they were.
     *
     * @throws IOException when a file cannot be read or written
     * @throws IllegalArgumentException when a page's markers are not those of its parts, or a figure was measured twice
     *     or has no place on the page
     */
    public void write(Results results) throws IOException {
        ResultsFile.write(results, json);
        Section.requireAllShown(results);
        Map<Path, String> files = new LinkedHashMap<>();
        for (Section section : Section.all()) {
            for (Section.View view : section.views()) {
                if (view.plotted() && view.measured(results)) {
                    files.put(plots.resolve(view.file()), Plots.svg(results, view.scenario(), view.metric()));
                }
            }
        }
        files.put(page, Pages.filled(template.toString(), Files.readString(template), parts(results)));
        for (Path readme : readmes) {
            Map<String, String> summary = Map.of("summary", Summary.text(results));
            files.put(readme, Pages.filled(readme.toString(), Files.readString(readme), summary));
        }
        for (Map.Entry<Path, String> file : files.entrySet()) {
            WholeFile.write(file.getKey(), file.getValue());
        }
    }

    private Map<String, String> parts(Results results) {
        Map<String, String> parts = Section.all().stream()
                .collect(Collectors.toMap(Section::name, section -> section.text(results, file -> link(page, file))));
        parts.put("environment", Environment.table(results));
        parts.put("targets", targets.apply(results));
        return parts;
    }

    /** Returns the link from a page to a plot. */
    private String link(Path from, String file) {
        Path folder = from.toAbsolutePath().normalize().getParent();
        Path plot = plots.toAbsolutePath().normalize().resolve(file);
        return (folder == null ? plot : folder.relativize(plot)).toString().replace('\\', '/');
    }
}
