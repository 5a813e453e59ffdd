package dev.fetchonce.benchmarks.results;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Invented runs for tests. */
final class Samples {
    static final Machine MACHINE = new Machine(2, 8L << 30, "Linux amd64", "OpenJDK 25");

    private final List<Series> series = new ArrayList<>();

    /** Adds a figure with a number for each round. */
    Samples add(String scenario, Metric metric, String contender, String load, double... numbers) {
        series.add(new Series(
                metric.figure(scenario, contender, load),
                DoubleStream.of(numbers).boxed().toList()));
        return this;
    }

    Results results() {
        return new Results("2026-11-26", "mvn -q -Pbench", 3723, MACHINE, series);
    }

    static Results empty() {
        return new Samples().results();
    }

    /** Makes a run with some contenders, two loads and one gap. */
    static Samples misses() {
        String few = Names.callers(64);
        String many = Names.callers(10_000);
        return new Samples()
                .add(Names.MISSES, Names.THROUGHPUT, Names.FETCHONCE, few, 14_149, 14_250, 14_000)
                .add(Names.MISSES, Names.THROUGHPUT, Names.FETCHONCE, many, 12_000, 13_000)
                .add(Names.MISSES, Names.THROUGHPUT, Names.ASYNC, few, 13_000)
                .add(Names.MISSES, Names.THROUGHPUT, Names.ASYNC, many, 13_000)
                .add(Names.MISSES, Names.THROUGHPUT, Names.HTTP_CLIENT, few, 5_200);
    }
}
