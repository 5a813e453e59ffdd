package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The scenario in which callers ask for fast documents that are not stored, while many others wait for one slow
 * document of the same origin.
 */
final class SlowNeighbour implements Scenario {
    private static final int SLOW_CALLERS = 200;
    private static final int FAST_CALLERS = 16;

    /**
     * The freshness lifetime, as long as a fetch takes. Half of the time callers therefore wait, whether or not the
     * contender collapses them.
     */
    private static final Duration TTL = Duration.ofSeconds(1);

    /**
     * The lifetime for caches that obey HTTP. On arrival a response is as old as its exchange was long (RFC 9111
     * §4.2.3).
     */
    private static final int MAX_AGE = (int) TTL.plusSeconds(1).toSeconds();

    private static final Duration PAUSE = Duration.ofMillis(50);

    @Override
    public String name() {
        return Names.SLOW;
    }

    @Override
    public int rounds() {
        return 2;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        try (Contender contender = stage.open(Settings.AMPLE.ttl(TTL).room(Limits.ROOM, Limits.KIBIBYTE));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            fast(stage, contender, Pace.rest(stage.scale()));
            var slow = threads.submit(() -> slow(stage, contender));
            Latencies latencies = fast(stage, contender, length(stage));
            slow.get();
            String load = Names.callers(SLOW_CALLERS);
            stage.report(load, Names.THROUGHPUT, latencies.aSecond());
            stage.report(load, Names.FAST_CALL, latencies.percentile(0.99) / 1e6);
        }
    }

    /** Lets all slow callers ask for the slow document again and again. */
    private static void slow(Stage stage, Contender contender) {
        List<Callable<?>> call = List.of(contender.call(stage.fresh(Kind.SLOW, Limits.KIBIBYTE, MAX_AGE)));
        Persistent.ask(SLOW_CALLERS, call, PAUSE, length(stage));
    }

    private static Latencies fast(Stage stage, Contender contender, Duration length) throws Exception {
        return Latencies.measure(contender, FAST_CALLERS, () -> stage.miss(contender, Limits.KIBIBYTE), length);
    }

    /** Returns how long both kinds of callers ask. */
    private static Duration length(Stage stage) {
        return Duration.ofMillis(stage.scale().of(500, 3_000));
    }
}
