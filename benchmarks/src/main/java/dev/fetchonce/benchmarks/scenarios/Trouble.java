package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.origin.Mood;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The scenario in which callers go on asking for a few documents while the origin is in trouble. It counts the requests
 * at the origin and the calls that are served.
 */
final class Trouble implements Scenario {
    private static final int DOCUMENTS = 10;
    private static final int CALLERS = 50;
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    /**
     * The freshness lifetime. It is not zero, because waiters must not share a response without any lifetime (RFC 9111
     * §5.2.2.1).
     */
    private static final Duration TTL = Duration.ofSeconds(1);

    private static final Duration TO_BE_STALE = TTL.plusMillis(100);

    private final String name;
    private final Stock stock;

    /** The stored documents when the trouble begins. */
    private enum Stock {
        NOTHING,
        STALE
    }

    private Trouble(String name, Stock stock) {
        this.name = name;
        this.stock = stock;
    }

    /** Makes the scenario of trouble from the start, with nothing stored. */
    static Scenario failingOrigin() {
        return new Trouble(Names.FAILING, Stock.NOTHING);
    }

    /** Makes the scenario of trouble that begins when all documents are stored and stale. */
    static Scenario outage() {
        return new Trouble(Names.OUTAGE, Stock.STALE);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int rounds() {
        return 1;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        suffer(stage, Mood.UNAVAILABLE, Names.UNAVAILABLE);
        suffer(stage, Mood.HANGING, Names.HANGS);
    }

    private void suffer(Stage stage, Mood mood, String load) throws Exception {
        Settings settings = Settings.AMPLE.ttl(TTL).timeout(TIMEOUT).patience(TIMEOUT);
        try (Contender contender = stage.open(settings)) {
            List<Callable<?>> calls = new ArrayList<>();
            for (int i = 0; i < DOCUMENTS; i++) {
                calls.add(contender.call(stage.fresh(Kind.SICK, Limits.KIBIBYTE, (int) TTL.toSeconds())));
            }
            if (stock == Stock.STALE) {
                for (Callable<?> call : calls) {
                    call.call();
                }
                Thread.sleep(TO_BE_STALE);
            }
            stage.origin().mood(mood);
            stage.origin().reset();
            Persistent callers = Persistent.ask(
                    CALLERS, calls, PAUSE, Duration.ofMillis(stage.scale().of(1_300, 4_000)));
            stage.report(load, Names.REQUESTS, stage.origin().counts().requests());
            stage.report(load, Names.SERVED, 100.0 * callers.served() / callers.calls());
        } finally {
            stage.origin().mood(Mood.WELL);
        }
    }
}
