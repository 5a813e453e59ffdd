package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.CachingHttpClientBuilder;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Harm that one caller of the drop-in client, or its origin, must not do to other callers. */
class DropInIsolationTest {
    private static final String FRESH = "Cache-Control: max-age=60";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final Latch latch = given.latch();

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b -> options.apply(b.freshness(Freshness.http())));
    }

    private HttpRequest.Builder request(String path, String... fields) {
        HttpRequest.Builder request = HttpRequest.newBuilder(origin.uri(path));
        return fields.length == 0 ? request : request.headers(fields);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String body(HttpClient client, HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString()).body();
    }

    @Test
    void a_url_is_allowed_or_not_in_the_form_that_is_sent() {
        HttpClient client = cache(b -> b.allowedUrls(uri -> !uri.getPath().startsWith("/admin")))
                .asHttpClient();
        assertThatThrownBy(() -> body(client, request("/x/../admin").build()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(origin.requests()).isZero();
    }

    @Test
    void an_error_is_not_shared_with_requests_of_another_vary() {
        HttpClient client = cache(b -> b).asHttpClient();
        origin.on("/a", call -> {
            latch.pass();
            String key = call.field("X-Api-Key").orElse("");
            call.send(key.equals("0") ? 429 : 200, bytes(key), "Vary: X-Api-Key", "Set-Cookie: sid=" + key);
        });
        Crowd<HttpResponse<String>> crowd = Crowd.of(4, i -> {
            HttpRequest mine = request("/a", "X-Api-Key", "" + i).build();
            return () -> client.send(mine, BodyHandlers.ofString());
        });
        latch.awaitArrivals(1);
        latch.open();
        List<HttpResponse<String>> responses = crowd.values();
        for (int i = 0; i < 4; i++) {
            assertThat(responses.get(i).body()).isEqualTo("" + i);
        }
    }

    @Test
    void the_cookies_of_a_shared_error_are_for_one() {
        HttpCache cache = cache(b -> b);
        HttpClient client = cache.asHttpClient();
        origin.on("/a", call -> {
            latch.pass();
            call.status(503, "Set-Cookie: sid=1");
        });
        Crowd<HttpResponse<String>> crowd =
                Crowd.of(5, () -> client.send(request("/a").build(), BodyHandlers.ofString()));
        Await.until("all have joined", () -> Insides.joined(cache) == 5);
        latch.open();
        assertThat(crowd.values())
                .filteredOn(
                        response -> response.headers().firstValue("set-cookie").isPresent())
                .hasSize(1);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_user_that_lost_its_access_does_not_get_the_public_copy_either() throws Exception {
        for (int status : new int[] {200, 403, 404}) {
            HttpClient client = cache(b -> b).asHttpClient();
            String path = "/" + status;
            origin.on(path, call -> {
                if (call.number() == 1) {
                    call.send(200, bytes("old"), "Cache-Control: public, max-age=60");
                } else {
                    call.send(status, bytes("new"), "Cache-Control: no-store");
                }
            });
            HttpRequest mine = request(path, "Authorization", "a").build();
            assertThat(body(client, mine)).isEqualTo("old");
            body(
                    client,
                    request(path, "Authorization", "a", "Cache-Control", "no-cache")
                            .build());
            assertThat(body(client, mine)).as("%d", status).isEqualTo("new");
        }
    }

    @Test
    void callers_who_do_not_accept_the_coding_that_comes_ask_side_by_side() {
        HttpCache cache = cache(b -> b);
        HttpClient client = cache.asHttpClient();
        origin.on("/a", call -> {
            if (call.number() > 1) {
                latch.pass(); // all callers arrive at once, or the test hangs
            }
            call.send(200, bytes("no matter"), "Content-Encoding: gzip", FRESH);
        });
        Crowd<String> crowd = Crowd.of(
                10,
                () -> body(
                        client,
                        request("/a").header("Accept-Encoding", "identity").build()));
        latch.awaitArrivals(2);
        latch.open();
        assertThat(crowd.values()).hasSize(10);
    }

    @Test
    void callers_who_wait_for_a_slow_origin_share_its_answer_however_short_that_holds() {
        TestClock clock = new TestClock();
        HttpCache cache = cache(b -> b.clock(clock::nanoTime, clock.wall()));
        HttpClient client = cache.asHttpClient();
        origin.on("/a", call -> {
            latch.pass();
            clock.advance(Duration.ofSeconds(2));
            call.send(200, bytes("slow"), "Cache-Control: max-age=1");
        });
        Crowd<String> crowd = Crowd.of(50, () -> body(client, request("/a").build()));
        Await.until("all have joined", () -> Insides.joined(cache) == 50);
        latch.open();
        assertThat(crowd.values()).hasSize(50).containsOnly("slow");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_caller_that_gives_an_origin_no_time_begins_no_backoff() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.freshness(Freshness.http()));
        HttpClient client = cache.asHttpClient();
        for (String path : List.of("/a", "/b", "/c", "/d")) {
            origin.on(path, call -> call.awaitDisconnect());
            HttpRequest impatient = request(path).timeout(Duration.ofMillis(30)).build();
            assertThatThrownBy(() -> body(client, impatient)).isInstanceOf(HttpTimeoutException.class);
        }
        origin.json("/e", "[1]");
        assertThat(cache.fetch(origin.url("/e")).text()).isEqualTo("[1]");
    }

    @Test
    void a_call_that_hangs_keeps_no_other_from_an_answer() throws Exception {
        HttpCache cache = given.withBackoff(b ->
                b.freshness(Freshness.http()).timeout(Duration.ofMillis(300)).patience(Duration.ofSeconds(40)));
        HttpClient client = cache.asHttpClient();
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.awaitDisconnect();
            } else {
                call.json("[1]", FRESH);
            }
        });
        CompletableFuture<HttpResponse<String>> lost =
                client.sendAsync(request("/a").build(), BodyHandlers.ofString());
        Await.until("it was sent", () -> origin.requests() == 1);
        assertThat(body(client, request("/a", "Cache-Control", "no-cache").build()))
                .isEqualTo("[1]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
        lost.cancel(true);
    }

    @Test
    void callers_that_left_keep_no_permits() throws Exception {
        HttpCache cache = cache(b -> b.connectionsPerOrigin(2));
        HttpClient client = cache.asHttpClient();
        List<CompletableFuture<HttpResponse<String>>> calls = List.of("/1", "/2").stream()
                .map(path -> {
                    origin.on(path, call -> call.awaitDisconnect());
                    HttpRequest patient =
                            request(path).timeout(Duration.ofMinutes(10)).build();
                    return client.sendAsync(patient, BodyHandlers.ofString());
                })
                .toList();
        Await.until("both were sent", () -> origin.requests() == 2);
        calls.forEach(call -> call.cancel(true));
        origin.on("/3", call -> call.send(200, bytes("3"), FRESH));
        assertThat(body(client, request("/3").build())).isEqualTo("3");
    }

    @Test
    void a_call_that_was_cancelled_while_its_body_was_handled_leaves_no_connection() throws Exception {
        HttpClient client = cache(b -> b).asHttpClient();
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 -\r\nCache-Control: no-store\r\nContent-Length: 1000000\r\n\r\nx");
            call.awaitDisconnect();
        });
        Latch handling = new Latch();
        BodyHandler<InputStream> slow = head -> {
            handling.passWhateverHappens();
            return BodyHandlers.ofInputStream().apply(head);
        };
        CompletableFuture<HttpResponse<InputStream>> call =
                client.sendAsync(request("/a").build(), slow);
        handling.awaitArrivals(1);
        call.cancel(true);
        handling.open();
        Await.until("its connection is closed", () -> origin.connections() == 0);
    }

    @Test
    void the_body_of_a_redirect_is_not_waited_for() throws Exception {
        HttpClient client = cache(b -> b).asHttpClient(Redirect.NORMAL);
        origin.on("/form", call -> {
            call.raw("HTTP/1.1 303 -\r\nLocation: /done\r\nContent-Length: 10\r\n\r\n");
            call.awaitDisconnect();
        });
        origin.on("/done", call -> call.send(200, bytes("done"), FRESH));
        HttpRequest form = request("/form").POST(BodyPublishers.ofString("x")).build();
        assertThat(body(client, form)).isEqualTo("done");
    }

    @Test
    void the_end_of_the_cache_is_an_io_exception_for_a_post() {
        HttpCache cache = cache(b -> b);
        HttpClient client = cache.asHttpClient();
        origin.on("/a", call -> call.awaitDisconnect());
        HttpRequest post = request("/a").POST(BodyPublishers.ofString("x")).build();
        Crowd<String> crowd = Crowd.one(() -> body(client, post));
        Await.until("it was sent", () -> origin.requests() == 1);
        cache.close();
        assertThat(crowd.thrown()).hasOnlyElementsOfType(IOException.class);
    }

    @Test
    void a_refused_client_leaves_nothing_behind() {
        CachingHttpClientBuilder ttl = CachingHttpClient.newBuilder().cache(b -> HttpCache.builder());
        assertThatThrownBy(ttl::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Freshness.http()");
    }

    @Test
    void a_change_by_the_application_reaches_requests_past_the_cache_as_well() throws Exception {
        HttpClient client = cache(
                        b -> b.requestCustomizer(request -> HttpRequest.newBuilder(request, (name, value) -> true)
                                .setHeader("X-Token", "t")
                                .build()))
                .asHttpClient();
        origin.on("/a", call -> call.send(200, bytes(call.field("X-Token").orElse("none")), FRESH));
        assertThat(body(client, request("/a").build())).isEqualTo("t");
        HttpRequest post = request("/a").POST(BodyPublishers.noBody()).build();
        assertThat(body(client, post)).isEqualTo("t");
    }
}
