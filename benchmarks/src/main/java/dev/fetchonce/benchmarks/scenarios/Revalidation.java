package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The scenario in which documents are stale on each call and have not changed. A contender that revalidates gets a 304
 * each time.
 */
final class Revalidation implements Scenario {
    private static final int CALLERS = 64;

    /**
     * The number of documents of each caller. No other caller asks for them, because some contenders would then share
     * more requests than others.
     */
    private static final int DOCUMENTS = 4;

    private static final int BYTES = 10 << 10;

    @Override
    public String name() {
        return Names.REVALIDATION;
    }

    @Override
    public boolean admits(Entrant entrant) {
        return entrant.has(Entrant.Trait.EXPIRES);
    }

    @Override
    public void perform(Stage stage) throws Exception {
        try (Contender contender = stage.open(Settings.AMPLE.ttl(Duration.ZERO))) {
            List<Supplier<Callable<?>>> calls = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                calls.add(inTurn(stored(stage, contender)));
            }
            Pace pace = new Pace(stage, contender);
            pace.warmUp(calls);
            String load = Names.callers(CALLERS);
            long served = pace.measure(load, calls);
            stage.report(
                    load, Names.WIRE_BYTES, (double) stage.origin().counts().bytes() / served);
        }
    }

    private static List<Callable<?>> stored(Stage stage, Contender contender) throws Exception {
        List<Callable<?>> documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            Callable<?> document = contender.call(stage.fresh(Kind.DOC, BYTES, 0));
            document.call();
            documents.add(document);
        }
        return documents;
    }

    private static Supplier<Callable<?>> inTurn(List<Callable<?>> documents) {
        AtomicInteger turn = new AtomicInteger();
        return () -> documents.get(Math.floorMod(turn.getAndIncrement(), documents.size()));
    }
}
