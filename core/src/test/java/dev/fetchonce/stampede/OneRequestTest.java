package dev.fetchonce.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Many callers want the same response at once. The cache sends one request, and all callers get its outcome. */
class OneRequestTest {
    private static final int MANY = 10_000;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    @Test
    void ten_thousand_virtual_threads_send_one_request_and_share_one_tree() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("{\"a\":1}");
        });
        HttpCache cache = given.cache();

        Crowd<JsonNode> crowd = Crowd.of(MANY, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == MANY);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(1);
        latch.open();

        assertThat(same(crowd.values())).hasSize(1);
        assertThat(origin.requests()).isEqualTo(1);
        CacheStats stats = cache.stats();
        assertThat(stats.misses()).isEqualTo(1);
        assertThat(stats.collapsed()).isEqualTo(MANY - 1);
        assertThat(stats.hits()).isZero();
        assertThat(stats.entries()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void callers_that_come_while_the_answer_lands_send_no_second_request(int documents) {
        HttpCache cache = given.cache();
        Crowd<JsonNode> crowd = Crowd.of(MANY, i -> {
            String path = "/doc" + i % documents;
            origin.json(path, "[" + i % documents + "]");
            return () -> cache.get(origin.url(path));
        });

        List<JsonNode> values = crowd.values();
        for (int i = 0; i < MANY; i++) {
            assertThat(values.get(i).get(0).intValue()).isEqualTo(i % documents);
        }
        assertThat(origin.requests()).isEqualTo(documents);
        CacheStats stats = cache.stats();
        assertThat(stats.misses()).isGreaterThanOrEqualTo(documents);
        assertThat(stats.hits() + stats.misses() + stats.collapsed()).isEqualTo(MANY);
    }

    @Test
    void platform_threads_share_the_request_with_virtual_ones() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("[]");
        });
        HttpCache cache = given.cache();

        Crowd<JsonNode> platform = Crowd.of(200, Thread.ofPlatform().factory(), i -> () -> cache.get(origin.url("/a")));
        Crowd<JsonNode> virtual = Crowd.of(200, () -> cache.get(origin.uri("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 400);
        latch.open();

        assertThat(same(platform.values())).hasSize(1).isEqualTo(same(virtual.values()));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void every_way_of_asking_shares_the_request() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("{\"n\":7}");
        });
        HttpCache cache = given.cache();
        record N(int n) {}

        Crowd<Object> crowd = Crowd.of(6, i -> switch (i) {
            case 0 -> () -> cache.get(origin.url("/a")).get("n").intValue();
            case 1 -> () -> cache.get(origin.uri("/a"), N.class).n();
            case 2 -> () -> cache.fetch(origin.url("/a")).as(N.class).n();
            case 3 -> () -> cache.fetch(origin.uri("/a")).json().get("n").intValue();
            case 4 ->
                () -> cache.fetch(HttpRequest.newBuilder(origin.uri("/a")).build())
                        .as(N.class)
                        .n();
            default -> () -> cache.refresh(origin.uri("/a")).as(N.class).n();
        });
        Await.until("all have joined", () -> Insides.joined(cache) == 6);
        latch.open();

        assertThat(crowd.values()).containsOnly(7);
        // a refresher that calls before the request is sent joins it; a later one needs a request of its own
        assertThat(origin.requests()).isBetween(1, 2);
    }

    @Test
    void different_urls_do_not_wait_for_one_another() throws Exception {
        Latch latch = given.latch();
        origin.on("/slow", call -> {
            latch.pass();
            call.json("1");
        });
        origin.json("/fast", "2");
        HttpCache cache = given.cache();
        Crowd<JsonNode> slow = Crowd.one(() -> cache.get(origin.url("/slow")));
        latch.awaitArrivals(1);

        assertThat(cache.get(origin.url("/fast")).intValue()).isEqualTo(2);
        assertThat(slow.done()).isFalse();
        latch.open();
        assertThat(slow.value().intValue()).isEqualTo(1);
    }

    @Test
    void one_request_that_fails_gives_each_of_ten_thousand_an_exception_of_its_own() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.status(503);
        });
        HttpCache cache = given.cache();

        Crowd<JsonNode> crowd = Crowd.of(MANY, () -> cache.get(origin.url("/a?token=geheim")));
        Await.until("all have joined", () -> Insides.joined(cache) == MANY);
        latch.open();

        List<Throwable> thrown = crowd.thrown();
        assertThat(same(thrown)).hasSize(MANY);
        assertThat(thrown).allSatisfy(e -> {
            assertThat(e).isExactlyInstanceOf(StatusException.class);
            FetchException failure = (FetchException) e;
            assertThat(failure.reason()).isEqualTo(Reason.STATUS);
            assertThat(failure.status()).hasValue(503);
            assertThat(failure.trouble().flatMap(Trouble::nextAttempt)).isEmpty();
            assertThat(failure).hasMessage(origin.url("/a") + " answered with status 503");
            assertThat(failure.getCause()).isNull();
        });
        assertOwnStacks(thrown);
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.stats().failures()).containsExactly(java.util.Map.entry(Reason.STATUS, 1L));
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void one_connection_that_breaks_gives_each_a_description_of_its_own() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
            call.end();
        });
        HttpCache cache = given.cache();

        Crowd<JsonNode> crowd = Crowd.of(1_000, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 1_000);
        latch.open();

        List<Throwable> thrown = crowd.thrown();
        assertThat(same(thrown)).hasSize(1_000);
        assertThat(same(thrown.stream().map(Throwable::getCause).toList()))
                .as("causes")
                .hasSize(1_000);
        assertOwnStacks(thrown);
        Throwable cause = thrown.getFirst().getCause();
        cause.addSuppressed(new IllegalStateException());
        assertThat(cause.getSuppressed()).isEmpty();
        assertThat(cause).hasMessageContaining("java.io.IOException");
        assertThat(((FetchException) thrown.getFirst()).reason()).isEqualTo(Reason.BROKEN);
        assertThat(((FetchException) thrown.getFirst()).status()).isEmpty();
    }

    @Test
    void one_request_that_times_out_frees_all_of_ten_thousand() {
        Latch latch = given.latch();
        Latch hold = given.latch();
        origin.on("/a", call -> hold.pass());
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofMillis(300))
                .firstTimeout(Duration.ofMillis(300))
                .patience(Duration.ofSeconds(40))
                .requestCustomizer(request -> {
                    passUnchecked(latch); // the deadline runs from the permit on, which comes later
                    return request;
                }));

        Crowd<JsonNode> crowd = Crowd.of(MANY, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == MANY);
        latch.open();

        List<Throwable> thrown = crowd.thrown();
        assertThat(same(thrown)).hasSize(MANY);
        assertThat(thrown).allSatisfy(e -> {
            assertThat(e).isExactlyInstanceOf(FetchTimeoutException.class);
            assertThat(((FetchException) e).reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(e).hasMessage(origin.url("/a") + " did not answer completely within 300 ms (timeout)");
        });
        assertOwnStacks(thrown);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void after_a_failure_the_next_caller_asks_anew() throws Exception {
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.status(500);
            } else {
                call.json("[2]");
            }
        });
        HttpCache cache = given.cache();

        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(2);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void callers_in_a_loop_over_an_answer_that_is_never_fresh_send_one_request_at_a_time() {
        java.util.concurrent.atomic.AtomicInteger now = new java.util.concurrent.atomic.AtomicInteger();
        java.util.concurrent.atomic.AtomicInteger most = new java.util.concurrent.atomic.AtomicInteger();
        origin.on("/a", call -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            now.decrementAndGet();
            call.json("[1]");
        });
        HttpCache cache = given.cache(b -> b.ttl(Duration.ZERO));

        Crowd<Integer> crowd = Crowd.of(100, () -> {
            int sum = 0;
            for (int i = 0; i < 50; i++) {
                sum += cache.get(origin.url("/a")).get(0).intValue();
            }
            return sum;
        });

        assertThat(crowd.values()).containsOnly(50);
        assertThat(most).hasValue(1);
    }

    private static void passUnchecked(Latch latch) {
        try {
            latch.pass();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checks that each stack trace begins in the call of its own caller, and not in the thread of the fetch. */
    private static void assertOwnStacks(List<Throwable> thrown) {
        assertThat(thrown)
                .allSatisfy(e -> assertThat(Arrays.stream(e.getStackTrace()).map(StackTraceElement::getClassName))
                        .contains(HttpCache.class.getName(), OneRequestTest.class.getName()));
        assertThat(thrown).allSatisfy(e -> assertThat(e).isInstanceOf(IOException.class));
    }

    private static <T> Set<T> same(List<T> values) {
        Set<T> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(values);
        return set;
    }
}
