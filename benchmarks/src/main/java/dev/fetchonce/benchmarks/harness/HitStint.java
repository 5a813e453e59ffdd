package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.hits.FreshHit;
import dev.fetchonce.benchmarks.origin.OriginAt;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Scale;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The measurement of the cost of a hit, by JMH in a fork.
 *
 * @param kind {@link Names#HIT} or {@link Names#HIT_ZIPF}
 * @param keys the number of documents
 */
record HitStint(String kind, String contender, int threads, int keys, Scale scale) implements Stint {
    private static final double MEDIAN = 50;

    /** The first version of Java that warns of {@code sun.misc.Unsafe}. */
    private static final int UNSAFE_IS_WARNED_OF = 24;

    @Override
    public List<Measured> perform(OriginAt origin) throws StintFailed {
        Collection<RunResult> results;
        try {
            results = new Runner(options(origin).build()).run();
        } catch (RunnerException e) {
            throw new StintFailed(String.valueOf(e.getMessage()));
        }
        if (results.size() != 1) {
            throw new StintFailed("its fork ended without a result");
        }
        RunResult result = results.iterator().next();
        Result<?> allocated =
                Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"));
        String load = Names.threads(threads);
        return List.of(
                new Measured(
                        Names.TIME.figure(kind, contender, load),
                        result.getPrimaryResult().getScore()),
                // The median of the iterations. The last iteration also counts the allocations of the contender's
                // closing.
                new Measured(
                        Names.ALLOCATED.figure(kind, contender, load),
                        allocated.getStatistics().getPercentile(MEDIAN)));
    }

    private ChainedOptionsBuilder options(OriginAt origin) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(FreshHit.class.getName() + "\\.hit$")
                .param("contender", contender)
                .param("keys", Integer.toString(keys))
                .threads(threads)
                .forks(1)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .jvmArgsAppend(arguments(origin).toArray(String[]::new));
        return switch (scale) {
            case SMOKE ->
                options.warmupIterations(1)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.milliseconds(200));
            case FULL ->
                options.warmupIterations(4) // until the compilers rest, also in the code that builds a response
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.milliseconds(600));
        };
    }

    private static List<String> arguments(OriginAt origin) {
        List<String> arguments = new ArrayList<>();
        arguments.add("-D" + FreshHit.ORIGIN + "=" + origin.port());
        arguments.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");
        if (Runtime.version().feature() >= UNSAFE_IS_WARNED_OF) {
            arguments.add("--sun-misc-unsafe-memory-access=allow"); // JMH itself uses it in every fork
        }
        return arguments;
    }
}
