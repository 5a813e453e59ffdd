package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.results.Names;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Misses for documents of different lengths. */
final class DocumentLengths implements Scenario {
    private static final int CALLERS = 64;
    private static final int[] KILOBYTES = {1, 10, 100};

    @Override
    public String name() {
        return Names.DOCUMENTS;
    }

    @Override
    public int rounds() {
        return 2;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        for (int kilobytes : KILOBYTES) {
            int bytes = kilobytes << 10;
            try (Contender contender = stage.open(Settings.AMPLE.room(Limits.ROOM / kilobytes, bytes))) {
                Pace pace = new Pace(stage, contender);
                Supplier<Callable<?>> misses = () -> stage.miss(contender, bytes);
                if (kilobytes == KILOBYTES[0]) {
                    pace.warmUp(CALLERS, misses);
                }
                pace.measure(CALLERS, Names.kilobytes(kilobytes), misses);
            }
        }
    }
}
