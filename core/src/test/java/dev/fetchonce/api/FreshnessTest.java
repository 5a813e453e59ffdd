package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Within the TTL no request goes out; after it one conditional request does. All times are monotonic and count the
 * sleep of the machine.
 */
class FreshnessTest {
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final Duration NANO = Duration.ofNanos(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().on("/a", call -> call.tagged("\"1\"", "{\"n\":1}"));
    private final TestClock clock = new TestClock();
    private final HttpCache cache = given.cache(b -> b.ttl(TTL).clock(clock::nanoTime, clock.wall()));

    record N(int n) {}

    @Test
    void within_the_ttl_no_request_is_sent_and_from_its_end_on_one_is() throws Exception {
        CachedResponse first = cache.fetch(origin.url("/a"));
        assertThat(first.served()).isEqualTo(Served.FETCHED);
        assertThat(first.age()).isZero();

        clock.advance(TTL.minus(NANO));
        CachedResponse hit = cache.fetch(origin.url("/a"));
        assertThat(hit.served()).isEqualTo(Served.HIT);
        assertThat(hit.age()).isEqualTo(TTL.minus(NANO));
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().served()).isEqualTo(Served.HIT);
        assertThat(origin.requests()).isEqualTo(1);

        clock.advance(NANO);
        CachedResponse peeked = cache.peek(origin.uri("/a")).orElseThrow();
        assertThat(peeked.served()).isEqualTo(Served.STALE);
        assertThat(peeked.stale()).isTrue();
        assertThat(origin.requests()).as("peek asks nobody").isEqualTo(1);
        CachedResponse renewed = cache.fetch(origin.url("/a"));
        assertThat(renewed.served()).isEqualTo(Served.REVALIDATED);
        assertThat(renewed.stale()).isFalse();
        assertThat(renewed.age()).isZero();
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_304_renews_and_keeps_the_very_same_decoded_values() throws Exception {
        JsonNode tree = cache.get(origin.url("/a"));
        N value = cache.get(origin.url("/a"), N.class);
        java.util.Map<String, Integer> map = cache.get(origin.url("/a"), new TypeReference<>() {});
        for (int i = 1; i <= 3; i++) {
            clock.advance(TTL);
            assertThat(cache.get(origin.url("/a"))).isSameAs(tree);
            assertThat(cache.get(origin.url("/a"), N.class)).isSameAs(value);
            assertThat(cache.<java.util.Map<String, Integer>>get(origin.url("/a"), new TypeReference<>() {}))
                    .isSameAs(map);
            assertThat(origin.requests()).isEqualTo(1 + i);
        }
        List<Call> calls = origin.calls("/a");
        assertThat(calls.getFirst().field("If-None-Match")).isEmpty();
        assertThat(calls.subList(1, 4))
                .allSatisfy(call -> assertThat(call.field("If-None-Match")).hasValue("\"1\""));
        assertThat(cache.stats().revalidated()).isEqualTo(3);
        assertThat(cache.stats().entries()).isEqualTo(1);
    }

    @Test
    void many_callers_of_an_expired_answer_send_one_conditional_request() throws Exception {
        JsonNode tree = cache.get(origin.url("/a"));
        clock.advance(TTL);
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.tagged("\"1\"", "{\"n\":2}");
        });
        Crowd<JsonNode> crowd = Crowd.of(1_000, () -> cache.get(origin.url("/a")));
        dev.fetchonce.testing.Await.until("all have joined", () -> Insides.joined(cache) == 1_001);
        latch.open();
        assertThat(crowd.values()).allSatisfy(value -> assertThat(value).isSameAs(tree));
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_new_answer_replaces_the_old_one_and_what_was_decoded_from_it() throws Exception {
        JsonNode tree = cache.get(origin.url("/a"));
        N value = cache.get(origin.url("/a"), N.class);
        origin.on("/a", call -> call.tagged("\"2\"", "{\"n\":2}"));
        clock.advance(TTL);
        assertThat(cache.get(origin.url("/a"), N.class)).isEqualTo(new N(2)).isNotSameAs(value);
        assertThat(cache.get(origin.url("/a")).get("n").intValue()).isEqualTo(2);
        assertThat(tree.get("n").intValue()).isEqualTo(1);
    }

