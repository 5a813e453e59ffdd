package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;

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
            int callsEach = Math.max(2, stage.scale().of(5, 200) / (kilobytes > 10 ? 5 : 1));
            try (Contender contender = stage.open(Settings.AMPLE.room(Limits.ROOM / kilobytes, bytes))) {
                Duration warmUp = Duration.ofMillis(stage.scale().of(100, kilobytes == 1 ? 15_000 : 2_000));
                Callers.beginFor(contender, CALLERS, warmUp, () -> stage.miss(contender, bytes))
                        .awaitServed();
                Effort effort = Effort.begin();
                Callers.begin(contender, CALLERS, callsEach, () -> stage.miss(contender, bytes))
                        .awaitServed();
                double calls = (double) CALLERS * callsEach;
                stage.report(Names.kilobytes(kilobytes), Names.THROUGHPUT, calls / effort.seconds());
                stage.report(Names.kilobytes(kilobytes), Names.CLIENT_CPU, effort.cpuSeconds() * 1e6 / calls);
            }
        }
    }
}
