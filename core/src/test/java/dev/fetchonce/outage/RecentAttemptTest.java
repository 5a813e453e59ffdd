package dev.fetchonce.outage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A refresh with a maximum age asks the origin once in each such time, for any number of callers. */
class RecentAttemptTest {
    private static final Duration AGE = Duration.ofSeconds(30);
    private static final Duration JUST_UNDER = AGE.minusNanos(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b -> options.apply(b.ttl(Duration.ofHours(1)).clock(clock::nanoTime, clock.wall())));
    }

    /** Answers each request with its number, as JSON. */
    private void counting(String... fields) {
        origin.on("/a", call -> call.json("[" + call.number() + "]", fields));
    }

    private CachedResponse look(HttpCache cache) throws Exception {
        return cache.refresh(origin.uri("/a"), AGE);
    }

    @Test
    void a_thousand_callers_at_once_make_one_request_and_one_again_after_the_age() throws Exception {
        counting();
        HttpCache cache = cache(b -> b);
        cache.get(origin.url("/a"));
        for (int round = 2; round < 5; round++) {
            clock.advance(AGE);
            String expected = "[" + round + "]";
            Crowd<CachedResponse> callers = Crowd.of(1_000, () -> look(cache));
            assertThat(callers.values())
                    .allSatisfy(response -> assertThat(response.text()).isEqualTo(expected));
            assertThat(origin.requests()).isEqualTo(round);
            clock.advance(JUST_UNDER);
            assertThat(look(cache).text()).isEqualTo(expected);
            assertThat(origin.requests()).isEqualTo(round);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 503})
    void a_thousand_callers_at_once_of_a_failing_url_make_one_request(int status) throws Exception {
        origin.on("/a", call -> call.status(status));
        HttpCache cache = cache(b -> b);
        for (int round = 1; round < 4; round++) {
            Crowd<CachedResponse> callers = Crowd.of(1_000, () -> look(cache));
            assertThat(callers.thrown())
                    .allSatisfy(e -> assertThat(((FetchException) e).status()).hasValue(status));
            assertThat(origin.requests()).isEqualTo(round);
            clock.advance(AGE);
        }
    }

    @Test
    void a_failed_attempt_leaves_the_stored_response_without_an_exception_until_the_age() throws Exception {
        counting();
        HttpCache cache = cache(b -> b.ttl(Duration.ofSeconds(10)).staleIfError(Duration.ZERO));
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(503));
        clock.advance(AGE);
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        clock.advance(JUST_UNDER);
        CachedResponse stored = look(cache);
        assertThat(stored.text()).isEqualTo("[1]");
        assertThat(stored.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(origin.requests()).isEqualTo(2);
        clock.advance(Duration.ofNanos(1));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(3);
    }

    @Test
    void the_attempt_of_another_kind_of_call_counts() throws Exception {
        origin.on("/a", call -> call.status(503));
        HttpCache cache = cache(b -> b);
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        clock.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> look(cache))
                .isInstanceOf(StatusException.class)
                .hasMessageContaining("answered with status 503")
                .hasMessageContaining("2 s ago")
                .hasMessageContaining("30 s (maximumAge)")
                .satisfies(e -> assertThat(((FetchException) e).trouble().flatMap(Trouble::nextAttempt))
                        .hasValue(clock.wall().instant().plusSeconds(28)));
        assertThat(origin.requests()).isEqualTo(1);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"), Duration.ofSeconds(2)))
                .isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void an_answer_makes_an_earlier_failure_void() throws Exception {
        HttpCache cache = cache(b -> b.freshness(Freshness.http()));
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        counting("Cache-Control: no-store");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(look(cache).text()).as("no response is stored").isEqualTo("[3]");
    }

    @Test
    void an_invalidation_makes_a_failure_void() throws Exception {
        HttpCache cache = cache(b -> b);
        origin.on("/a", call -> call.status(404));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        counting();
        cache.invalidate(origin.uri("/a"));
        assertThat(look(cache).text()).isEqualTo("[2]");
        origin.on("/a", call -> call.status(404));
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
        counting();
        cache.invalidateAll();
        assertThat(look(cache).text()).isEqualTo("[4]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void retry_now_makes_the_failures_void_that_it_concerns(boolean all) throws Exception {
        HttpCache cache = cache(b -> b);
        origin.on("/a", call -> call.status(503)).on("/b", call -> call.status(404));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/b"), AGE)).isInstanceOf(StatusException.class);
        counting();
        if (all) {
            cache.retryNow();
        } else {
            cache.retryNow(origin.uri("/a"));
        }
        assertThat(look(cache).text()).isEqualTo("[2]");
        assertThatThrownBy(() -> cache.refresh(origin.uri("/b"), AGE)).isInstanceOf(StatusException.class);
        assertThat(origin.requests("/b")).isEqualTo(all ? 2 : 1);
    }

    @Test
    void retry_now_leaves_a_wait_in_force_that_the_origin_requested() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.clock(clock::nanoTime, clock.wall()));
        origin.on("/a", call -> call.status(503, "Retry-After: 60"));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        counting();
        cache.retryNow(origin.uri("/a"));
        clock.advance(AGE);
        assertThatThrownBy(() -> look(cache)).hasMessageContaining("is left alone");
        clock.advance(AGE);
        assertThat(look(cache).text()).isEqualTo("[2]");
    }

    @Test
    void a_limited_call_waits_for_no_first_answer() {
        HttpCache cache = given.withBackoff(b -> b.waitForFirst(Duration.ofHours(1)));
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> look(cache))
                .isInstanceOf(StatusException.class)
                .hasMessageNotContaining("(maximumAge)");
        assertThatThrownBy(() -> look(cache)).hasMessageContaining("(maximumAge)");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void each_limited_call_counts_once() throws Exception {
        counting();
        HttpCache cache = given.withBackoff(b -> b.backoff(Duration.ofHours(1), Duration.ofHours(1))
                .timeout(Duration.ofSeconds(30))
                .clock(clock::nanoTime, clock.wall()));
        look(cache);
        look(cache);
        clock.advance(AGE);
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        look(cache);
        clock.advance(AGE);
        assertThat(look(cache).served()).isEqualTo(Served.STALE_BACKOFF);
        CacheStats stats = cache.stats();
        assertThat(List.of(stats.misses(), stats.hits(), stats.heldByBackoff())).containsExactly(2L, 2L, 1L);
        assertThat(stats.stale()).isEqualTo(Map.of(Served.STALE_ERROR, 1L, Served.STALE_BACKOFF, 1L));
    }

    @Test
    void a_backoff_leaves_the_stored_response_without_an_exception() throws Exception {
        counting();
        HttpCache cache = given.withBackoff(b -> b.backoff(Duration.ofHours(1), Duration.ofHours(1))
                .timeout(Duration.ofSeconds(30))
                .clock(clock::nanoTime, clock.wall()));
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(503));
        clock.advance(AGE);
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        clock.advance(AGE);
        assertThat(look(cache).served()).isEqualTo(Served.STALE_BACKOFF);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_confirmed_response_is_recent_and_its_decoded_value_stays() throws Exception {
        origin.on("/a", call -> call.tagged("\"1\"", "[1]"));
        HttpCache cache = cache(b -> b);
        var tree = cache.get(origin.url("/a"));
        clock.advance(AGE);
        assertThat(look(cache).served()).isEqualTo(Served.REVALIDATED);
        assertThat(look(cache).served()).isEqualTo(Served.HIT);
        assertThat(look(cache).json()).isSameAs(tree);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_stale_response_that_is_recent_is_given_as_peek_finds_it() throws Exception {
        counting("Cache-Control: no-cache");
        HttpCache cache = cache(b -> b.freshness(Freshness.http()));
        assertThat(look(cache).text()).isEqualTo("[1]");
        CachedResponse stored = look(cache);
        assertThat(stored.text()).isEqualTo("[1]");
        assertThat(stored.served()).isEqualTo(Served.STALE);
    }

    @Test
    void a_caller_joins_a_fetch_that_was_sent_before_its_call() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("[" + call.number() + "]");
        });
        HttpCache cache = cache(b -> b);
        Crowd<CachedResponse> first = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        Crowd<CachedResponse> looks = Crowd.of(100, () -> look(cache));
        latch.open();
        assertThat(first.value().text()).isEqualTo("[1]");
        assertThat(looks.values()).allSatisfy(r -> assertThat(r.text()).isEqualTo("[1]"));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void zero_is_a_refresh_and_less_is_refused() throws Exception {
        counting();
        HttpCache cache = cache(b -> b);
        cache.get(origin.url("/a"));
        assertThat(cache.refresh(origin.uri("/a"), Duration.ZERO).text()).isEqualTo("[2]");
        assertThat(cache.refresh(origin.uri("/a"), Duration.ofSeconds(Long.MAX_VALUE))
                        .text())
                .isEqualTo("[2]");
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"), Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maximumAge");
    }

    @Test
    void each_user_has_attempts_of_their_own() throws Exception {
        counting();
        HttpCache cache = cache(b -> b);
        for (String token : List.of("one", "two", "one", "two")) {
            cache.refresh(
                    HttpRequest.newBuilder(origin.uri("/a"))
                            .header("Authorization", token)
                            .build(),
                    AGE);
        }
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_remembered_failure_is_the_answer_within_the_age() throws Exception {
        origin.on("/a", call -> call.status(404));
        HttpCache cache = cache(b -> b.negativeTtl(404, Duration.ofHours(1)));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        }
        assertThat(origin.requests()).isEqualTo(1);
        clock.advance(AGE);
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_seed_is_no_recent_answer_but_is_given_after_a_failed_attempt() throws Exception {
        HttpCache cache = cache(b -> b.seed(origin.uri("/a"), "[0]".getBytes(UTF_8)));
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> look(cache)).isInstanceOf(StatusException.class);
        CachedResponse seed = look(cache);
        assertThat(seed.text()).isEqualTo("[0]");
        assertThat(seed.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_permanent_redirect_has_an_age_for_each_hop() throws Exception {
        origin.on("/old", call -> call.status(301, "Location: /a"));
        counting();
        HttpCache cache = cache(b -> b);
        for (int i = 0; i < 3; i++) {
            assertThat(cache.refresh(origin.uri("/old"), AGE).text()).isEqualTo("[1]");
        }
        assertThat(origin.requests()).isEqualTo(2);
    }
}
