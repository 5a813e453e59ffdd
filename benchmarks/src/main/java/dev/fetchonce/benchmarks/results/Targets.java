package dev.fetchonce.benchmarks.results;

import static dev.fetchonce.benchmarks.results.Target.Side.ABOVE;
import static dev.fetchonce.benchmarks.results.Target.Side.AT_LEAST;
import static dev.fetchonce.benchmarks.results.Target.Side.AT_MOST;

import dev.fetchonce.benchmarks.results.Metric.Better;
import dev.fetchonce.benchmarks.results.Quantity.Best;
import dev.fetchonce.benchmarks.results.Quantity.Excess;
import dev.fetchonce.benchmarks.results.Quantity.Median;
import dev.fetchonce.benchmarks.results.Quantity.Ratio;
import dev.fetchonce.benchmarks.results.Target.Bound;
import dev.fetchonce.benchmarks.results.Target.Check;
import dev.fetchonce.benchmarks.results.Target.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The targets of the library, and the numbers that it reaches. All are ratios of medians of one run. */
final class Targets {
    private static final List<String> THREADS = List.of(Names.threads(1), Names.threads(2), Names.threads(8));
    private static final List<String> MISSES = List.of(Names.callers(64), Names.callers(1_000), Names.callers(10_000));
    private static final String CROWD = Names.callers(100_000);
    private static final String SMALL = Names.kilobytes(1);

    /** The scenarios whose throughput is compared with that of the async variant. */
    private static final List<String> PACED =
            List.of(Names.HIT, Names.HIT_ZIPF, Names.MISSES, Names.SLOW, Names.REVALIDATION, Names.DOCUMENTS);

    // The reasons why a target is missed. The page explains them in full.
    private static final String LOOKS =
            "A stored response stands between the key and the value: each look past it costs 2 ns, and more in cold memory";
    private static final String RESPONSE =
            "A hit makes a response and a copy of its bytes, 2.4 KB, which the same processors collect";
    private static final String WORK = "It decodes nothing, stores nothing and has no thread for a flight";
    private static final String CLIENT =
            "The same client, tuned, takes half of a miss or more already; decoding and storing come on top";
    private static final String THREADED = "A flight has a thread, and who waits for it is woken";
    private static final String WAKING = "Threads are woken one by one; futures only have callbacks";
    private static final String UNEXPECTED = "No reason is known yet";

    private Targets() {}

    /** Returns the targets of any run. */
    static List<Target> all(Medians medians) {
        return Stream.of(hits(), misses(), paces(medians), crowds(medians), heap())
                .flatMap(List::stream)
                .toList();
    }

    /** Returns a Markdown table of the targets, with the verdict on each and its reason. */
    static String judged(Results results) {
        var medians = new Medians(results);
        return table(medians, List.of("verdict", "what remains, and why"), target -> {
            Verdict verdict = target.verdict(medians);
            return List.of(verdict.words(), verdict == Verdict.MISSED ? target.remains() : "");
        });
    }

    /** Returns the table without verdicts, for a run that was too short for them. */
    static String open(Results results) {
        return table(new Medians(results), List.of(), target -> List.of());
    }

