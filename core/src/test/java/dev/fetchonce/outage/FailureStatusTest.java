package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Failure statuses that the cache remembers, by {@code negativeTtl}, and those that it takes for an outage, by
 * {@code staleIfStatus}.
 */
class FailureStatusTest extends ExpiringResponses {
    @Test
    void an_answer_that_says_no_is_remembered_for_its_time() throws Exception {
        HttpCache cache = cache(b -> b.negativeTtl(404, Duration.ofSeconds(10)).negativeTtl(410, TTL));
        origin.on("/a", call -> call.status(404));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        clock.advance(Duration.ofSeconds(10).minusNanos(1));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOfSatisfying(StatusException.class, e -> {
                assertThat(e.status()).hasValue(404);
                assertThat(e.trouble().flatMap(Trouble::nextAttempt))
                        .hasValue(clock.wall().instant().plusNanos(1));
            });
        }
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(origin.requests()).isEqualTo(1);

        clock.advance(Duration.ofNanos(1));
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void a_retry_after_beyond_the_negative_ttl_keeps_requests_away() {
        HttpCache cache = withBackoff(b -> b.negativeTtl(429, Duration.ofSeconds(1)));
        origin.on("/a", call -> call.status(429, "Retry-After: 20"));
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
            clock.advance(Duration.ofSeconds(2));
        }
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void where_http_decides_a_no_that_no_other_request_would_find_is_not_remembered() {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        origin.on("/a", call -> call.status(404, "Cache-Control: max-age=60", "Vary: *"));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(cache.stats().entries()).isZero();
    }

    @Test
    void a_remembered_no_ends_by_invalidation_and_a_refresh_goes_past_it() throws Exception {
        HttpCache cache = cache(b -> b.negativeTtl(404, TTL));
        for (String path : List.of("/a", "/b")) {
            assertThatThrownBy(() -> cache.get(origin.url(path))).isInstanceOf(StatusException.class);
            origin.json(path, "[2]");
        }
        assertThat(cache.refresh(origin.uri("/a")).text()).isEqualTo("[2]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        assertThat(cache.invalidate(origin.uri("/b"))).isTrue();
        assertThat(cache.fetch(origin.url("/b")).text()).isEqualTo("[2]");
    }

    @Test
    void a_remembered_no_lasts_no_longer_while_it_is_revalidated() throws Exception {
        HttpCache cache = cache(b -> b.negativeTtl(404, Duration.ofSeconds(10)).staleWhileRevalidate(TTL));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        clock.advance(Duration.ofSeconds(11));
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void an_outage_to_be_remembered_never_takes_the_place_of_a_good_answer() throws Exception {
        HttpCache cache = withStale(cache(b -> b.negativeTtl(503, TTL)), "/a");
        origin.on("/a", call -> call.status(503));
        for (int i = 0; i < 3; i++) {
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
            clock.advance(Duration.ofNanos(1));
        }
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[1]");
        origin.on("/new", call -> call.status(503));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/new"))).isInstanceOf(StatusException.class);
        }
        assertThat(origin.requests("/new")).isEqualTo(1);
    }

    @Test
    void a_no_to_be_remembered_that_revokes_nothing_leaves_the_good_answer_for_the_next_outage() throws Exception {
        HttpCache cache = withStale(cache(b -> b.negativeTtl(400, Duration.ofSeconds(10))), "/a");
        origin.on("/a", call -> call.status(400));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        clock.advance(Duration.ofSeconds(11));
        origin.on("/a", call -> call.status(503));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
    }

    @Test
    void a_status_that_is_made_an_outage_falls_back_on_the_stale_answer_and_is_not_asked_for_without_end()
            throws Exception {
        HttpCache cache = withStale(withBackoff(b -> b.staleIfStatus(status -> status == 404)), "/a");
        origin.on("/a", call -> call.status(404));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        for (int i = 0; i < 50; i++) {
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
        }
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
    }

    @Test
    void a_status_that_is_no_outage_any_more_is_thrown_and_the_answer_stays_for_another() throws Exception {
        HttpCache cache = withStale(withBackoff(b -> b.staleIfStatus(status -> status == 500)), "/a");
        origin.on("/a", call -> call.status(503));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        }
        assertThat(origin.requests())
                .as("it is an outage of the origin all the same")
                .isEqualTo(2);
        clock.advance(Duration.ofSeconds(1));
        origin.on("/a", call -> call.status(500));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
    }
}
