package dev.fetchonce.examples.demo;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.examples.Document;
import dev.fetchonce.examples.LoopbackOrigin;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * The objects that every act needs.
 *
 * @param documents the documents of the origin, all of one age in the cache after their fetches
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

    /** Waits until all documents have outlived their TTL. */
    void waitUntilStale() throws InterruptedException {
        for (Document document : documents) {
            URI uri = URI.create(url(document));
            while (!cache.peek(uri).map(CachedResponse::stale).orElse(true)) {
                Thread.sleep(Duration.ofMillis(20));
            }
        }
    }

    /** Returns the number of requests that reached the origin, by its own count. */
    long requests() {
        return documents.stream().mapToLong(Document::requests).sum();
    }

    long notModified() {
        return documents.stream().mapToLong(Document::notModified).sum();
    }

    long bodyBytes() {
        return documents.stream().mapToLong(Document::bodyBytes).sum();
    }

    /** Returns the number of failed fetches, by the count of the cache. */
    long failedFetches() {
        return cache.stats().failures().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Shows the first line that the cache has logged since the last call; each document has a similar line. */
    void showLog() throws InterruptedException {
        List<String> lines = log.awaited(1);
        if (!lines.isEmpty()) {
            screen.log(lines.getFirst());
            if (lines.size() > 1) {
                screen.log("and " + Units.count(lines.size() - 1, "line") + " more");
            }
            screen.gap();
        }
    }
}
