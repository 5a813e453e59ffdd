package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The caching rules of HTTP, as callers of the drop-in client see them. */
class DropInHttpCachingTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final TestClock clock = new TestClock();
    private final FakeOrigin origin = given.origin();
    private final HttpCache cache =
            given.cache(b -> b.freshness(Freshness.http()).clock(clock::nanoTime, clock.wall()));
    private final HttpClient client = cache.asHttpClient();

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(origin.uri(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String get(String path) throws Exception {
        return send(request(path)).body();
    }

    private void serve(String path, String... fields) {
        origin.on(path, call -> call.send(200, (path + call.number()).getBytes(StandardCharsets.UTF_8), fields));
    }

    @Test
    void a_backoff_holds_values_back_and_not_the_drop_in() throws Exception {
        HttpCache failing =
                given.withBackoff(b -> b.freshness(Freshness.http()).backoff(Duration.ofHours(1), Duration.ofHours(1)));
        origin.on("/a", call -> call.status(503));
        URI uri = origin.uri("/a");
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> failing.get(uri)).isInstanceOf(FetchException.class);
        }
        assertThat(origin.requests()).isEqualTo(2); // with nothing stored the first failure does not count
        HttpClient through = failing.asHttpClient();
        for (int i = 0; i < 2; i++) {
            assertThat(through.send(request("/a").build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(503);
        }
        assertThat(origin.requests()).isEqualTo(2 + 2);
        serve("/a", "Cache-Control: max-age=60");
        assertThat(through.send(request("/a").build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    /** The ways in which an origin fails. */
    enum Trouble {
        STATUS_500(call -> call.status(500)),
        STATUS_503(call -> call.status(503)),
        RESET(call -> call.reset()),
        CUT_OFF(call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel");
            call.end();
        });

        private final FakeOrigin.Script script;

        Trouble(FakeOrigin.Script script) {
            this.script = script;
        }
    }

    @ParameterizedTest
    @EnumSource
    void stale_if_error_of_the_response_covers_it_for_as_long_as_it_says(Trouble trouble) throws Exception {
        serve("/a", "Cache-Control: max-age=10, stale-if-error=100");
        assertThat(get("/a")).isEqualTo("/a1");
        origin.on("/a", trouble.script);
        clock.advance(Duration.ofSeconds(50));
        HttpResponse<String> stale = send(request("/a"));
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo("/a1");
        assertThat(stale.headers().firstValue("Age")).contains("50");
        clock.advance(Duration.ofSeconds(100));
        if (trouble == Trouble.STATUS_500 || trouble == Trouble.STATUS_503) {
            assertThat(send(request("/a")).statusCode()).isGreaterThanOrEqualTo(500);
        } else {
            assertThatThrownBy(() -> get("/a")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void without_stale_if_error_a_failure_is_the_answer() throws Exception {
        serve("/a", "Cache-Control: max-age=10");
        assertThat(get("/a")).isEqualTo("/a1");
        clock.advance(Duration.ofSeconds(11));
        origin.on("/a", call -> call.send(502, "oops".getBytes(StandardCharsets.UTF_8)));
        HttpResponse<String> response = send(request("/a"));
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).isEqualTo("oops");
        assertThat(send(request("/a").header("Cache-Control", "stale-if-error=60"))
                        .body())
                .isEqualTo("/a1");
    }

    @Test
    void stale_while_revalidate_of_the_response_renews_it_once_behind_the_answers() throws Exception {
        serve("/a", "Cache-Control: max-age=10, stale-while-revalidate=100");
        assertThat(get("/a")).isEqualTo("/a1");
        clock.advance(Duration.ofSeconds(50));
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.send(200, "new".getBytes(StandardCharsets.UTF_8), "Cache-Control: max-age=10");
        });
        assertThat(Crowd.of(20, () -> get("/a")).values()).containsOnly("/a1");
        latch.open();
        Await.until("it is renewed", () -> get("/a").equals("new"));
        assertThat(origin.requests()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "FROB"})
    void an_unsafe_method_invalidates_before_its_caller_sees_the_answer(String method) throws Exception {
        List<String> all = List.of("/a", "/b", "/c", "/d");
        for (String path : all) {
            serve(path, "Cache-Control: max-age=60");
            get(path);
            assertThat(get(path)).isEqualTo(path + 1);
        }
        origin.on("/a", call -> call.status(201, "Location: /b", "Content-Location: " + origin.url("/c")));
        List<String> left = new ArrayList<>();
        client.send(request("/a").method(method, BodyPublishers.noBody()).build(), info -> {
            for (String path : all) {
                if (cache.peek(origin.uri(path)).isPresent()) {
                    left.add(path);
                }
            }
            return BodySubscribers.discarding();
        });
        assertThat(left).containsExactly("/d");
    }

    @ParameterizedTest
    @CsvSource({"POST, 500, true", "POST, 404, true", "OPTIONS, 200, true", "POST, 303, false", "DELETE, 204, false"})
    void a_request_that_failed_or_changes_nothing_invalidates_nothing(String method, int status, boolean stays)
            throws Exception {
        serve("/a", "Cache-Control: max-age=60");
        get("/a");
        origin.on("/a", call -> call.status(status));
        send(request("/a").method(method, BodyPublishers.noBody()));
        assertThat(cache.peek(origin.uri("/a")).isPresent()).isEqualTo(stays);
    }

    @Test
    void an_unsafe_request_that_gets_no_answer_invalidates_too() throws Exception {
        serve("/a", "Cache-Control: max-age=60");
        get("/a");
        origin.on("/a", call -> call.reset());
        assertThatThrownBy(() -> send(request("/a").POST(BodyPublishers.noBody())))
                .isInstanceOf(IOException.class);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_fetch_that_was_up_when_something_was_changed_is_not_stored() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            if (call.number() == 1) {
                latch.pass();
            }
            call.send(200, ("v" + call.number()).getBytes(StandardCharsets.UTF_8), "Cache-Control: max-age=60");
        });
        Crowd<String> before = Crowd.one(() -> get("/a"));
        latch.awaitArrivals(1);
        send(request("/a").POST(BodyPublishers.noBody()));
        latch.open();
        assertThat(before.value()).isEqualTo("v1");
        assertThat(get("/a")).isEqualTo("v3");
    }

    @Test
    void head_is_answered_from_a_stored_get() throws Exception {
        serve("/a", "Cache-Control: max-age=60", "ETag: \"1\"");
        get("/a");
        HttpResponse<String> head = send(request("/a").HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).contains("3");
        assertThat(send(request("/a").HEAD().header("If-None-Match", "\"1\"")).statusCode())
                .isEqualTo(304);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void head_renews_a_stale_get_that_it_confirms() throws Exception {
        serve("/a", "Cache-Control: max-age=10", "ETag: \"1\"");
        get("/a");
        clock.advance(Duration.ofSeconds(11));
        origin.on(
                "/a",
                call -> call.raw(
                        "HTTP/1.1 200 -\r\nETag: \"1\"\r\nContent-Length: 3\r\nCache-Control: max-age=60\r\nX: new\r\n\r\n"));
        send(request("/a").HEAD());
        HttpResponse<String> response = send(request("/a"));
        assertThat(response.body()).isEqualTo("/a1");
        assertThat(response.headers().firstValue("X")).contains("new");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void head_drops_a_get_that_it_shows_to_be_old() throws Exception {
        serve("/a", "Cache-Control: max-age=10", "ETag: \"1\"");
        get("/a");
        clock.advance(Duration.ofSeconds(11));
        origin.on("/a", call -> call.raw("HTTP/1.1 200 -\r\nETag: \"2\"\r\nContent-Length: 3\r\n\r\n"));
        send(request("/a").HEAD());
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void only_if_cached_never_reaches_the_origin() throws Exception {
        serve("/a", "Cache-Control: max-age=60");
        for (HttpRequest.Builder request : List.of(
                request("/a"),
                request("/a").HEAD(),
                request("/a").header("Range", "bytes=0-1"),
                request("/a").header("If-Match", "\"1\""),
                request("/a").header("Cache-Control", "no-store"))) {
            assertThat(send(request.header("Cache-Control", "only-if-cached")).statusCode())
                    .isEqualTo(504);
        }
        assertThat(origin.requests()).isZero();
    }

    @Test
    void a_condition_for_the_origin_is_the_origin_s_for_head_too() throws Exception {
        serve("/a", "Cache-Control: max-age=60");
        get("/a");
        origin.on("/a", call -> call.raw("HTTP/1.1 412 -\r\nContent-Length: 3\r\n\r\n"));
        assertThat(send(request("/a").HEAD().header("If-Match", "\"1\"")).statusCode())
                .isEqualTo(412);
    }

    @Test
    void a_part_is_cut_from_what_is_stored() throws Exception {
        serve("/abc", "Cache-Control: max-age=60", "ETag: \"1\"");
        get("/abc");
        HttpResponse<String> part = send(request("/abc").header("Range", "bytes=1-2"));
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("ab");
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 1-2/5");
        assertThat(part.headers().firstValue("Content-Length")).contains("2");
        assertThat(send(request("/abc").header("Range", "bytes=9-")).statusCode())
                .isEqualTo(416);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void an_unsafe_request_that_wants_pushed_responses_invalidates_too() throws Exception {
        serve("/a", "Cache-Control: max-age=60");
        get("/a");
        PushPromiseHandler<String> pushes =
                PushPromiseHandler.of(any -> BodyHandlers.ofString(), new ConcurrentHashMap<>());
        HttpRequest post = request("/a").POST(BodyPublishers.noBody()).build();
        client.sendAsync(post, BodyHandlers.ofString(), pushes).get(20, TimeUnit.SECONDS);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }
}
