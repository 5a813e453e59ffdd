package dev.fetchonce.examples;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import java.time.Duration;
import java.time.Instant;

/** What a caller sees while the origin is down: the last good answer, if there is one and it is not too old. */
public final class Outage {
    private static final Duration TTL = Duration.ofMillis(200);

    private Outage() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(40));
                HttpCache cache = HttpCache.builder()
                        .ttl(TTL)
                        .staleIfError(Duration.ofHours(1))
                        .build()) {
            String flags = origin.json(Samples.FEATURE_FLAGS.path(), Samples.FEATURE_FLAGS.text());
            show("while all is well", cache.fetch(flags));

            origin.stop();
            Thread.sleep(TTL);
            show("origin down", cache.fetch(flags));
            CachedResponse leftAlone = cache.fetch(flags);
            show("origin left alone", leftAlone);
            try {
                cache.fetch(origin.url("/never-asked-before.json"));
            } catch (FetchException e) { // nothing is stored that could stand in
                System.out.println("never asked before   " + e.reason() + ": " + e.getMessage());
            }

            origin.start();
            Instant next = leftAlone.nextAttempt().orElseThrow(); // nobody asks before that
            Thread.sleep(Math.max(0, Duration.between(Instant.now(), next).toMillis()) + 1);
            show("origin back", cache.fetch(flags));
        }
    }

    private static void show(String when, CachedResponse response) {
        System.out.printf(
                "%-20s stale %-5s  served %-11s  age %3d ms  errors %d%n",
                when, response.stale(), response.served(), response.age().toMillis(), response.consecutiveFailures());
    }
}
