package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.results.Names;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * The scenario in which each caller asks for documents that are not stored. It measures the cost of a request and the
 * rate of requests. A cache has room for some thousands of documents, so new documents replace stored ones.
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
            Pace pace = new Pace(stage, contender);
            Supplier<Callable<?>> misses = () -> stage.miss(contender, Limits.KIBIBYTE);
            pace.warmUp(Collections.nCopies(CALLERS[0], misses));
            for (int callers : CALLERS) {
                if (callers <= most) {
                    pace.measure(Names.callers(callers), Collections.nCopies(callers, misses));
                }
            }
        }
    }
}
