package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Callers whose documents are stale whenever they ask, and have not changed: a 304 each for those who ask for that. */
final class Revalidation implements Scenario {
    private static final int CALLERS = 64;

    /** More than callers, who take them in turn: seldom do two ask for the same at once. */
    private static final int DOCUMENTS = 256;

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
            List<Callable<?>> documents = Stream.generate(() -> contender.call(stage.fresh(Kind.DOC, BYTES, 0)))
                    .limit(DOCUMENTS)
                    .<Callable<?>>map(call -> call)
                    .toList();
            for (Callable<?> document : documents) {
                document.call();
            }
            AtomicInteger turn = new AtomicInteger();
            Supplier<Callable<?>> next = () -> documents.get(Math.floorMod(turn.getAndIncrement(), DOCUMENTS));
            Pace pace = new Pace(stage, contender);
            pace.warmUp(CALLERS, next);
            String load = Names.callers(CALLERS);
            long calls = pace.measure(CALLERS, load, next);
            stage.report(
                    load, Names.WIRE_BYTES, (double) stage.origin().counts().bytes() / calls);
        }
    }
}
