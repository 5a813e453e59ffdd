package dev.fetchonce.examples.demo;

import dev.fetchonce.HttpCache;
import dev.fetchonce.examples.Document;
import dev.fetchonce.examples.LoopbackOrigin;
import dev.fetchonce.examples.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The demo against an origin of its own: four acts, each of which makes claims and measures them. */
public final class Show {
    private static final Duration ORIGIN_DELAY = Duration.ofMillis(40);

    /**
     * The timeout of an exchange, above the default of 1 s. In the demo the origin, the client and all callers share a
     * few processors. A fetch runs on them only after its 10,000 callers.
     */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Screen screen;
    private final LogLines log;
    private final Scale scale;

    /**
     * The size of a show.
     *
     * @param callers the virtual threads that ask for each document together
     * @param ttl how long a response is fresh: seconds here, so that its end can be watched
     * @param outage how long callers go on while the origin is down
     */
    public record Scale(int callers, Duration ttl, Duration outage) {
        /** The size that {@code mvn -q -Pdemo} shows. */
        public static final Scale FULL = new Scale(10_000, Duration.ofSeconds(3), Duration.ofSeconds(2));
    }

    /** Makes a show on a screen, which also shows a log. */
    public Show(Screen screen, LogLines log, Scale scale) {
        this.screen = screen;
        this.log = log;
        this.scale = scale;
    }

    /**
     * Plays all acts.
     *
     * @return whether all claims hold by their measurements
     */
    public boolean run() throws IOException, InterruptedException {
        long began = System.nanoTime();
        Claims claims = new Claims(screen);
        try (LoopbackOrigin origin = LoopbackOrigin.start(ORIGIN_DELAY);
                HttpCache cache = cache()) {
            List<Document> documents = new ArrayList<>();
            for (Samples sample : Samples.values()) {
                documents.add(origin.publish(sample.path(), "application/json", sample.text()));
            }
            Duration rehearsal = rehearse(origin);
            Stage stage = new Stage(screen, claims, log, scale, origin, cache, List.copyOf(documents));
            screen.title("Fetchonce: " + Units.count(scale.callers()) + " blocking callers, one request");
            screen.say("Java " + Runtime.version().feature() + ", "
                    + Units.count(Runtime.getRuntime().availableProcessors(), "processor") + "; origin at "
                    + origin.url("/")
                    + ", which delays each response by " + ORIGIN_DELAY.toMillis() + " ms; TTL "
                    + Units.seconds(scale.ttl()) + ". A rehearsal of " + Units.seconds(rehearsal)
                    + " with another cache has loaded the classes, so the times below do not include that.");
            long calls = StampedeAct.play(stage)
                    + RevalidationAct.play(stage)
                    + OutageAct.play(stage)
                    + RecoveryAct.play(stage);
            end(stage, calls, Duration.ofNanos(System.nanoTime() - began));
        }
        return claims.broken() == 0;
    }

    private HttpCache cache() {
        return HttpCache.builder().ttl(scale.ttl()).timeout(TIMEOUT).build();
    }

    private Duration rehearse(LoopbackOrigin origin) throws IOException, InterruptedException {
        long began = System.nanoTime();
        String url = origin.json("/rehearsal.json", "{}");
        try (HttpCache cache = cache()) {
            Crowd.rush(scale.callers(), () -> cache.get(url));
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private void end(Stage stage, long calls, Duration took) {
        Claims claims = stage.claims();
        boolean good = claims.broken() == 0;
        String summary = Units.count(calls) + " calls, " + Units.count(stage.requests(), "request") + " ("
                + Units.count(stage.notModified()) + " answered 304) in " + Units.seconds(took);
        String verdict = good
                ? "all " + claims.held() + " claims hold."
                : Units.count(claims.broken(), "claim") + " of " + (claims.held() + claims.broken()) + " FAILED.";
        stage.screen().end(good, summary + ": " + verdict);
    }
}
