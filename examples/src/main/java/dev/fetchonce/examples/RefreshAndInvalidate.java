package dev.fetchonce.examples;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/**
 * An example of two ways to a newer response before the TTL ends. {@code refresh} sends a request now, and other
 * callers get the stored response in the meantime. {@code invalidate} drops the stored responses, so the next call
 * sends a request.
 */
public final class RefreshAndInvalidate {
    private RefreshAndInvalidate() {}

    /** Runs the example without arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(40));
                HttpCache cache =
                        HttpCache.builder().ttl(Duration.ofMinutes(10)).build()) {
            URI flags = URI.create(origin.json("/flags.json", "{\"revision\": 1}"));
            show("first call", cache.fetch(flags));

            show("refresh, nothing new", cache.refresh(flags));
            origin.json("/flags.json", "{\"revision\": 2}");
            show("changed, still fresh", cache.fetch(flags));
            show("refresh", cache.refresh(flags));

            origin.json("/flags.json", "{\"revision\": 3}");
            System.out.println("invalidate           " + cache.invalidate(flags) + ", a response was stored");
            System.out.println("peek                 "
                    + cache.peek(flags).map(CachedResponse::toString).orElse("empty"));
            show("next call", cache.fetch(flags));

            int dropped = cache.invalidateIf(url -> url.getPath().endsWith(".json"));
            System.out.println("invalidateIf         " + dropped + " URL dropped");
        }
    }

    private static void show(String what, CachedResponse response) throws IOException {
        int revision = response.json().path("revision").asInt();
        System.out.printf("%-20s revision %d  %s%n", what, revision, response.served());
    }
}
