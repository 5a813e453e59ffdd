package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** How many calls a second callers are served who make one after another, and what that costs. */
final class Pace {
    /** Until the compilers have come to rest, which on two cores is long. */
    private static final int REST = 20_000;

    private final Stage stage;
    private final Contender contender;

    Pace(Stage stage, Contender contender) {
        this.stage = stage;
        this.contender = contender;
    }

    /** How long a contender that was just opened is to be asked before anything is measured. */
    static Duration rest(Scale scale) {
        return Duration.ofMillis(scale.of(300, REST));
    }

    /** Has callers ask for as long as that. */
    void warmUp(List<Supplier<Callable<?>>> calls) throws Exception {
        warmUp(calls, rest(stage.scale()));
    }

    /**
     * Has callers ask.
     *
     * @param calls where each gets its calls
     */
    void warmUp(List<Supplier<Callable<?>>> calls, Duration length) throws Exception {
        served(calls, length);
    }

    /**
     * Reports both for so many callers, three seconds long, after two of the same: so that all connections are there that a
     * contender opens for as many, and what differs from the last load is compiled.
     *
     * @param calls where each gets its calls
     * @return how many there were
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