    @Test
    void a_last_modified_date_validates_too_and_without_validators_the_request_is_plain() throws Exception {
        String date = "Tue, 03 Feb 2026 04:05:06 GMT";
        origin.json("/dated", "1", "Last-Modified: " + date).json("/plain", "1");
        for (String path : List.of("/dated", "/plain")) {
            cache.fetch(origin.url(path));
            clock.advance(TTL);
            assertThat(cache.fetch(origin.url(path)).served()).isEqualTo(Served.FETCHED);
        }
        assertThat(origin.calls("/dated").get(1).field("If-Modified-Since")).hasValue(date);
        assertThat(origin.calls("/plain").get(1).fields()).doesNotContainKeys("If-Modified-Since", "If-None-Match");
    }

    @Test
    void a_304_for_another_tag_confirms_nothing_and_is_asked_again_without_conditions() throws Exception {
        cache.get(origin.url("/a"));
        clock.advance(TTL);
        origin.on("/a", call -> {
            if (call.field("If-None-Match").isPresent()) {
                call.status(304, "ETag: \"2\"");
            } else {
                call.json("{\"n\":2}", "ETag: \"2\"");
            }
        });
        assertThat(cache.get(origin.url("/a")).get("n").intValue()).isEqualTo(2);
        assertThat(origin.requests()).isEqualTo(3);
    }

