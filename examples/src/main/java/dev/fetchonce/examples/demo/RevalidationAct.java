package dev.fetchonce.examples.demo;

import dev.fetchonce.examples.Document;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The act in which the responses have outlived their TTL, and the origin has no new version. */
final class RevalidationAct {
    private RevalidationAct() {}

    /** Plays the act; returns the number of calls. */
    static long play(Stage stage) throws IOException, InterruptedException {
        int callers = stage.scale().callers();
        stage.screen()
                .act("2 REVALIDATION", "the TTL ends, and " + Units.count(callers) + " callers ask for each again");
        stage.waitUntilStale();
        List<List<String>> rows = new ArrayList<>();
        long requestsBefore = stage.requests();
        long notModifiedBefore = stage.notModified();
        long bytesBefore = stage.bodyBytes();
        long failed = 0;
        long sameTree = 0;
        for (Document document : stage.documents()) {
            String url = stage.url(document);
            JsonNode tree = peeked(stage, url).orElseThrow();
            long requests = document.requests();
            long notModified = document.notModified();
            Crowd crowd = Crowd.rush(callers, () -> stage.cache().get(url));
            failed += crowd.failed();
            sameTree += Claims.same(peeked(stage, url).orElseThrow(), tree) ? 1 : 0;
            rows.add(List.of(
                    document.path(),
                    Units.count(document.requests() - requests),
                    Units.count(document.notModified() - notModified),
                    Units.millis(crowd.percentile(50)),
                    Units.millis(crowd.percentile(99)),
                    Units.millis(crowd.max())));
        }
        stage.screen().table(List.of("document", "requests", "304", "p50", "p99", "max"), rows);
        int documents = stage.documents().size();
        long requests = stage.requests() - requestsBefore;
        long notModified = stage.notModified() - notModifiedBefore;
        long bytes = stage.bodyBytes() - bytesBefore;
        stage.claims()
                .check(
                        requests == documents && notModified == documents && bytes == 0 && failed == 0,
                        Units.count(requests, "request") + ", " + Units.count(notModified) + " answered 304, with "
                                + Units.bytes(bytes) + " of body; " + Units.count(failed, "call") + " failed",
                        "1 request a document, all answered 304");
        stage.claims()
                .check(
                        sameTree == documents,
                        Units.count(sameTree) + " of " + documents + " trees are the earlier ones, not decoded again",
                        "all of them");
        return (long) callers * documents;
    }

    private static Optional<JsonNode> peeked(Stage stage, String url) throws IOException {
        var stored = stage.cache().peek(URI.create(url));
        return stored.isPresent() ? Optional.of(stored.get().json()) : Optional.empty();
    }
}
