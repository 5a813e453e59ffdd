package dev.fetchonce.examples.demo;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Trouble;
import dev.fetchonce.examples.Document;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** The act in which the origin is down and the responses have outlived their TTL, and the callers still get answers. */
final class OutageAct {
    private static final int CALLERS = 100;

    private final Stage stage;
    private final LongAdder calls = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

    private OutageAct(Stage stage) {
        this.stage = stage;
    }

    /** Plays the act; returns the number of calls. */
    static long play(Stage stage) throws IOException, InterruptedException {
        return new OutageAct(stage).play();
    }

    private long play() throws IOException, InterruptedException {
        Screen screen = stage.screen();
        screen.act("3 OUTAGE", "the origin stops, the TTL ends, " + CALLERS + " threads go on calling");
        stage.origin().stop();
        stage.waitUntilStale();
        long reached = stage.requests();
        long failedFetches = stage.failedFetches();
        long until = System.nanoTime() + stage.scale().outage().toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < CALLERS; caller++) {
                threads.execute(() -> goOn(until));
            }
        }
        screen.say(Units.count(calls.sum(), "call") + " in "
                + Units.seconds(stage.scale().outage())
                + ", the longest took " + Units.millis(longest.get()) + ". Meanwhile "
                + Units.count(stage.failedFetches() - failedFetches, "request") + " did not reach the origin.");
        CachedResponse seen = stage.cache().fetch(stage.url(stage.documents().getFirst()));
        screen.say("A caller can see the outage:");
        screen.code("stale() " + seen.stale() + "  served() " + seen.served() + "  age() " + Units.seconds(seen.age())
                + "  consecutiveFailures() "
                + seen.trouble().map(Trouble::consecutiveFailures).orElse(0));
        screen.gap();
        stage.showLog();
        stage.claims()
                .check(
                        stale.sum() == calls.sum(),
                        Units.count(stale.sum()) + " of " + Units.count(calls.sum()) + " calls were served stale",
                        "all of them");
        stage.claims().check(failed.sum() == 0, Units.count(failed.sum(), "call") + " failed", "0");
        stage.claims()
                .check(
                        stage.requests() == reached && stage.failedFetches() > failedFetches,
                        Units.count(stage.requests() - reached, "request") + " reached the origin",
                        "0, though the cache sent some");
        return calls.sum() + 1;
    }

    private void goOn(long until) {
        while (System.nanoTime() - until < 0) {
            for (Document document : stage.documents()) {
                one(stage.url(document));
            }
            try {
                Thread.sleep(Duration.ofMillis(20)); // a caller also has other work
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void one(String url) {
        long asked = System.nanoTime();
        calls.increment();
        try {
            if (stage.cache().fetch(url).stale()) {
                stale.increment();
            }
        } catch (IOException | InterruptedException e) {
            failed.increment();
        }
        longest.accumulate(System.nanoTime() - asked);
    }
}
