package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.origin.OriginProcess;
import dev.fetchonce.benchmarks.results.Machine;
import dev.fetchonce.benchmarks.results.Report;
import dev.fetchonce.benchmarks.results.Results;
import dev.fetchonce.benchmarks.scenarios.Scale;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A whole run: {@code mvn -q -Pbench} is a smoke run of a minute, {@code mvn -q -Pbench -Dbench.full} one whose figures are
 * recorded in {@code docs}. Ends with exit code 1 where a contender could not be measured.
 *
 * <p>System properties: {@code bench.full}, present or not; {@code bench.only}, a regular expression for "scenario,
 * contender" such as {@code "one cold URL, Fetchonce.*"}: then nothing is recorded.
 */
public final class Bench {
    private static final Path PROJECT = Path.of("");

    /** Where the pages of a run go that is not recorded. */
    private static final Path ASIDE = Path.of("benchmarks/target/bench");

    private Bench() {}

    /**
     * Takes no arguments.
     *
     * @throws Exception when the origin does not start or a page cannot be written
     */
    public static void main(String[] args) throws Exception {
        Scale scale = given("bench.full") ? Scale.FULL : Scale.SMOKE;
        String only = System.getProperty("bench.only", "");
        Pattern wanted = Pattern.compile(only.isBlank() ? ".*" : only);
        List<String> failures = new ArrayList<>();
        try (OriginProcess origin = OriginProcess.start()) {
            List<Stint> stints =
                    new Plan(scale, origin.at(), name -> wanted.matcher(name).matches()).stints();
            Results results = run(stints, scale, failures);
            boolean whole = only.isBlank() && failures.isEmpty();
            (scale == Scale.FULL && whole ? Report.recorded(PROJECT) : Report.smoke(PROJECT, ASIDE)).write(results);
        }
        failures.forEach(System.out::println);
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static boolean given(String property) {
        String value = System.getProperty(property);
        return value != null && !value.equals("false");
    }

    private static Results run(List<Stint> stints, Scale scale, List<String> failures) throws InterruptedException {
        String date = LocalDate.now(ZoneOffset.UTC).toString();
        long begun = System.nanoTime();
        Gathered gathered = new Gathered();
        Progress progress = new Progress(stints);
        for (Stint stint : stints) {
            long before = System.nanoTime();
            String how = "";
            try {
                stint.perform().forEach(gathered::add);
            } catch (StintFailed e) {
                how = "FAILED ";
                failures.add(stint.kind() + ", " + stint.contender() + ": " + e.getMessage());
            }
            progress.ended(stint, (System.nanoTime() - before) / 1e9, how);
        }
        String command = scale == Scale.FULL ? "mvn -q -Pbench -Dbench.full" : "mvn -q -Pbench";
        return new Results(
                date, command, (System.nanoTime() - begun) / 1_000_000_000, Machine.here(), gathered.series());
    }
}
