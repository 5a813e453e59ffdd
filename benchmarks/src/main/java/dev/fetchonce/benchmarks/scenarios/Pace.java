package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The measurement of the calls a second of callers that call one after another, and of their cost. */
final class Pace {
    /** The milliseconds until the compilers have come to rest, which takes long on two cores. */
    private static final int REST = 20_000;

    private final Stage stage;
    private final Contender contender;

    Pace(Stage stage, Contender contender) {
        this.stage = stage;
        this.contender = contender;
    }

    /** Returns how long a contender that was just opened must be asked before a measurement. */
    static Duration rest(Scale scale) {
        return Duration.ofMillis(scale.of(300, REST));
    }

    /** Lets callers ask for as long as {@link #rest} says. */
    void warmUp(List<Supplier<Callable<?>>> calls) throws Exception {
        warmUp(calls, rest(stage.scale()));
    }

    /**
     * Lets callers ask for so long.
     *
     * @param calls the supplier of calls for each caller
     */
    void warmUp(List<Supplier<Callable<?>>> calls, Duration length) throws Exception {
        served(calls, length);
    }

    /**
     * Reports rate and cost for so many callers, over three seconds, after two seconds of the same calls. In these two
     * seconds the contender opens its connections, and code that the last load did not need is compiled.
     *
     * @param calls the supplier of calls for each caller
     * @return the number of calls
     */
    long measure(String load, List<Supplier<Callable<?>>> calls) throws Exception {
        served(calls, Duration.ofMillis(stage.scale().of(100, 2_000)));
        stage.origin().reset();
        Effort effort = Effort.begin();
        long served = served(calls, Duration.ofMillis(stage.scale().of(200, 3_000)));
        stage.report(load, Names.THROUGHPUT, served / effort.seconds());
        stage.report(load, Names.CLIENT_CPU, effort.cpuSeconds() * 1e6 / served);
        return served;
    }

    private long served(List<Supplier<Callable<?>>> calls, Duration length) throws Exception {
        Callers all = Callers.beginFor(contender, calls, length);
        all.awaitServed();
        return all.served();
    }
}
