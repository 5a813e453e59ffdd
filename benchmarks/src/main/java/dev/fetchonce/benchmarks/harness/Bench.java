package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.results.Machine;
import dev.fetchonce.benchmarks.results.Report;
import dev.fetchonce.benchmarks.results.Results;
import dev.fetchonce.benchmarks.results.ResultsFile;
import dev.fetchonce.benchmarks.results.Series;
import dev.fetchonce.benchmarks.scenarios.Scale;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The main class of a run. {@code mvn -q -Pbench} is a smoke run of a minute. {@code mvn -q -Pbench -Dbench.full} is a
 * full run, whose figures are recorded in {@code docs}. The run ends with exit code 1 when a contender could not be
 * measured.
 *
 * <p>System properties:
 * <ul>
 * <li>{@code bench.full}, present or not
 * <li>{@code bench.only}, a regular expression for "scenario, contender" such as {@code "one cold URL, Fetchonce.*"}:
 * with it nothing is recorded
 * <li>{@code bench.render}, present or not: nothing is measured, and the pages are made anew of the recorded results
 * </ul>
 */
public final class Bench {
    /** The number of lanes of a smoke run. Its stints wait more than they work. */
    private static final int SMOKE_LANES = 3;

    private static final Path PROJECT = Path.of("");

    /** The directory for the pages of a run that is not recorded. */
    private static final Path ASIDE = Path.of("benchmarks/target/bench");

    private Bench() {}

    /**
     * Performs the run. Takes no arguments.
     *
     * @throws Exception when the origin does not start or a page cannot be written
     */
    public static void main(String[] args) throws Exception {
        if (given("bench.render")) {
            Report recorded = Report.recorded(PROJECT);
            recorded.write(ResultsFile.read(recorded.json()));
            return;
        }
        Scale scale = given("bench.full") ? Scale.FULL : Scale.SMOKE;
        String only = System.getProperty("bench.only", "");
        Pattern wanted = Pattern.compile(only.isBlank() ? ".*" : only);
        Course course = new Course(LocalDate.now(ZoneOffset.UTC).toString(), command(scale, only), System.nanoTime());
        List<Stint> stints = new Plan(scale, name -> wanted.matcher(name).matches()).stints();
        if (stints.isEmpty()) {
            System.out.println("bench.only=" + only + " matches no stint: it must match all of \"scenario, contender\","
                    + " such as \"one cold URL, Fetchonce\"");
            System.exit(1);
        }
        Lanes lanes = new Lanes(stints, course::keep);
        lanes.perform(scale == Scale.FULL ? 1 : SMOKE_LANES);
        Results results = course.results(lanes.series());
        boolean recorded =
                scale == Scale.FULL && only.isBlank() && lanes.failures().isEmpty();
        (recorded ? Report.recorded(PROJECT) : Report.smoke(PROJECT, ASIDE)).write(results);
        lanes.failures().forEach(System.out::println);
        System.exit(lanes.failures().isEmpty() ? 0 : 1);
    }

    private static String command(Scale scale, String only) {
        return "mvn -q -Pbench" + (scale == Scale.FULL ? " -Dbench.full" : "")
                + (only.isBlank() ? "" : " -Dbench.only=\"" + only + "\"");
    }

    /** The time at which a run began, and its command. */
    private record Course(String date, String command, long begun) {
        Results results(List<Series> series) {
            long seconds = (System.nanoTime() - begun) / 1_000_000_000;
            return new Results(date, command, seconds, Machine.here(), series);
        }

        /** Writes the results so far, beside the pages of runs that are not recorded. */
        void keep(List<Series> series) {
            try {
                ResultsFile.write(results(series), ASIDE.resolve("so-far.json"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static boolean given(String property) {
        String value = System.getProperty(property);
        return value != null && !value.equals("false");
    }
}
