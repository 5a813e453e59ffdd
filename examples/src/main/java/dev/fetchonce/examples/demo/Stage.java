package dev.fetchonce.examples.demo;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.examples.Document;
import dev.fetchonce.examples.LoopbackOrigin;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What every act needs.
 *
 * @param documents what the origin has published, all of it the same age in the cache once it was fetched
 */
record Stage(
        Screen screen,
        Claims claims,
        LogLines log,
        Show.Scale scale,
        LoopbackOrigin origin,
        HttpCache cache,
        List<Document> documents) {

    String url(Document document) {
        return origin.url(document.path());
    }

    /** Waits until the last document fetched has outlived its TTL, and with it all others. */
    void waitUntilStale() throws InterruptedException {
        for (Document document : documents) {
            URI uri = URI.create(url(document));
            while (!cache.peek(uri).map(CachedResponse::stale).orElse(true)) {
                Thread.sleep(Duration.ofMillis(20));
            }
        }
    }

    /** Requests that reached the origin, by its own count. */
    long requests() {
        return documents.stream().mapToLong(Document::requests).sum();
    }

    long notModified() {
        return documents.stream().mapToLong(Document::notModified).sum();
    }

    long bodyBytes() {
        return documents.stream().mapToLong(Document::bodyBytes).sum();
    }

    /** Fetches that ended in a failure, by the cache's count. */
    long failedFetches() {
        return cache.stats().failures().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Shows the first line that the cache has logged since the last time; there is one like it for every document. */
    void showLog() throws InterruptedException {
        List<String> lines = log.awaited(documents.size());
        if (!lines.isEmpty()) {
            screen.log(lines.getFirst());
            if (lines.size() > 1) {
                screen.log("and " + Units.count(lines.size() - 1, "line") + " more");
            }
            screen.gap();
        }
    }
}
