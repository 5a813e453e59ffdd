package dev.fetchonce.examples.demo;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Trouble;
import dev.fetchonce.examples.Document;
import dev.fetchonce.examples.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The act in which the origin is back, on its former port, with a new version of one document. */
final class RecoveryAct {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private RecoveryAct() {}

    /** Plays the act; returns the number of calls. */
    static long play(Stage stage) throws IOException, InterruptedException {
        Screen screen = stage.screen();
        screen.act("4 RECOVERY", "the origin is back, with a new version of the feature flags");
        String flags = stage.origin().url(Samples.FEATURE_FLAGS.path());
        int before = stage.cache().fetch(flags).json().path("revision").asInt();
        String changed =
                Samples.FEATURE_FLAGS.text().replace("\"revision\": " + before, "\"revision\": " + (before + 1));
        stage.origin().json(Samples.FEATURE_FLAGS.path(), changed);
        stage.origin().start();
        long back = System.nanoTime();
        long calls = 1;
        long last = back;
        List<List<String>> rows = new ArrayList<>();
        int stale = 0;
        int failures = 0;
        int revision = before;
        for (Document document : stage.documents()) {
            CachedResponse response = stage.cache().fetch(stage.url(document));
            for (calls++; response.stale() && System.nanoTime() - back < PATIENCE.toNanos(); calls++) {
                Thread.sleep(Duration.ofMillis(20));
                response = stage.cache().fetch(stage.url(document));
            }
            last = System.nanoTime();
            stale += response.stale() ? 1 : 0;
            int failed = response.trouble().map(Trouble::consecutiveFailures).orElse(0);
            failures += failed;
            if (stage.url(document).equals(flags)) {
                revision = response.json().path("revision").asInt();
            }
            rows.add(List.of(
                    document.path(),
                    response.served().toString(),
                    Units.seconds(response.age()),
                    Units.count(failed),
                    response.json().path("revision").asString("-")));
        }
        screen.table(List.of("document", "served", "age", "failures", "revision"), rows);
        stage.showLog();
        int documents = stage.documents().size();
        stage.claims()
                .check(
                        stale == 0 && failures == 0,
                        Units.count(documents - stale) + " of " + documents + " documents fresh again, " + failures
                                + " consecutive failures, " + Units.millis(last - back) + " after the origin came back",
                        "all, with 0 consecutive failures");
        stage.claims()
                .check(
                        revision == before + 1,
                        "the feature flags were at revision " + before + " and are at " + revision,
                        "revision " + (before + 1));
        return calls;
    }
}