    private static String table(Medians medians, List<String> more, Function<Target, List<String>> cells) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(joined(List.of("target", "bound", "measured"), more));
        rows.add(Collections.nCopies(3 + more.size(), "---"));
        for (Target target : all(medians)) {
            List<String> first = List.of(target.statement(), target.bound().words(), target.measured(medians));
            rows.add(joined(first, cells.apply(target)));
        }
        return rows.stream().map(row -> "| " + String.join(" | ", row) + " |\n").collect(Collectors.joining());
    }

    private static List<String> joined(List<String> first, List<String> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    private static List<Target> hits() {
        var caffeine = new Bound(AT_MOST, 1.25, "×");
        var nothing = new Bound(AT_MOST, 0, Names.ALLOCATED.unit());
        return List.of(
                new Target(
                        "Time of a typed hit, to that of Caffeine's `getIfPresent`",
                        caffeine,
                        times(Names.FETCHONCE),
                        LOOKS),
                new Target("Time of a hit of a tree, to the same", caffeine, times(Names.FETCHONCE_TREE), LOOKS),
                new Target("What a typed hit allocates", nothing, allocations(Names.FETCHONCE), UNEXPECTED),
                new Target("What a hit of a tree allocates", nothing, allocations(Names.FETCHONCE_TREE), UNEXPECTED),
                new Target(
                        "Time of the fastest HTTP cache's hit, to that of the drop-in client's",
                        new Bound(AT_LEAST, 10, "×"),
                        ofHits((scenario, load) ->
                                faster(scenario, load, Names.TIME, Names.FETCHONCE_CLIENT, Names.HTTP_CACHES)),
                        RESPONSE));
    }

    private static List<Check> times(String contender) {
        return ofHits((scenario, load) -> new Ratio(
                median(scenario, load, Names.TIME, contender), median(scenario, load, Names.TIME, Names.CAFFEINE_GET)));
    }

    private static List<Check> allocations(String contender) {
        return ofHits((scenario, load) -> median(scenario, load, Names.ALLOCATED, contender));
    }

    /** Returns the checks for one key and for many, and for each number of threads. */
    private static List<Check> ofHits(BiFunction<String, String, Quantity> quantity) {
        return Stream.of(Names.HIT, Names.HIT_ZIPF)
                .flatMap(scenario -> THREADS.stream()
                        .map(load -> new Check(
                                scenario.equals(Names.HIT) ? load : load + ", Zipf", quantity.apply(scenario, load))))
                .toList();
    }

    private static List<Target> misses() {
        return List.of(
                new Target(
                        "Distinct misses a second, to those of HttpClient as it comes",
                        new Bound(AT_LEAST, 2, "×"),
                        missesAgainst(List.of(Names.HTTP_CLIENT)),
                        CLIENT),
                new Target(
                        "Distinct misses a second, to those of HttpClient tuned by hand",
                        new Bound(AT_LEAST, 0.95, "×"),
                        missesAgainst(List.of(Names.HTTP_CLIENT_TUNED)),
                        WORK),
                new Target(
                        "Distinct misses a second, to those of the best peer",
                        new Bound(ABOVE, 1, "×"),
                        missesAgainst(Names.PEERS),
                        THREADED));
    }

    private static List<Check> missesAgainst(List<String> others) {
        return MISSES.stream()
                .map(load -> new Check(load, faster(Names.MISSES, load, Names.THROUGHPUT, Names.FETCHONCE, others)))
                .toList();
    }

    private static List<Target> paces(Medians medians) {
        return PACED.stream()
                .map(scenario -> new Target(
                        "Throughput, to that of the async variant: " + scenario,
                        new Bound(AT_LEAST, 0.9, "×"),
                        paces(medians, scenario),
                        scenario.equals(Names.HIT) || scenario.equals(Names.HIT_ZIPF) ? LOOKS : THREADED))
                .toList();
    }

    private static List<Check> paces(Medians medians, String scenario) {
        Metric metric = medians.loads(scenario, Names.THROUGHPUT).isEmpty() ? Names.TIME : Names.THROUGHPUT;
        return againstAsync(medians, scenario, metric);
    }

    /** Returns the checks under all loads that have a figure of the metric. */
    private static List<Check> againstAsync(Medians medians, String scenario, Metric metric) {
        return medians.loads(scenario, metric).stream()
                .map(load -> new Check(load, faster(scenario, load, metric, Names.FETCHONCE, List.of(Names.ASYNC))))
                .toList();
    }

    private static List<Target> crowds(Medians medians) {
        Quantity memoizer = median(Names.COLD, CROWD, Names.LAST_CALLER, Names.FUTURE_TASK);
        Quantity ours = median(Names.COLD, CROWD, Names.LAST_CALLER, Names.FETCHONCE);
        Quantity leavers = median(Names.PATIENCE, CROWD, Names.LAST_LEAVER, Names.FETCHONCE);
        return List.of(
                new Target(
                        "From the origin's answer to the last caller, to that of the FutureTask memoizer",
                        new Bound(AT_MOST, 1.5, "×"),
                        List.of(new Check(CROWD, new Ratio(ours, memoizer))),
                        WAKING),
                new Target(
                        "How fast all have the origin's answer, to the async variant",
                        new Bound(AT_LEAST, 0.9, "×"),
                        againstAsync(medians, Names.COLD, Names.LAST_CALLER),
                        WAKING),
                new Target(
                        "How fast all who lose patience leave, to the async variant",
                        new Bound(AT_LEAST, 0.9, "×"),
                        againstAsync(medians, Names.PATIENCE, Names.LAST_LEAVER),
                        WAKING),
                new Target(
                        "From the end of patience to the last caller",
                        new Bound(AT_MOST, 3, Names.LAST_LEAVER.unit()),
                        List.of(new Check(CROWD, leavers)),
                        WAKING));
    }

    private static List<Target> heap() {
        Quantity whole = median(Names.FOOTPRINT, SMALL, Names.HEAP, Names.FETCHONCE_CLIENT);
        Quantity content = median(Names.FOOTPRINT, SMALL, Names.CONTENT, Names.FETCHONCE_CLIENT);
        return List.of(new Target(
                "Heap of a stored document, not decoded, less its key and what the origin sent",
                new Bound(AT_MOST, 300, Names.HEAP.unit()),
                List.of(new Check(SMALL, new Excess(whole, content))),
                UNEXPECTED));
    }

    /** Returns how many times as fast a contender is as the fastest of others. */
    private static Quantity faster(String scenario, String load, Metric metric, String contender, List<String> others) {
        Quantity ours = median(scenario, load, metric, contender);
        Quantity best = others.size() == 1
                ? median(scenario, load, metric, others.get(0))
                : new Best(
                        metric,
                        others.stream()
                                .map(other -> metric.figure(scenario, other, load))
                                .toList());
        return metric.better() == Better.LOWER ? new Ratio(best, ours) : new Ratio(ours, best);
    }

    private static Quantity median(String scenario, String load, Metric metric, String contender) {
        return new Median(metric, metric.figure(scenario, contender, load));
    }
}
