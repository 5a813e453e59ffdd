package dev.fetchonce.examples;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * An example of code that takes a {@link HttpClient} and does not know that it caches. A thousand virtual threads send
 * one GET at once. The client obeys HTTP, and each response names its source in {@code Cache-Status} (RFC 9211).
 */
public final class DropIn {
    private static final int CALLERS = 1_000;

    private DropIn() {}

    /** Runs the example without arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(200));
                HttpCache cache =
                        HttpCache.builder().freshness(Freshness.http()).build()) {
            HttpClient client = cache.asHttpClient(); // from here on, plain java.net.http
            Document flags = origin.publish(
                            Samples.FEATURE_FLAGS.path(), "application/json", Samples.FEATURE_FLAGS.text())
                    .cacheControl("max-age=60");
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(origin.url(flags.path()))).build();

            List<String> crowd = crowd(client, request);
            System.out.println(CALLERS + " callers, " + flags.requests() + " request to the origin");
            show("miss", first(crowd, status -> status.contains("fwd=") && !status.contains("collapsed")));
            show("collapsed", first(crowd, status -> status.contains("collapsed")));
            show("hit", status(client.send(request, BodyHandlers.ofString())));

            HttpRequest reload = HttpRequest.newBuilder(request, (name, value) -> true)
                    .header("Cache-Control", "no-cache")
                    .build();
            show("revalidated", status(client.send(reload, BodyHandlers.ofString())));
            System.out.println(flags.requests() + " requests to the origin in all, " + flags.notModified()
                    + " answered with 304, " + flags.bodyBytes() / flags.size() + " body sent");
        }
    }

    /** Returns the {@code Cache-Status} that each caller got. */
    private static List<String> crowd(HttpClient client, HttpRequest request) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> calls = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                calls.add(threads.submit(() -> status(client.send(request, BodyHandlers.ofString()))));
            }
            List<String> told = new ArrayList<>();
            for (Future<String> call : calls) {
                told.add(call.get());
            }
            return told;
        }
    }

    private static String status(HttpResponse<String> response) {
        return response.headers().firstValue("Cache-Status").orElse("none");
    }

    private static String first(List<String> told, Predicate<String> kind) {
        return told.stream().filter(kind).findFirst().orElse("none");
    }

    private static void show(String what, String status) {
        System.out.printf("%-12s %s%n", what, status);
    }
}
