package dev.fetchonce.benchmarks.outage;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The results of one case with different random numbers.
 *
 * @param results at least one
 */
record OutageSample(OutageCase outage, List<OutageResult> results) {
    private static final int SMALL = 100;
    private static final int LARGE = 1_000;

    /** Copies the list. */
    OutageSample {
        results = List.copyOf(results);
    }

    /** Runs a case; each call returns an equal sample. */
    static OutageSample of(OutageCase outage) {
        int size = outage.urls() * outage.users();
        int runs = size < SMALL ? 100 : size < LARGE ? 20 : 3;
        return new OutageSample(
                outage,
                IntStream.range(0, runs)
                        .mapToObj(seed -> OutageSimulation.run(outage, seed))
                        .toList());
    }

    /** Returns the largest value of all runs. */
    long most(ToLongFunction<OutageResult> value) {
        return results.stream().mapToLong(value).max().orElseThrow();
    }

    /** Returns the value below which, or at which, half of the runs are. */
    long median(ToLongFunction<OutageResult> value) {
        return percentile(50, value);
    }

    /** Returns the value below which, or at which, that many percent of the runs are. */
    long percentile(int percent, ToLongFunction<OutageResult> value) {
        long[] sorted = results.stream().mapToLong(value).sorted().toArray();
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }
}
