package dev.fetchonce.rfc;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * A cache that obeys HTTP, seen through its HttpClient. The origin plays a script, and only the test moves the clock.
 * Tests write fields as they are sent, several in one text with {@code "; "} between them.
 */
final class Side {
    /** The requests that a call needed. */
    enum Found {
        /** No request: the stored response was the answer. */
        HIT,
        /** A conditional request, which asks the origin to confirm the stored response. */
        VALIDATED,
        /** A request without a condition. */
        ASKED
    }

    /** The entity tag of the responses of {@link #storable}. */
    static final String TAG = "ETag: \"1\"";

    final HttpCache cache;
    final CachingHttpClient client;
    final FakeOrigin origin;
    final TestClock clock = new TestClock();

    private Side(Invariants given, Freshness.Http rules, UnaryOperator<HttpCache.Builder> options) {
        origin = given.origin();
        cache = given.cache(b -> options.apply(b.freshness(rules).clock(clock::nanoTime, clock.wall())));
        client = cache.asHttpClient();
    }

    static Side of(Invariants given, Freshness.Http rules, UnaryOperator<HttpCache.Builder> options) {
        return new Side(given, rules, options);
    }

    static Side of(Invariants given, Freshness.Http rules) {
        return of(given, rules, builder -> builder);
    }

    /** Returns the side of a private cache. */
    static Side ofOne(Invariants given) {
        return of(given, Freshness.http());
    }

    /** Returns the side of a shared cache. */
    static Side ofMany(Invariants given) {
        return of(given, Freshness.http().shared(true));
    }

    /** Returns the side of a private or a shared cache. */
    static Side of(Invariants given, String kind) {
        return switch (kind) {
            case "private" -> ofOne(given);
            case "shared" -> ofMany(given);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** Lets the origin answer with these fields, and with the number of the request as the body. */
    Side answers(int status, String fields) {
        origin.on("/a", call -> call.send(status, body(call), lines(fields)));
        return this;
    }

    /**
     * Lets the origin answer with these fields and an entity tag. A conditional request gets a 304 with the same
     * fields.
     */
    Side storable(int status, String fields) {
        origin.on("/a", call -> {
            if (call.field("If-None-Match").isPresent()) {
                call.status(304, lines(fields, TAG));
            } else {
                call.send(status, body(call), lines(fields, TAG));
            }
        });
        return this;
    }

    static byte[] body(Call call) {
        return Integer.toString(call.number()).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    HttpResponse<String> get(String fields) throws Exception {
        return send("GET", "/a", fields);
    }

    HttpResponse<String> send(String method, String target, String fields) throws Exception {
        return client.send(request(method, target, fields), BodyHandlers.ofString());
    }

    HttpRequest request(String method, String target, String fields) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(origin.uri(target)).method(method, BodyPublishers.noBody());
        for (String line : lines(fields)) {
            String[] field = line.split(": ?", 2);
            request.header(field[0], field[1]);
        }
        return request.build();
    }

    /** Makes a call with these fields, and returns the kind of its last request. */
    Found found(String fields) throws Exception {
        int before = origin.requests();
        get(fields);
        List<Call> calls = origin.calls("/a");
        if (origin.requests() == before) {
            return Found.HIT;
        }
        return calls.getLast().fields().keySet().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .anyMatch(List.of("if-none-match", "if-modified-since")::contains)
                ? Found.VALIDATED
                : Found.ASKED;
    }

    Side after(long seconds) {
        clock.advance(Duration.ofSeconds(seconds));
        return this;
    }

    /** Waits until the origin has that many requests and no flight is up. */
    void settled(int requests) {
        Await.until(requests + " requests came", () -> origin.requests() >= requests);
        Await.until("no flight is up", () -> dev.fetchonce.Insides.fetchesInProgress(cache) == 0);
    }

    static String cacheStatus(HttpResponse<?> response) {
        return response.headers().firstValue("cache-status").orElse("");
    }

    static String age(HttpResponse<?> response) {
        return response.headers().firstValue("age").orElse("");
    }

    static String[] lines(String... fields) {
        List<String> lines = new ArrayList<>();
        for (String some : fields) {
            for (String line : some == null || some.isBlank() ? new String[0] : some.split("; ")) {
                lines.add(line);
            }
        }
        return lines.toArray(String[]::new);
    }
}
