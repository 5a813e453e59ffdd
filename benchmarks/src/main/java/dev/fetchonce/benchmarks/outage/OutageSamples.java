package dev.fetchonce.benchmarks.outage;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The samples of all cases, in the order of the cases. */
final class OutageSamples {
    private final List<OutageSample> all;
    private final Map<OutageCase, OutageSample> byCase;

    private OutageSamples(List<OutageSample> all) {
        this.all = all;
        this.byCase = all.stream().collect(Collectors.toMap(OutageSample::outage, Function.identity()));
    }

    /** Runs all cases, several at a time. Each call returns equal samples. */
    static OutageSamples run() {
        return new OutageSamples(
                OutageCases.all().parallelStream().map(OutageSample::of).toList());
    }

    /** Returns all samples. */
    List<OutageSample> all() {
        return all;
    }

    /** Returns the sample of one of the cases. */
    OutageSample of(OutageCase outage) {
        return Objects.requireNonNull(byCase.get(outage), () -> "no sample of " + outage);
    }
}
