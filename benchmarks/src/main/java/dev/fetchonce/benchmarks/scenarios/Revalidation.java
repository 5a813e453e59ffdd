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
                    .limit(CALLERS)
                    .<Callable<?>>map(call -> call)
                    .toList();
            AtomicInteger turn = new AtomicInteger();
            Supplier<Callable<?>> next = () -> documents.get(turn.getAndIncrement() % CALLERS);
            Duration warmUp = Duration.ofMillis(stage.scale().of(200, 6_000));
            Callers.beginFor(contender, CALLERS, warmUp, next).awaitServed();
            int callsEach = stage.scale().of(10, 400);
            stage.origin().reset();
            Effort effort = Effort.begin();
            Callers.begin(contender, CALLERS, callsEach, next).awaitServed();
            double calls = (double) CALLERS * callsEach;
            String load = Names.callers(CALLERS);
            stage.report(load, Names.THROUGHPUT, calls / effort.seconds());
            stage.report(load, Names.CLIENT_CPU, effort.cpuSeconds() * 1e6 / calls);
            stage.report(
                    load, Names.WIRE_BYTES, (double) stage.origin().counts().bytes() / calls);
        }
    }
}
