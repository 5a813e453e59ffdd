package dev.fetchonce.examples.demo;

import dev.fetchonce.CacheStats;
import dev.fetchonce.examples.Document;
import dev.fetchonce.examples.ServiceConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The act in which no response is stored yet, and all callers call at once. */
final class StampedeAct {
    private StampedeAct() {}

    /** Plays the act; returns the number of calls. */
    static long play(Stage stage) throws IOException, InterruptedException {
        int callers = stage.scale().callers();
        stage.screen().act("1 STAMPEDE", Units.count(callers) + " virtual threads ask for each document together");
        List<List<String>> counts = new ArrayList<>();
        List<List<String>> times = new ArrayList<>();
        long failed = 0;
        long unaccounted = 0;
        long most = 0;
        for (Document document : stage.documents()) {
            CacheStats before = stage.cache().stats();
            String url = stage.url(document);
            Crowd crowd = Crowd.rush(callers, () -> stage.cache().get(url));
            CacheStats after = stage.cache().stats();
            long misses = after.misses() - before.misses();
            long collapsed = after.collapsed() - before.collapsed();
            long hits = after.hits() - before.hits();
            failed += crowd.failed();
            unaccounted += Math.abs(crowd.calls() - misses - collapsed - hits);
            if (crowd.failed() > 0) {
                stage.screen().fails(document.path() + ": " + crowd.firstFailure());
            }
            most = Math.max(most, document.requests());
            counts.add(List.of(
                    document.path(),
                    Units.bytes(document.size()),
                    Units.count(crowd.calls()),
                    Units.count(document.requests()),
                    Units.count(misses),
                    Units.count(collapsed),
                    Units.count(hits)));
            times.add(times(document, crowd));
        }
        stage.screen().table(List.of("document", "size", "calls", "requests", "leader", "collapsed", "hits"), counts);
        stage.screen().say("The leader sent the request, collapsed calls waited for it, hits came later.");
        stage.screen().gap();
        stage.screen().table(List.of("time of a call", "min", "p50", "p99", "max"), times);
        long calls = (long) callers * stage.documents().size();
        stage.claims()
                .check(
                        most == 1 && stage.requests() == stage.documents().size(),
                        Units.count(calls) + " calls, " + Units.count(stage.requests(), "request")
                                + " at the origin, by its own count",
                        "1 request for each document");
        stage.claims().check(failed == 0, Units.count(failed, "call") + " failed", "0");
        stage.claims()
                .check(
                        unaccounted == 0,
                        "leader + collapsed + hits leave " + Units.count(unaccounted, "call") + " unaccounted for",
                        "0");
        return calls + typed(stage);
    }

    /** Returns the row of times for one document. */
    static List<String> times(Document document, Crowd crowd) {
        return List.of(
                document.path(),
                Units.millis(crowd.min()),
                Units.millis(crowd.percentile(50)),
                Units.millis(crowd.percentile(99)),
                Units.millis(crowd.max()));
    }

    private static long typed(Stage stage) throws IOException, InterruptedException {
        ServiceConfig config = stage.cache().get(stage.url(stage.documents().getFirst()), ServiceConfig.class);
        ServiceConfig again = stage.cache().get(stage.url(stage.documents().getFirst()), ServiceConfig.class);
        boolean same = Claims.same(config, again);
        stage.screen().gap();
        stage.screen().say("The first document as a record:");
        stage.screen().code("ServiceConfig config = cache.get(url, ServiceConfig.class);");
        stage.screen().code("config.http().requestTimeout()  " + config.http().requestTimeout());
        stage.screen().code("config.depots().getFirst()  " + config.depots().getFirst());
        stage.screen().gap();
        stage.claims()
                .check(same, "two calls returned " + (same ? "one record" : "two records"), "one record, bound once");
        return 2;
    }
}
