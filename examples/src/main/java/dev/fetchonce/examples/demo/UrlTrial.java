package dev.fetchonce.examples.demo;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** The trial of the cache with given URLs: a first call for each, and then calls that the store answers. */
public final class UrlTrial {
    private static final int CALLERS = 10_000;

    private UrlTrial() {}

    /**
     * Tries all URLs in their order.
     *
     * @return whether the cache fetched at least one
     */
    public static boolean run(Screen screen, List<String> urls) throws InterruptedException {
        int good = 0;
        screen.title("Fetchonce: " + Units.count(urls.size(), "URL") + ", each fetched once");
        try (HttpCache cache = HttpCache.builder()
                .firstTimeout(Duration.ofSeconds(5))
                .patience(Duration.ofSeconds(6))
                .build()) {
            for (String url : urls) {
                screen.gap();
                screen.say(url);
                good += tried(screen, cache, url) ? 1 : 0;
            }
        }
        screen.end(good == urls.size(), good + " of " + Units.count(urls.size(), "URL") + " fetched.");
        return good > 0;
    }

    private static boolean tried(Screen screen, HttpCache cache, String url) throws InterruptedException {
        long asked = System.nanoTime();
        try {
            CachedResponse cold = cache.fetch(url);
            long landed = System.nanoTime();
            CachedResponse warm = cache.fetch(url);
            long again = System.nanoTime();
            show(screen, warm);
            screen.code("cold    " + Units.millis(landed - asked) + ", served " + cold.served());
            screen.code("warm    " + Units.millis(again - landed) + ", served " + warm.served());
            screen.code("crowd   " + crowd(cache, url, warm));
            return true;
        } catch (FetchException e) {
            Throwable cause = e.getCause(); // distinguishes a refusal from an unknown name
            screen.fails(e.reason() + " after " + Units.millis(System.nanoTime() - asked) + ": " + e.getMessage()
                    + (cause == null ? "" : " (" + cause.getMessage() + ")"));
        } catch (IllegalArgumentException e) {
            screen.fails(String.valueOf(e.getMessage()));
        }
        return false;
    }

    private static String crowd(HttpCache cache, String url, CachedResponse warm) throws InterruptedException {
        if (warm.served() != Served.HIT) { // each call would send a request to a foreign server
            return "not tried, because callers cannot share the response";
        }
        long misses = cache.stats().misses();
        Crowd crowd = Crowd.rush(CALLERS, () -> cache.fetch(url));
        return Units.count(CALLERS) + " more calls at once: p50 " + Units.millis(crowd.percentile(50)) + ", p99 "
                + Units.millis(crowd.percentile(99)) + ", "
                + Units.count(cache.stats().misses() - misses, "request");
    }

    private static void show(Screen screen, CachedResponse response) {
        screen.code("status  " + response.status() + ", " + Units.bytes(response.bytes().length) + ", age "
                + Units.seconds(response.age()) + ", "
                + (response.headers().firstValue("ETag").isPresent() ? "ETag present" : "no ETag"));
        screen.code("body    " + response.headers().firstValue("Content-Type").orElse("no Content-Type") + "; "
                + json(response));
    }

    private static String json(CachedResponse response) {
        try {
            JsonNode tree = response.json();
            return "JSON, " + tree.getNodeType().toString().toLowerCase(Locale.ROOT) + " of "
                    + Units.count(tree.size(), "member");
        } catch (FetchException e) {
            return "not JSON: fetch(url) returns it, get(url) fails";
        }
    }
}
