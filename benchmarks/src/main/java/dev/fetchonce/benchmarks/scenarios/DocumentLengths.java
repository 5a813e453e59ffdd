package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The scenario of misses for documents of different lengths. */
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
        // All lengths warm up before the first measurement, because code compiled for one length serves another.
        Duration each = Pace.rest(stage.scale()).dividedBy(2);
        for (int kilobytes : KILOBYTES) {
            try (Contender contender = open(stage, kilobytes)) {
                new Pace(stage, contender).warmUp(misses(stage, contender, kilobytes), each);
            }
        }
        for (int kilobytes : KILOBYTES) {
            try (Contender contender = open(stage, kilobytes)) {
                new Pace(stage, contender).measure(Names.kilobytes(kilobytes), misses(stage, contender, kilobytes));
            }
        }
    }

    private static Contender open(Stage stage, int kilobytes) {
        return stage.open(Settings.AMPLE.room(Limits.ROOM / kilobytes, kilobytes << 10));
    }

    private static List<Supplier<Callable<?>>> misses(Stage stage, Contender contender, int kilobytes) {
        return Collections.nCopies(CALLERS, () -> stage.miss(contender, kilobytes << 10));
    }
}
