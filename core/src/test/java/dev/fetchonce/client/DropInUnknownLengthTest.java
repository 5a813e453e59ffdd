package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A body of unknown length. Its leader reads it as it comes, and the cache keeps it for the other callers at its end.
 * The origin withholds the rest until the test has seen the beginning.
 */
class DropInUnknownLengthTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK|Cache-Control: max-age=60|Transfer-Encoding: chunked|";
    private static final String FIRST = "6|first\n|";
    private static final String SECOND = "7|second\n|";
    private static final String END = "0||";
    private static final String WHOLE = "first\nsecond\n";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();
    private final Latch latch = given.latch();

    private HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));

    private HttpClient client() {
        return cache.asHttpClient();
    }

    private void options(UnaryOperator<HttpCache.Builder> options) {
        cache = given.cache(b -> options.apply(b.freshness(Freshness.http())));
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(origin.uri("/a"));
    }

    private InputStream read() throws Exception {
        return client().send(request().build(), BodyHandlers.ofInputStream()).body();
    }

    private Crowd<HttpResponse<String>> follower(HttpRequest request) {
        long before = Insides.joined(cache);
        Crowd<HttpResponse<String>> follower = Crowd.one(() -> client().send(request, BodyHandlers.ofString()));
        Await.until("it waits", () -> Insides.joined(cache) > before);
        return follower;
    }

    private Crowd<HttpResponse<String>> follower() {
        return follower(request().build());
    }

    /** Lets the origin send the first part, and the rest after the latch opens. */
    private void sends(String head, String rest) {
        origin.on("/a", request -> {
            request.send(head + FIRST);
            latch.pass();
            request.send(rest);
        });
    }

    private static String begin(InputStream body) throws IOException {
        return new String(body.readNBytes(6), StandardCharsets.UTF_8);
    }

    private static String rest(InputStream body) throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String status(HttpResponse<?> response) {
        return response.headers().firstValue("Cache-Status").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/x-ndjson|",
                "Content-Type: application/jsonl|",
                "Content-Type: application/json-seq|",
                "Content-Type: application/stream+json|",
                "Content-Type: application/vnd.docker.raw-stream|",
                "Content-Type: text/plain|X-Accel-Buffering: no|",
                "Content-Type: text/plain|",
                "Content-Type: application/json|",
                "",
            })
    void its_leader_reads_it_as_it_comes_and_it_is_stored_at_its_end(String type) throws Exception {
        sends(CHUNKED + type + "|", SECOND + END);
        HttpResponse<InputStream> leader = client().send(request().build(), BodyHandlers.ofInputStream());
        assertThat(status(leader)).isEqualTo("Fetchonce; fwd=uri-miss; fwd-status=200");
        assertThat(begin(leader.body())).isEqualTo("first\n");
        Crowd<HttpResponse<String>> follower = follower();
        latch.open();
        assertThat(rest(leader.body())).isEqualTo("second\n");
        assertThat(follower.value().body()).isEqualTo(WHOLE);
        assertThat(status(follower.value())).contains("stored; collapsed");
        HttpResponse<String> later = client().send(request().build(), BodyHandlers.ofString());
        assertThat(later.body()).isEqualTo(WHOLE);
        assertThat(status(later)).contains("; hit");
        assertThat(origin.requests()).hasSize(1);
    }

    /** Lets a reader see the end of a body, and passes the response of its next call, made at once, to the consumer. */
    private void nextCall(String rest, Predicate<String> end, Consumer<HttpResponse<String>> next) throws Exception {
        for (int i = 0; i < 10; i++) {
            URI uri = origin.uri("/n" + i);
            Latch mine = given.latch();
            AtomicBoolean first = new AtomicBoolean(true);
            origin.on("/n" + i, request -> {
                request.send(CHUNKED + "|" + FIRST);
                if (first.getAndSet(false)) {
                    mine.pass();
                    request.send(rest).fin();
                } else {
                    request.send(SECOND + END);
                }
            });
            HttpRequest asks = HttpRequest.newBuilder(uri).build();
            InputStream body = client().send(asks, BodyHandlers.ofInputStream()).body();
            assertThat(begin(body)).isEqualTo("first\n");
            mine.open();
            String seen;
            try {
                seen = rest(body);
            } catch (IOException e) {
                seen = "broken";
            }
            assertThat(seen).matches(end);
            next.accept(client().send(asks, BodyHandlers.ofString()));
        }
    }

    @Test
    void when_its_reader_has_seen_the_end_its_next_call_is_a_hit() throws Exception {
        nextCall(SECOND + END, "second\n"::equals, next -> {
            assertThat(status(next)).contains("; hit");
            assertThat(next.body()).isEqualTo(WHOLE);
        });
    }

    @Test
    void when_its_reader_has_seen_it_break_its_next_call_is_a_fetch_of_its_own() throws Exception {
        nextCall("", "broken"::equals, next -> {
            assertThat(status(next)).contains("fwd=uri-miss").doesNotContain("collapsed");
            assertThat(next.body()).isEqualTo(WHOLE);
        });
    }

    @Test
    void a_waiter_from_before_it_was_read_waits_for_its_end() throws Exception {
        Latch head = given.latch();
        origin.on("/a", request -> {
            head.pass();
            request.send(CHUNKED + "|" + FIRST);
            latch.pass();
            request.send(SECOND + END);
        });
        Crowd<InputStream> leader = Crowd.one(this::read);
        head.awaitArrivals(1);
        Crowd<HttpResponse<String>> followers =
                Crowd.of(20, () -> client().send(request().build(), BodyHandlers.ofString()));
        Await.until("all wait", () -> Insides.joined(cache) == 21);
        head.open();
        InputStream body = leader.value();
        assertThat(begin(body)).isEqualTo("first\n");
        assertThat(followers.done()).isFalse();
        latch.open();
        assertThat(rest(body)).isEqualTo("second\n");
        assertThat(followers.values())
                .allSatisfy(response -> assertThat(response.body()).isEqualTo(WHOLE));
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    void a_body_that_has_its_end_in_time_is_whole_for_its_leader_too() throws Exception {
        origin.on("/a", ScriptedOrigin.sends(CHUNKED + "|" + FIRST + SECOND + END));
        HttpResponse<String> response = client().send(request().build(), BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo(WHOLE);
        assertThat(status(response)).contains("; stored");
    }

    @Test
    void a_body_that_ends_with_its_connection_is_read_as_it_comes() throws Exception {
        origin.on("/a", request -> {
            request.send("HTTP/1.0 200 OK|Cache-Control: max-age=60||first\n");
            latch.pass();
            request.send("second\n").fin();
        });
        try (InputStream body = read()) {
            assertThat(begin(body)).isEqualTo("first\n");
            latch.open();
            assertThat(rest(body)).isEqualTo("second\n");
        }
    }

    @Test
    void a_leader_that_leaves_its_body_ends_the_exchange_without_waiters() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        body.close();
        origin.connections().getFirst().awaitClosedByClient();
        Await.until("its flight has ended", () -> Insides.fetchesInProgress(cache) == 0);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_leader_that_leaves_its_body_leaves_it_to_the_waiters() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        Crowd<HttpResponse<String>> follower = follower();
        body.close();
        latch.open();
        assertThat(follower.value().body()).isEqualTo(WHOLE);
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    void a_leader_that_is_interrupted_before_it_reads_leaves_it_to_the_waiters() throws Exception {
        Latch head = given.latch();
        origin.on("/a", request -> {
            head.pass();
            request.send(CHUNKED + "|" + FIRST);
            latch.pass();
            request.send(SECOND + END);
        });
        Crowd<InputStream> leader = Crowd.one(this::read);
        head.awaitArrivals(1);
        Crowd<HttpResponse<String>> follower = follower();
        leader.interrupt(0);
        assertThat(leader.thrown().getFirst()).isExactlyInstanceOf(InterruptedException.class);
        head.open();
        latch.open();
        assertThat(follower.value().body()).isEqualTo(WHOLE);
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    void a_body_that_breaks_off_fails_its_reader_and_the_waiters_and_is_not_stored() throws Exception {
        origin.on("/a", request -> {
            request.send(CHUNKED + "|" + FIRST);
            latch.pass();
            request.reset();
        });
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        Crowd<HttpResponse<String>> follower = follower();
        latch.open();
        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        assertThat(follower.thrown().getFirst()).isInstanceOf(IOException.class);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_body_that_outgrows_the_limit_is_its_leader_s_and_the_others_ask_for_themselves() throws Exception {
        options(b -> b.maximumBodyBytes(10));
        sends(CHUNKED + "|", SECOND + END);
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        Crowd<HttpResponse<String>> follower = follower();
        latch.open();
        assertThat(rest(body)).isEqualTo("second\n");
        assertThat(follower.value().body()).isEqualTo(WHOLE);
        assertThat(origin.requests()).hasSize(2);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_waiter_waits_no_longer_than_its_own_time_and_never_for_ever() throws Exception {
        cache = given.impatient(b -> b.freshness(Freshness.http()).timeout(Duration.ofSeconds(1)));
        origin.on("/a", request -> request.send(CHUNKED + "|" + FIRST));
        InputStream leader = read();
        HttpRequest hurried = request().timeout(Duration.ofMillis(400)).build();
        assertThatThrownBy(() -> client().send(hurried, BodyHandlers.ofString()))
                .isExactlyInstanceOf(HttpTimeoutException.class);
        InputStream alone = read();
        assertThat(begin(alone)).isEqualTo("first\n");
        InputStream later = read();
        assertThat(begin(later)).isEqualTo("first\n");
        assertThat(origin.requests().size()).isGreaterThanOrEqualTo(3);
        for (InputStream body : List.of(leader, alone, later)) {
            body.close();
        }
    }

    @Test
    void a_timeout_ends_with_the_head() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        HttpRequest hurried = request().timeout(Duration.ofMillis(200)).build();
        try (InputStream body =
                client().send(hurried, BodyHandlers.ofInputStream()).body()) {
            assertThat(begin(body)).isEqualTo("first\n");
            long start = System.nanoTime();
            Await.until("its time is over", () -> System.nanoTime() - start > 400_000_000L);
            latch.open();
            assertThat(rest(body)).isEqualTo("second\n");
        }
    }

    @Test
    void a_long_one_is_read_and_stored_whole() throws Exception {
        origin.on("/a", request -> {
            request.send(CHUNKED + "|" + FIRST);
            latch.pass();
            for (int i = 0; i < 400; i++) { // 4 MB
                request.send("2710|" + "x".repeat(10_000) + "|");
            }
            request.send(END);
        });
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        latch.open();
        assertThat(rest(body)).hasSize(4_000_000);
        assertThat(client().send(request().build(), BodyHandlers.ofByteArray()).body())
                .hasSize(4_000_006);
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    void a_body_that_is_invalidated_while_it_is_read_is_not_stored_and_not_waited_for() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        InputStream later = read();
        assertThat(begin(later)).isEqualTo("first\n");
        assertThat(origin.requests()).hasSize(2);
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        latch.open();
        assertThat(rest(body)).isEqualTo("second\n");
        assertThat(rest(later)).isEqualTo("second\n");
        Await.until("no flight is up", () -> Insides.fetchesInProgress(cache) == 0);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_reload_waits_for_no_body_that_another_reads() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        HttpRequest reload = request().header("Cache-Control", "no-cache").build();
        try (InputStream later =
                client().send(reload, BodyHandlers.ofInputStream()).body()) {
            assertThat(begin(later)).isEqualTo("first\n");
        }
        body.close();
    }

    @Test
    void the_end_of_the_cache_ends_it() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        InputStream body = read();
        assertThat(begin(body)).isEqualTo("first\n");
        Crowd<HttpResponse<String>> follower = follower();
        cache.close();
        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        assertThat(follower.thrown().getFirst()).isInstanceOf(IOException.class);
    }

    @Test
    void a_client_of_its_own_waits_for_it() throws Exception {
        sends(CHUNKED + "|", SECOND + END);
        HttpClient own = CachingHttpClient.newBuilder().build();
        InputStream body =
                own.send(request().build(), BodyHandlers.ofInputStream()).body();
        assertThat(begin(body)).isEqualTo("first\n");
        own.shutdown();
        assertThat(own.isTerminated()).isFalse();
        latch.open();
        assertThat(rest(body)).isEqualTo("second\n");
        assertThat(own.awaitTermination(Duration.ofSeconds(20))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410, 500, 503})
    void a_failure_is_read_as_it_comes_too(int status) throws Exception {
        sends("HTTP/1.1 " + status + " -|Transfer-Encoding: chunked||", SECOND + END);
        HttpResponse<InputStream> response = client().send(request().build(), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(begin(response.body())).isEqualTo("first\n");
        latch.open();
        assertThat(rest(response.body())).isEqualTo("second\n");
    }

    @Test
    void the_stored_answer_stands_in_for_a_failure_without_an_end() throws Exception {
        options(b -> b.staleIfError(Duration.ofHours(1)));
        origin.on("/a", ScriptedOrigin.sends("HTTP/1.1 200 OK|Cache-Control: max-age=0|Content-Length: 3||old"));
        assertThat(client().send(request().build(), BodyHandlers.ofString()).body())
                .isEqualTo("old");
        sends("HTTP/1.1 503 -|Transfer-Encoding: chunked||", SECOND + END);
        assertThat(client().send(request().build(), BodyHandlers.ofString()).body())
                .isEqualTo("old");
    }

    @Test
    void the_values_of_a_cache_are_whole() throws Exception {
        origin.on("/a", request -> {
            request.send(CHUNKED + "Content-Type: application/json||2|[1|");
            latch.pass();
            request.send("1|]|" + END);
        });
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.uri("/a")));
        latch.awaitArrivals(1);
        latch.open();
        assertThat(caller.value().json().toString()).isEqualTo("[1]");
    }
}
