package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Invalidated responses do not come back, and callers that already wait get the response that they wait for. */
class InvalidationTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private void counting(Latch... latches) {
        origin.on("/a", call -> {
            if (call.number() <= latches.length) {
                latches[call.number() - 1].pass();
            }
            call.json("[" + call.number() + "]");
        });
    }

    @Test
    void a_stored_response_is_gone() throws Exception {
        HttpCache cache = given.cache();
        counting();
        assertThat(cache.invalidate(origin.uri("/a"))).isFalse();
        cache.get(origin.url("/a"));
        assertThat(cache.invalidate(URI.create(origin.url("/x/../a#part")))).isTrue();
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(cache.stats().entries()).isZero();
        assertThat(cache.invalidate(origin.uri("/a"))).isFalse();
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(2);
    }

    @Test
    void during_a_flight_waiters_get_theirs_nothing_is_stored_and_later_callers_send_a_new_request() {
        Latch first = given.latch();
        Latch second = given.latch();
        counting(first, second);
        HttpCache cache = given.cache();
        Crowd<JsonNode> early = Crowd.of(100, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 100);
        first.awaitArrivals(1);

        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        Crowd<JsonNode> late = Crowd.of(100, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 200);
        second.awaitArrivals(1);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(2);

        second.open();
        assertThat(late.values())
                .allSatisfy(tree -> assertThat(tree.get(0).intValue()).isEqualTo(2));
        first.open();
        assertThat(early.values())
                .allSatisfy(tree -> assertThat(tree.get(0).intValue()).isEqualTo(1));
        Await.until("both have landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[2]");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_flight_that_was_invalidated_resurrects_nothing() {
        Latch first = given.latch();
        counting(first);
        HttpCache cache = given.cache();
        Crowd<JsonNode> early = Crowd.one(() -> cache.get(origin.url("/a")));
        first.awaitArrivals(1);
        cache.invalidateAll();
        first.open();
        assertThat(early.value().get(0).intValue()).isEqualTo(1);
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_304_for_what_was_invalidated_resurrects_nothing() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        Latch latch = given.latch();
        origin.on("/a", call -> {
            if (call.number() > 1) {
                latch.pass();
            }
            call.tagged("\"1\"", "[1]");
        });
        cache.get(origin.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        Crowd<CachedResponse> waiter = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        latch.open();
        assertThat(waiter.value().served()).isEqualTo(Served.REVALIDATED);
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_failed_flight_that_was_invalidated_is_not_covered_by_what_was_dropped() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        counting();
        cache.get(origin.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.status(500);
        });
        Crowd<CachedResponse> waiter = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        latch.open();
        assertThat(waiter.thrown().getFirst()).isInstanceOf(StatusException.class);
    }

    @Test
    void during_a_refresh_of_a_running_flight_both_are_kept_out() {
        Latch first = given.latch();
        Latch second = given.latch();
        counting(first, second);
        HttpCache cache = given.cache();
        Crowd<JsonNode> getter = Crowd.one(() -> cache.get(origin.url("/a")));
        first.awaitArrivals(1);
        Crowd<CachedResponse> refresher = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        Await.until("it has joined", () -> Insides.joined(cache) == 2);
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        first.open();
        second.open();
        assertThat(getter.value().get(0).intValue()).isEqualTo(1);
        assertThat(refresher.value().text()).isEqualTo("[2]");
        Await.until("both have landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    /**
     * Callers do not share a response that varies on everything, so each waiter then sends a request of its own. No
     * other caller can join those flights.
     */
    @Test
    void a_flight_that_no_caller_can_join_resurrects_nothing_either() {
        Latch first = given.latch();
        Latch second = given.latch();
        origin.on("/a", call -> {
            if (call.number() == 1) {
                first.pass();
                call.json("[1]", "Vary: *");
            } else {
                second.pass();
                call.json("[2]", "Cache-Control: max-age=60"); // storable after all
            }
        });
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        Crowd<JsonNode> two = Crowd.of(2, () -> cache.get(origin.url("/a")));
        Await.until("both have joined", () -> Insides.joined(cache) == 2);
        first.open();
        second.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        second.open();
        assertThat(two.values()).hasSize(2);
        Await.until("all have landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void all_variants_and_partitions_of_the_url_go_and_no_other_url() throws Exception {
        HttpCache cache = given.cache();
        origin.json("/a", "1", "Vary: X-Flavour").json("/b", "1").json("/a/b", "1");
        cache.get(origin.url("/b"));
        cache.get(origin.url("/a/b"));
        cache.get(origin.url("/a?x"));
        List<HttpRequest> all = List.of(
                request().build(),
                request().header("Authorization", "t1").build(),
                request().header("Cookie", "c").build(),
                request().header("Accept-Language", "de").build(),
                request().header("X-Flavour", "sweet").build());
        for (HttpRequest request : all) {
            cache.fetch(request);
        }
        assertThat(cache.stats().entries()).isEqualTo(8);
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        for (HttpRequest request : all) {
            assertThat(cache.peek(request)).isEmpty();
        }
        assertThat(cache.stats().entries()).isEqualTo(3);
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(origin.uri("/a"));
    }

    @Test
    void by_a_test_of_urls_counts_each_url_stored_or_in_flight_once() throws Exception {
        Latch latch = given.latch();
        origin.json("/a/1", "1").json("/a/2", "1").json("/b", "1").on("/a/3", call -> {
            latch.pass();
            call.json("3");
        });
        HttpCache cache = given.cache();
        cache.get(origin.url("/a/1"));
        cache.get(origin.url("/a/x/../2"));
        cache.fetch(
                HttpRequest.newBuilder(origin.uri("/a/2")).header("Cookie", "c").build());
        cache.get(origin.url("/b"));
        Crowd<JsonNode> flying = Crowd.one(() -> cache.get(origin.url("/a/3")));
        latch.awaitArrivals(1);

        ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
        int count = cache.invalidateIf(uri -> {
            asked.add(uri.toString());
            return uri.getPath().startsWith("/a/");
        });
        assertThat(count).isEqualTo(3);
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        origin.url("/a/1"), origin.url("/a/2"), origin.url("/a/3"), origin.url("/b"));
        assertThat(cache.stats().entries()).isEqualTo(1);
        latch.open();
        assertThat(flying.value().intValue()).isEqualTo(3);
        cache.invalidateAll();
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void a_call_after_an_invalidation_never_gets_an_answer_from_before_it() {
        AtomicInteger version = new AtomicInteger();
        origin.on("/a", call -> call.json("[" + version.get() + "]"));
        HttpCache cache = given.cache();
        Crowd<Boolean> readers = Crowd.of(32, () -> {
            for (int i = 0; i < 300; i++) {
                cache.get(origin.url("/a"));
                Thread.yield();
            }
            return true;
        });
        Crowd<Boolean> writers = Crowd.of(4, i -> () -> {
            for (int round = 0; round < 100; round++) {
                int now = version.incrementAndGet();
                cache.invalidate(origin.uri("/a"));
                assertThat(cache.get(origin.url("/a")).get(0).intValue()).isGreaterThanOrEqualTo(now);
            }
            return true;
        });
        assertThat(writers.values()).containsOnly(true);
        assertThat(readers.values()).containsOnly(true);
    }
}
