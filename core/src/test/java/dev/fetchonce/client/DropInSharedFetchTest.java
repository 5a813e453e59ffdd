package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many callers that send the same request through the drop-in client at once, and some of them that leave. */
class DropInSharedFetchTest {
    private static final String FRESH = "Cache-Control: max-age=60";
    private static final String NO_STORE = "Cache-Control: no-store";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final Latch latch = given.latch();
    private HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
    private HttpClient client = cache.asHttpClient();

    private void cache(UnaryOperator<HttpCache.Builder> options) {
        cache = given.cache(b -> options.apply(b.freshness(Freshness.http())));
        client = cache.asHttpClient();
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(origin.uri(path)).build();
    }

    private String body(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString()).body();
    }

    private void awaitJoined(int many) {
        Await.until(many + " have asked", () -> Insides.joined(cache) >= many);
    }

    private static void answer(Call call, String body, String... fields) throws IOException {
        call.send(200, body.getBytes(StandardCharsets.UTF_8), fields);
    }

    @Test
    void ten_thousand_cost_one_request_and_each_has_a_copy_of_its_own() {
        int many = 10_000;
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "hello", FRESH);
        });
        Crowd<HttpResponse<byte[]>> crowd =
                Crowd.of(many, () -> client.send(request("/a"), BodyHandlers.ofByteArray()));
        awaitJoined(many);
        latch.open();
        List<HttpResponse<byte[]>> responses = crowd.values();
        Set<byte[]> bodies = Collections.newSetFromMap(new IdentityHashMap<>());
        responses.forEach(response -> bodies.add(response.body()));
        assertThat(bodies)
                .hasSize(many)
                .allSatisfy(body -> assertThat(body).asString().isEqualTo("hello"));
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(responses.stream()
                        .filter(response -> response.headers()
                                .firstValue("Cache-Status")
                                .orElseThrow()
                                .contains("collapsed")))
                .hasSize(many - 1);
    }

    @Test
    void ten_thousand_with_a_hundred_tokens_never_get_the_answer_to_another_token() {
        int many = 10_000;
        int tokens = 100;
        origin.on("/me", call -> {
            latch.pass();
            answer(call, call.field("Authorization").orElseThrow(), FRESH);
        });
        Crowd<String> crowd = Crowd.of(many, i -> {
            HttpRequest request = HttpRequest.newBuilder(origin.uri("/me"))
                    .header("Authorization", "Bearer " + i % tokens)
                    .build();
            return () -> client.send(request, BodyHandlers.ofString()).body();
        });
        awaitJoined(many);
        latch.open();
        List<String> bodies = crowd.values();
        for (int i = 0; i < many; i++) {
            assertThat(bodies.get(i)).isEqualTo("Bearer " + i % tokens);
        }
        assertThat(origin.requests()).isEqualTo(tokens);
    }

    @Test
    void where_no_other_caller_may_have_the_answer_each_asks_alone() {
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "for " + call.number(), NO_STORE);
        });
        Crowd<String> crowd = Crowd.of(30, () -> body("/a"));
        awaitJoined(30);
        latch.awaitArrivals(1);
        assertThat(origin.requests()).isEqualTo(1);
        latch.open();
        assertThat(crowd.values()).doesNotHaveDuplicates();
        assertThat(origin.requests()).isEqualTo(30);
    }

    @Test
    void the_next_crowd_does_not_queue_for_one_such_answer_until_one_comes_that_can_be_kept() throws Exception {
        TestClock clock = new TestClock();
        cache(b -> b.clock(clock::nanoTime, clock.wall()));
        origin.on("/a", call -> answer(call, "first", NO_STORE));
        assertThat(body("/a")).isEqualTo("first");
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "for " + call.number(), NO_STORE);
        });
        Crowd<String> second = Crowd.of(5, () -> body("/a"));
        latch.awaitArrivals(5); // all five wait at once
        latch.open();
        assertThat(second.values()).doesNotHaveDuplicates();

        origin.on("/a", call -> answer(call, "kept for a second", "Cache-Control: max-age=1"));
        body("/a");
        clock.advance(Duration.ofSeconds(2));
        Latch third = given.latch();
        origin.on("/a", call -> {
            third.pass();
            answer(call, "kept", FRESH);
        });
        long before = Insides.joined(cache);
        int asked = origin.requests();
        Crowd<String> crowd = Crowd.of(5, () -> body("/a"));
        Await.until("five have asked", () -> Insides.joined(cache) >= before + 5);
        third.awaitArrivals(1);
        third.open();
        assertThat(crowd.values()).containsOnly("kept");
        assertThat(origin.requests()).isEqualTo(asked + 1);
    }

    @Test
    void a_marker_is_forgotten_after_a_while() throws Exception {
        TestClock clock = new TestClock();
        cache(b -> b.clock(clock::nanoTime, clock.wall()));
        origin.on("/a", call -> answer(call, "first", NO_STORE));
        assertThat(body("/a")).isEqualTo("first");
        clock.advance(Duration.ofSeconds(11));
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "kept", FRESH);
        });
        long before = Insides.joined(cache);
        Crowd<String> crowd = Crowd.of(5, () -> body("/a"));
        Await.until("five have asked", () -> Insides.joined(cache) >= before + 5);
        latch.open();
        assertThat(crowd.values()).containsOnly("kept");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void an_interrupted_caller_harms_no_other() {
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "hello", FRESH);
        });
        Crowd<String> leader = Crowd.one(() -> body("/a"));
        awaitJoined(1);
        Crowd<String> others = Crowd.of(2, () -> body("/a"));
        awaitJoined(3);
        leader.interrupt(0);
        others.interrupt(0);
        assertThat(leader.thrown().getFirst()).isExactlyInstanceOf(InterruptedException.class);
        latch.open();
        assertThat(others.outcomes().get(0).thrown()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(others.outcomes().get(1).value()).isEqualTo("hello");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_caller_that_cancels_harms_no_other() throws Exception {
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "hello", FRESH);
        });
        List<CompletableFuture<HttpResponse<String>>> futures = IntStream.range(0, 3)
                .mapToObj(i -> client.sendAsync(request("/a"), BodyHandlers.ofString()))
                .toList();
        awaitJoined(3);
        assertThat(futures.get(0).cancel(true)).isTrue();
        assertThat(futures.get(1).thenApply(HttpResponse::body).cancel(true)).isTrue();
        latch.open();
        assertThat(futures.get(2).get(20, TimeUnit.SECONDS).body()).isEqualTo("hello");
        assertThatThrownBy(futures.get(0)::join).isInstanceOf(CancellationException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }

    private HttpRequest hurried(String path) {
        return HttpRequest.newBuilder(origin.uri(path))
                .timeout(Duration.ofMillis(300))
                .build();
    }

    @Test
    void the_timeout_of_one_waiter_is_its_own() {
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "hello", FRESH);
        });
        Crowd<String> leader = Crowd.one(() -> body("/a"));
        awaitJoined(1);
        Crowd<String> late = Crowd.one(
                () -> client.send(hurried("/a"), BodyHandlers.ofString()).body());
        assertThat(late.thrown().getFirst()).isExactlyInstanceOf(HttpTimeoutException.class);
        latch.open();
        assertThat(leader.value()).isEqualTo("hello");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void the_timeout_of_the_leader_leaves_the_others_the_time_they_have() {
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.awaitDisconnect();
            } else {
                answer(call, "hello", FRESH);
            }
        });
        Crowd<String> leader = Crowd.one(
                () -> client.send(hurried("/a"), BodyHandlers.ofString()).body());
        awaitJoined(1);
        Crowd<String> others = Crowd.of(5, () -> body("/a"));
        assertThat(leader.thrown().getFirst()).isExactlyInstanceOf(HttpTimeoutException.class);
        assertThat(others.values()).containsOnly("hello");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void no_timeout_of_the_cache_ends_what_the_request_does_not_bound() {
        cache = given.impatient(b -> b.freshness(Freshness.http())
                .timeout(Duration.ofMillis(100))
                .firstTimeout(Duration.ofMillis(100))
                .patience(Duration.ofMillis(200)));
        client = cache.asHttpClient();
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "hello", FRESH);
        });
        Crowd<String> crowd = Crowd.of(3, () -> body("/a"));
        awaitJoined(3);
        long start = System.nanoTime();
        Await.until("the cache's own time is long over", () -> System.nanoTime() - start > 2_000_000_000L);
        Crowd<String> late = Crowd.of(3, () -> body("/a"));
        awaitJoined(6);
        latch.open();
        assertThat(crowd.values()).containsOnly("hello");
        assertThat(late.values()).containsOnly("hello");
        assertThat(origin.requests())
                .as("who came late did not trust it any more")
                .isEqualTo(2);
    }

    @Test
    void a_fetch_without_end_and_without_waiters_is_called_off() throws Exception {
        ScriptedOrigin silent = given.scripted().on("/", request -> {});
        HttpRequest request = HttpRequest.newBuilder(silent.uri("/a")).build();
        Crowd<String> two =
                Crowd.of(2, () -> client.send(request, BodyHandlers.ofString()).body());
        awaitJoined(2);
        Await.until("it was sent", () -> silent.requests().size() == 1);
        two.interrupt(0);
        assertThat(silent.open()).isEqualTo(1);
        two.interrupt(1);
        silent.connections().getFirst().awaitClosedByClient();

        CompletableFuture<HttpResponse<String>> future = client.sendAsync(request, BodyHandlers.ofString());
        Await.until("it was sent", () -> silent.requests().size() == 2);
        future.cancel(true);
        silent.connections().getLast().awaitClosedByClient();
    }

    @Test
    void a_handler_that_throws_fails_its_caller_alone() {
        origin.on("/a", call -> {
            latch.pass();
            answer(call, "hello", FRESH);
        });
        RuntimeException mine = new IllegalStateException("mine");
        Crowd<String> bad = Crowd.one(() -> client.send(request("/a"), info -> {
                    if (info.statusCode() == 200) {
                        throw mine;
                    }
                    return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
                })
                .body());
        awaitJoined(1);
        Crowd<String> others = Crowd.of(3, () -> body("/a"));
        awaitJoined(4);
        latch.open();
        assertThat(bad.thrown().getFirst()).isInstanceOf(IOException.class).hasRootCause(mine);
        assertThat(others.values()).containsOnly("hello");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_failure_is_shared_by_the_waiters_or_is_not_as_the_cache_says() {
        for (boolean share : new boolean[] {true, false}) {
            cache(b -> b.shareErrors(share));
            String path = "/" + share;
            Latch each = given.latch();
            origin.on(path, call -> {
                each.pass();
                call.status(503);
            });
            Crowd<Integer> crowd = Crowd.of(
                    5, () -> client.send(request(path), BodyHandlers.ofString()).statusCode());
            awaitJoined(5);
            each.open();
            assertThat(crowd.values()).containsOnly(503);
            assertThat(origin.requests(path)).isEqualTo(share ? 1 : 5);
        }
    }

    @Test
    void a_body_too_long_for_a_value_streams_to_a_client_that_waits_with_it() {
        cache(b -> b.maximumBodyBytes(1_000));
        String body = "x".repeat(5_000);
        origin.on("/a", call -> {
            latch.pass();
            answer(call, body, FRESH);
        });
        URI uri = origin.uri("/a");
        Crowd<CachedResponse> leader = Crowd.one(() -> cache.fetch(uri));
        awaitJoined(1);
        Crowd<String> other = Crowd.one(() -> body("/a"));
        awaitJoined(2);
        latch.open();
        assertThat(leader.thrown().getFirst())
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
        assertThat(other.value()).isEqualTo(body);
    }
}
