package dev.fetchonce.examples;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Trouble;
import java.time.Duration;
import java.time.Instant;

/**
 * An example of an outage. While the origin is down, a caller gets the last good response, if one is stored and not too
 * old.
 */
public final class Outage {
    private static final Duration TTL = Duration.ofMillis(200);

    private Outage() {}

    /** Runs the example without arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(40));
                HttpCache cache = HttpCache.builder()
                        .ttl(TTL)
                        .staleIfError(Duration.ofHours(1))
                        .build()) {
            String flags = origin.json(Samples.FEATURE_FLAGS.path(), Samples.FEATURE_FLAGS.text());
            show("origin up", cache.fetch(flags));

            origin.stop();
            Thread.sleep(TTL);
            show("origin down", cache.fetch(flags));
            CachedResponse inBackoff = cache.fetch(flags);
            show("during the backoff", inBackoff);
            try {
                cache.fetch(origin.url("/never-fetched-before.json"));
            } catch (FetchException e) { // no stored response could stand in
                System.out.println("never fetched before " + e.reason() + ": " + e.getMessage());
            }

            origin.start();
            Trouble trouble = inBackoff.trouble().orElseThrow();
            Instant next = trouble.nextAttempt().orElseThrow(); // no request is sent before that
            Thread.sleep(Math.max(0, Duration.between(Instant.now(), next).toMillis()) + 1);
            CachedResponse back = cache.fetch(flags); // a fetch in the background finds that the origin is back
            while (back.stale()) {
                Thread.sleep(10);
                back = cache.fetch(flags);
            }
            show("origin back", back);
        }
    }

    private static void show(String when, CachedResponse response) {
        System.out.printf(
                "%-20s stale %-5s  served %-11s  age %3d ms  failures %d%n",
                when, response.stale(), response.served(), response.age().toMillis(), failures(response));
    }

    private static int failures(CachedResponse response) {
        return response.trouble().map(Trouble::consecutiveFailures).orElse(0);
    }
}
