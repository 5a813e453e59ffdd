package dev.fetchonce.walk;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.FakeOrigin;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * The program that {@link Tracer} observes. It makes each kind of call once to warm up, and once between {@link #begin}
 * and {@link #end}.
 */
final class Walks {
    private static final Duration WHILE = Duration.ofMillis(200);

    private Walks() {}

    /** One kind of call. Each call gets another number. */
    private interface Call {
        void make(int number) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        try (FakeOrigin origin = new FakeOrigin();
                HttpCache values = patient().ttl(Duration.ofDays(1)).build();
                HttpCache stale = patient()
                        .ttl(Duration.ZERO)
                        .backoff(Duration.ZERO, Duration.ZERO)
                        .build();
                HttpCache http = patient().freshness(Freshness.http()).build()) {
            HttpClient client = http.asHttpClient();
            for (int i = 1; i <= 2; i++) {
                origin.json("/miss" + i, "{\"a\":1}");
                origin.json("/send" + i, "{\"a\":1}", "Cache-Control: max-age=60");
            }
            origin.on("/held", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, "ETag: \"1\"");
                } else {
                    call.json("{\"a\":1}", "ETag: \"1\"");
                }
            });
            for (String path : List.of("/ill", "/logged")) {
                origin.on(path, call -> {
                    if (call.number() == 1) {
                        call.json("{\"a\":1}");
                    } else {
                        call.status(503);
                    }
                });
            }
            stale.get(origin.url("/held"));
            stale.get(origin.url("/ill"));
            setUpLog(origin);
            walk("miss", i -> values.get(origin.url("/miss" + i)));
            walk("hit", i -> values.get(origin.url("/miss1")));
            walk("304", i -> stale.get(origin.url("/held")));
            walk("failure", i -> stale.get(origin.url("/ill")));
            Call send = i ->
                    client.send(HttpRequest.newBuilder(origin.uri("/send" + i)).build(), BodyHandlers.ofString());
            walk("send, miss", send);
            walk("send, hit", i -> send.make(1));
        }
    }

    /** Logs a first warning: the set-up of the log takes longer than a walk waits. */
    private static void setUpLog(FakeOrigin origin) throws Exception {
        try (HttpCache cache = patient().ttl(Duration.ZERO).build()) {
            cache.get(origin.url("/logged"));
            cache.get(origin.url("/logged"));
        }
    }

    private static HttpCache.Builder patient() {
        return HttpCache.builder().timeout(Duration.ofMinutes(1)).patience(Duration.ofMinutes(2));
    }

    private static void walk(String name, Call call) throws Exception {
        call.make(1);
        Thread.sleep(WHILE); // the flight's thread works on after its callers return
        begin(name);
        call.make(2);
        Thread.sleep(WHILE);
        end();
    }

    /** Tells the tracer that a walk begins. */
    private static void begin(String name) {}

    /** Tells the tracer that a walk has ended. */
    private static void end() {}
}