    @Test
    void a_304_updates_the_header_fields_but_not_those_of_the_body() throws Exception {
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.json("1", "ETag: \"1\"", "X-Version: old", "Cache-Control: max-age=1");
            } else {
                call.status(304, "X-Version: new", "Content-Type: text/html", "Connection: keep-alive");
            }
        });
        assertThat(cache.fetch(origin.url("/a")).headers().firstValue("x-version"))
                .hasValue("old");
        clock.advance(TTL);
        CachedResponse renewed = cache.fetch(origin.url("/a"));
        assertThat(renewed.headers().allValues("X-Version")).containsExactly("new");
        assertThat(renewed.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(renewed.headers().firstValue("etag")).hasValue("\"1\"");
        assertThat(renewed.headers().firstValue("cache-control")).hasValue("max-age=1");
        assertThat(renewed.headers().map()).doesNotContainKey("Connection").doesNotContainKey("connection");
    }

    @Test
    void after_a_night_in_suspend_an_answer_is_stale_within_a_second_of_waking() throws Exception {
        cache.get(origin.url("/a"));
        clock.advance(Duration.ofSeconds(5));
        cache.get(origin.url("/a"));
        assertThat(origin.requests()).isEqualTo(1);

        clock.suspend(Duration.ofHours(8));
        clock.advance(Duration.ofSeconds(1));
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.REVALIDATED);
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(cache.fetch(origin.url("/a")).served())
                .as("the sleep counts once")
                .isEqualTo(Served.HIT);
        clock.advance(TTL.minus(NANO));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
    }

    @Test
    void sleep_counts_in_the_age_and_in_the_stale_window() throws Exception {
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(500));
        clock.suspend(Duration.ofHours(8));
        clock.advance(Duration.ofSeconds(1));
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThat(stale.age()).isEqualTo(Duration.ofHours(8).plusSeconds(1));
        clock.suspend(Duration.ofHours(17));
        clock.advance(Duration.ofSeconds(1));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> cache.fetch(origin.url("/a")))
                .isInstanceOf(StatusException.class);
    }

    @Test
    void a_wall_clock_that_is_set_back_changes_nothing() throws Exception {
        cache.get(origin.url("/a"));
        clock.setWall(Duration.ofDays(-365));
        for (int second = 1; second < TTL.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            CachedResponse response = cache.fetch(origin.url("/a"));
            assertThat(response.served()).isEqualTo(Served.HIT);
            assertThat(response.age()).isEqualTo(Duration.ofSeconds(second));
        }
        clock.advance(Duration.ofSeconds(1));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
    }

    @Test
    void a_wall_clock_that_is_set_forward_makes_answers_stale_once_and_nothing_worse() throws Exception {
        cache.get(origin.url("/a"));
        clock.setWall(Duration.ofDays(365));
        clock.advance(Duration.ofSeconds(2));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
        clock.setWall(Duration.ofDays(-365));
        clock.advance(Duration.ofSeconds(2));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
    }

    @ParameterizedTest
    @ValueSource(longs = {-900, -100, 100, 900})
    void a_wall_clock_that_drifts_by_less_than_a_second_changes_nothing(long millis) throws Exception {
        cache.get(origin.url("/a"));
        for (int second = 1; second < TTL.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            clock.setWall(Duration.ofMillis(millis));
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        }
        clock.advance(Duration.ofSeconds(1));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
    }

    @Test
    void the_ttl_can_depend_on_the_url_and_zero_asks_every_time() throws Exception {
        HttpCache byUrl = given.cache(b -> b.clock(clock::nanoTime, clock.wall())
                .ttl(uri -> uri.getPath().equals("/zero") ? Duration.ZERO : Duration.ofHours(1)));
        origin.json("/zero", "0").json("/hour", "1");
        for (int i = 0; i < 3; i++) {
            byUrl.get(origin.url("/zero"));
            byUrl.get(origin.url("/hour"));
            clock.advance(Duration.ofMinutes(20).minus(NANO));
        }
        assertThat(origin.requests("/zero")).isEqualTo(3);
        assertThat(origin.requests("/hour")).isEqualTo(1);
    }

    @Test
    void a_ttl_longer_than_all_time_is_for_ever() throws Exception {
        HttpCache forEver =
                given.cache(b -> b.clock(clock::nanoTime, clock.wall()).ttl(Duration.ofSeconds(Long.MAX_VALUE)));
        forEver.get(origin.url("/a"));
        clock.advance(Duration.ofDays(36_000));
        assertThat(forEver.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
    }

    @Test
    void one_instant_source_will_do_for_a_users_own_tests() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        HttpCache mine = given.cache(b -> b.ttl(TTL).clock(now::get));
        mine.get(origin.url("/a"));
        now.updateAndGet(t -> t.plusSeconds(19));
        assertThat(mine.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        now.updateAndGet(t -> t.plusSeconds(1));
        assertThat(mine.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
    }

    @Test
    void an_answer_ages_from_its_arrival_whatever_its_own_dates_say() throws Exception {
        origin.json("/dates", "1", "Date: Thu, 01 Jan 1970 00:00:00 GMT", "Age: 86400", "Expires: 0");
        assertThat(cache.fetch(origin.url("/dates")).age()).isZero();
        assertThat(cache.fetch(origin.url("/dates")).served()).isEqualTo(Served.HIT);
    }

    @Test
    void a_304_for_another_tag_that_is_repeated_confirms_nothing() throws Exception {
        origin.json("/a", "[1]", "ETag: \"a\"");
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(304, "ETag: \"b\""));
        clock.advance(TTL);
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
    }

    @Test
    void a_304_whose_length_is_over_the_limit_confirms_all_the_same() throws Exception {
        origin.json("/a", "[1]", "ETag: \"a\"");
        HttpCache small =
                given.cache(b -> b.ttl(TTL).clock(clock::nanoTime, clock.wall()).maximumBodyBytes(10));
        small.get(origin.url("/a"));
        origin.on("/a", call -> call.status(304, "ETag: \"a\"", "Content-Length: 11"));
        clock.advance(TTL);
        assertThat(small.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
    }
}
