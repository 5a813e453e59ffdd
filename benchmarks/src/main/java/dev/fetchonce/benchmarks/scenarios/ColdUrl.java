package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * The scenario in which many callers ask for one document that is not stored, and wait when its answer comes. It counts
 * the requests, the heap of each waiter, and the time until all callers have the document.
 */
final class ColdUrl implements Scenario {
    /** The share of the largest crowd that asks several times before the measurement. */
    private static final int WARM_UP_SHARE = 10;

    private static final int MOST = 1_000_000;

    /**
     * The largest crowd without collapsing. Each of its callers has a connection, and more connections are not
     * possible.
     */
    private static final int MOST_ALONE = 10_000;

    @Override
    public String name() {
        return Names.COLD;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        int most = stage.entrant().has(Entrant.Trait.COLLAPSES)
                ? stage.scale().of(10_000, MOST)
                : stage.scale().of(1_000, MOST_ALONE);
        try (Contender contender = stage.open(Settings.AMPLE)) {
            for (int i = 0; i < stage.scale().of(1, 5); i++) {
                Callers callers = held(stage, contender, most / WARM_UP_SHARE);
                stage.origin().release();
                callers.awaitServed();
            }
            int least = stage.scale().of(most, 1_000);
            int[] crowds = IntStream.of(1_000, 10_000, 100_000, MOST)
                    .filter(callers -> callers >= least && callers <= most)
                    .toArray();
            for (int callers : crowds) {
                for (int i = 0; i < (callers == MOST ? 1 : stage.scale().of(1, 3)); i++) {
                    measure(stage, contender, callers);
                }
            }
        }
    }

    private static void measure(Stage stage, Contender contender, int callers) throws Exception {
        String load = Names.callers(callers);
        long before = Footprint.bytes();
        Callers all = held(stage, contender, callers);
        long bytes = Footprint.bytes() - before;
        long released = stage.origin().release();
        all.awaitServed();
        stage.report(load, Names.REQUESTS, stage.origin().counts().requests());
        stage.report(load, Names.LAST_CALLER, (all.last() - released) / 1e6);
        stage.report(load, Names.WAITER_BYTES, (double) bytes / callers);
    }

    /** Begins a call for each caller. Returns when all callers wait. */
    private static Callers held(Stage stage, Contender contender, int callers) throws Exception {
        stage.origin().hold();
        stage.origin().reset();
        String url = stage.fresh(Kind.HELD, Limits.KIBIBYTE, Limits.DAY);
        Callable<?> call = contender.call(url);
        Callers all = Callers.begin(contender, callers, () -> call);
        Effort.awaitIdle();
        return all;
    }
}
