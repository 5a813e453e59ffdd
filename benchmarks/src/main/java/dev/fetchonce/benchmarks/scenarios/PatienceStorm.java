package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Caller;
import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * The scenario in which the origin does not answer, and the patience of all callers of one URL ends. It measures how
 * late the last caller leaves, and the processor time.
 */
final class PatienceStorm implements Scenario {
    /** The patience of a full run. All callers have come and wait before the first of them leaves. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Duration SHORT = Duration.ofMillis(800);

    /** The number of smaller storms, of a tenth of the callers, that come first. */
    private static final int WARM_UPS = 3;

    @Override
    public String name() {
        return Names.PATIENCE;
    }

    @Override
    public boolean admits(Entrant entrant) {
        return entrant.has(Entrant.Trait.PATIENT) && entrant.has(Entrant.Trait.COLLAPSES);
    }

    @Override
    public void perform(Stage stage) throws Exception {
        int callers = stage.scale().of(10_000, 100_000);
        Duration patience = stage.scale() == Scale.SMOKE ? SHORT : PATIENCE;
        for (int i = 0; i < stage.scale().of(1, WARM_UPS); i++) {
            storm(stage, callers / 10, patience.dividedBy(2));
        }
        Storm storm = storm(stage, callers, patience);
        String load = Names.callers(callers);
        stage.report(load, Names.LAST_LEAVER, storm.latest.get() / 1e9);
        stage.report(load, Names.STORM_CPU, storm.cpuSeconds);
    }

    private static Storm storm(Stage stage, int callers, Duration patience) throws Exception {
        stage.origin().hold();
        try (Contender contender = stage.open(Settings.AMPLE.patience(patience))) {
            Storm storm = new Storm(patience, callers);
            storm.perform(contender, contender.call(stage.fresh(Kind.HELD, Limits.KIBIBYTE, Limits.DAY)), callers);
            return storm;
        } finally {
            stage.origin().release();
        }
    }

    /** One storm. */
    private static final class Storm {
        private final long patience;
        private final CountDownLatch waiting;

        /**
         * The longest time by which a caller stayed beyond its patience, which counts from before its thread was
         * started.
         */
        private final LongAccumulator latest = new LongAccumulator(Math::max, 0);

        private volatile double cpuSeconds;

        Storm(Duration patience, int callers) {
            this.patience = patience.toNanos();
            this.waiting = new CountDownLatch(callers);
        }

        void perform(Contender contender, Callable<?> call, int callers) throws InterruptedException, TimeoutException {
            long first = System.nanoTime();
            for (int i = 0; i < callers; i++) {
                contender.begin(call, leaving(System.nanoTime() + patience));
            }
            TimeUnit.NANOSECONDS.sleep(first + patience * 9 / 10 - System.nanoTime());
            if (waiting.getCount() < callers) {
                throw new IllegalStateException("some have left before the last had come and waited for a while");
            }
            Effort effort = Effort.begin();
            if (!waiting.await(Limits.LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException(waiting.getCount() + " callers have not left");
            }
            cpuSeconds = effort.cpuSeconds();
        }

        private Caller leaving(long due) {
            return new Caller() {
                @Override
                public void answered(Object document) {
                    throw new IllegalStateException("the origin has not answered");
                }

                @Override
                public void failed(Throwable why) {
                    latest.accumulate(System.nanoTime() - due);
                    waiting.countDown();
                }
            };
        }
    }
}
