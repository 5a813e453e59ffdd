package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;

/**
 * Callers who each ask for documents that nobody has: what a request costs, and how many there can be. A cache has room for
 * some thousands of them: what comes takes the place of what is there.
 */
final class DistinctMisses implements Scenario {
    private static final int[] CALLERS = {64, 1_000, 10_000};

    @Override
    public String name() {
        return Names.MISSES;
    }

    @Override
    public int rounds() {
        return 3;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        int most = stage.scale().of(64, 10_000);
        try (Contender contender = stage.open(Settings.AMPLE.room(Limits.ROOM, Limits.KIBIBYTE))) {
            // Until the compilers have come to rest, which on two cores is long.
            ask(stage, contender, CALLERS[0], Duration.ofMillis(stage.scale().of(300, 20_000)));
            for (int callers : CALLERS) {
                if (callers <= most) {
                    // So that all connections are there that a contender opens for as many.
                    ask(
                            stage,
                            contender,
                            callers,
                            Duration.ofMillis(stage.scale().of(100, 2_000)));
                    Effort effort = Effort.begin();
                    long asked = ask(
                            stage,
                            contender,
                            callers,
                            Duration.ofMillis(stage.scale().of(200, 3_000)));
                    String load = Names.callers(callers);
                    stage.report(load, Names.THROUGHPUT, asked / effort.seconds());
                    stage.report(load, Names.CLIENT_CPU, effort.cpuSeconds() * 1e6 / asked);
                }
            }
        }
    }

    private static long ask(Stage stage, Contender contender, int callers, Duration length) throws Exception {
        Callers all = Callers.beginFor(contender, callers, length, () -> stage.miss(contender, Limits.KIBIBYTE));
        all.awaitServed();
        return all.served();
    }
}
