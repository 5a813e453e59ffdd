package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The statistics are exact while no calls run at the same time, and the store stays within its bound. */
class StatsTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    @Test
    void a_new_cache_has_counted_nothing() {
        Duration none = Duration.ZERO;
        assertThat(given.cache().stats())
                .isEqualTo(new CacheStats(
                        0, 0, 0, 0, Map.of(), 0, 0, Map.of(), Map.of(), 0, 0, 0, 0, 0, none, none, none, none));
    }

    @Test
    void a_day_in_the_life_of_an_answer_is_counted_exactly() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.tagged("\"1\"", "[1]");
        });
        Crowd<JsonNode> crowd = Crowd.of(10, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 10);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(1);
        latch.open();
        crowd.values();
        for (int i = 0; i < 5; i++) {
            cache.get(origin.url("/a"));
            cache.fetch(origin.uri("/a"));
            cache.peek(origin.uri("/a"));
        }
        clock.advance(Duration.ofMinutes(1));
        cache.get(origin.url("/a")); // 304
        clock.advance(Duration.ofMinutes(1));
        origin.on("/a", call -> call.status(503));
        cache.get(origin.url("/a")); // stale
        cache.get(origin.url("/a")); // stale
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
        origin.on("/b", call -> call.status(404));
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).isInstanceOf(StatusException.class);
        origin.json("/c", "no json");
        assertThatThrownBy(() -> cache.get(origin.url("/c"))).isInstanceOf(FetchException.class);
        Await.until("all have landed", () -> cache.stats().fetchesInProgress() == 0);

        CacheStats stats = cache.stats();
        assertThat(stats.hits()).isEqualTo(10);
        assertThat(stats.misses()).isEqualTo(1 + 1 + 2 + 1 + 1 + 1);
        assertThat(stats.collapsed()).isEqualTo(9);
        assertThat(stats.staleServed()).isEqualTo(2);
        assertThat(stats.revalidated()).isEqualTo(1);
        assertThat(stats.failures())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Reason.STATUS, 4L, Reason.UNDECODABLE, 1L));
        assertThat(stats.evictions()).isZero();
        assertThat(stats.entries()).isEqualTo(1);
        assertThat(stats.bytes()).isBetween(300L, 3_000L);
        assertThat(stats.fetchesInProgress()).isZero();
        assertThat(stats.meanLoadTime()).isPositive().isLessThanOrEqualTo(stats.maximumLoadTime());
        assertThat(stats.maximumLoadTime()).isLessThan(Duration.ofSeconds(30));
        assertThatThrownBy(() -> stats.failures().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void each_failure_is_counted_once_however_many_waited() {
        HttpCache cache = given.cache();
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.reset();
        });
        Crowd<JsonNode> crowd = Crowd.of(100, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 100);
        latch.open();
        crowd.thrown();
        assertThat(cache.stats().failures()).containsExactly(Map.entry(Reason.BROKEN, 1L));
    }

    private static String document(int kilobytes) {
        return IntStream.range(0, kilobytes * 20)
                .mapToObj(i -> "{\"k\":[1,2,{\"x\":\"some text here, which is long\"}]}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void many_documents_never_exceed_the_bound_decoded_forms_included() throws Exception {
        long bound = 2 << 20;
        HttpCache cache = given.cache(b -> b.maximumBytes(bound).maximumBodyBytes(1 << 20));
        String body = document(10);
        for (int i = 0; i < 200; i++) {
            origin.json("/" + i, body);
            CachedResponse response = cache.fetch(origin.url("/" + i));
            assertThat(cache.stats().bytes()).isLessThanOrEqualTo(bound);
            response.json(); // decoded after it was stored
            assertThat(cache.stats().bytes()).isLessThanOrEqualTo(bound);
            cache.get(origin.url("/x/../" + i)); // another spelling, and perhaps a second fetch
            assertThat(cache.stats().bytes()).isLessThanOrEqualTo(bound);
        }
        CacheStats stats = cache.stats();
        assertThat(stats.entries()).isBetween(5L, 30L);
        assertThat(stats.evictions()).isGreaterThan(100);
    }

    /**
     * Responses that land at the same time may exceed the bound for a moment, because the store counts each of them
     * before it removes others.
     */
    @Test
    void callers_at_once_exceed_the_bound_by_no_more_than_what_is_landing_and_not_for_long() {
        long bound = 1 << 20;
        HttpCache cache = given.cache(b -> b.maximumBytes(bound).maximumBodyBytes(1 << 20));
        String body = document(10);
        for (int i = 0; i < 100; i++) {
            origin.json("/" + i, body);
        }
        Crowd<Long> crowd = Crowd.of(200, i -> () -> {
            cache.get(origin.url("/" + i % 100), Object.class);
            return cache.stats().bytes();
        });
        long landing = 64 * 10L * body.length();
        assertThat(crowd.values()).allSatisfy(bytes -> assertThat(bytes).isLessThanOrEqualTo(bound + landing));
        assertThat(cache.stats().bytes()).isLessThanOrEqualTo(bound);
        assertThat(cache.stats().evictions()).isPositive();
    }

    @Test
    void a_tree_counts_several_times_its_bytes() throws Exception {
        HttpCache cache = given.cache();
        String body = document(10);
        origin.json("/a", body);
        CachedResponse response = cache.fetch(origin.url("/a"));
        long before = cache.stats().bytes();
        assertThat(before).isBetween((long) body.length(), body.length() + 2_000L);
        response.json();
        assertThat(cache.stats().bytes() - before).isBetween(5L * body.length(), 9L * body.length());
        response.json();
        cache.get(origin.url("/a"));
        assertThat(cache.stats().bytes() - before).isLessThan(9L * body.length());
    }

    @Test
    void a_tree_counts_also_where_it_is_of_an_answer_to_credentials_that_everybody_may_have() throws Exception {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        String body = document(10);
        origin.json("/a", body, "Cache-Control: public, max-age=60");
        CachedResponse response = cache.fetch(HttpRequest.newBuilder(origin.uri("/a"))
                .header("Authorization", Invariants.SECRET)
                .build());
        long before = cache.stats().bytes();
        response.json();
        assertThat(cache.stats().bytes() - before).isBetween(5L * body.length(), 9L * body.length());
    }

    @Test
    void remembered_spellings_count_and_are_bounded() throws Exception {
        HttpCache cache = given.cache(b -> b.maximumBytes(64 << 10).maximumBodyBytes(1 << 10));
        origin.json("/a", "1");
        for (int i = 0; i < 1_000; i++) {
            cache.get(origin.url("/a#" + i));
        }
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.stats().bytes()).isLessThanOrEqualTo(64 << 10);
    }

    @Test
    void an_answer_too_large_for_the_whole_cache_is_served_but_not_stored_and_warned_of() throws Exception {
        HttpCache cache = given.cache(b -> b.maximumBytes(64 << 10).maximumBodyBytes(64 << 10));
        origin.json("/a", document(20));
        assertThat(cache.get(origin.url("/a")).size()).isPositive();
        assertThat(given.logs().awaitWarnings(1).getFirst()).contains("was not stored", "maximumBytes");
        cache.get(origin.url("/a"));
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(given.logs().warnings()).as("once").hasSize(1);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(cache.stats().bytes()).isLessThanOrEqualTo(64 << 10);
    }

    /** An origin that varies on a field like User-Agent must not fill the cache. */
    @Test
    void the_variants_of_one_url_are_bounded() throws Exception {
        HttpCache cache = given.cache();
        origin.json("/a", "1", "Vary: X-Any");
        for (int i = 0; i < 300; i++) {
            cache.fetch(java.net.http.HttpRequest.newBuilder(origin.uri("/a"))
                    .header("X-Any", "" + i)
                    .build());
        }
        assertThat(cache.stats().entries()).isEqualTo(64);
    }

    @Test
    void a_stored_response_that_has_outlived_every_use_is_dropped() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall())
                .ttl(Duration.ofSeconds(10))
                .staleIfError(Duration.ofSeconds(10)));
        for (int i = 0; i < 10; i++) {
            origin.json("/" + i, "1");
            cache.get(origin.url("/" + i));
        }
        clock.advance(Duration.ofSeconds(30));
        origin.json("/new", "1");
        cache.get(origin.url("/new"));
        assertThat(cache.stats().bytes()).isLessThan(1_000);
        assertThat(cache.stats().entries()).isEqualTo(1);
        assertThat(cache.stats().evictions()).isEqualTo(10);
    }
}
