package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.results.Names;

/** Callers who each ask for documents that nobody has: what a request costs, and how many there can be. */
final class DistinctMisses implements Scenario {
    private static final int[] CALLERS = {64, 1_000, 10_000};

    @Override
    public String name() {
        return Names.MISSES;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        int requests = stage.scale().of(1_000, 30_000);
        try (Contender contender = stage.open(Settings.AMPLE)) {
            ask(stage, contender, CALLERS[0], stage.scale().of(200, 20_000)); // warms up
            for (int callers : CALLERS) {
                if (callers <= requests) {
                    Effort effort = Effort.begin();
                    ask(stage, contender, callers, requests);
                    double asked = (double) requests / callers * callers;
                    String load = Names.callers(callers);
                    stage.report(load, Names.THROUGHPUT, asked / effort.seconds());
                    stage.report(load, Names.CLIENT_CPU, effort.cpuSeconds() * 1e6 / asked);
                }
            }
        }
    }

    private static void ask(Stage stage, Contender contender, int callers, int requests) throws Exception {
        Callers.begin(contender, callers, requests / callers, () -> stage.miss(contender, Limits.KIBIBYTE))
                .awaitServed();
    }
}
