package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Latch;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Stale responses while a background fetch renews them, within {@code staleWhileRevalidate}. */
class StaleWhileRevalidateTest extends ExpiringResponses {
    @Test
    void while_revalidating_the_stale_answer_is_given_at_once_and_one_flight_brings_the_new_one() throws Exception {
        HttpCache cache = withStale(cache(b -> b.staleWhileRevalidate(Duration.ofMinutes(5))), "/a");
        Latch latch = held("/a");
        assertThat(Crowd.of(200, () -> cache.fetch(origin.url("/a"))).values()).allSatisfy(r -> {
            assertThat(r.served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
            assertThat(r.stale()).isTrue();
            assertThat(r.trouble()).isEmpty();
            assertThat(r.text()).isEqualTo("[1]");
        });
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        latch.open();
        awaitLanding(cache);
        CachedResponse next = cache.fetch(origin.url("/a"));
        assertThat(next.served()).isEqualTo(Served.HIT);
        assertThat(next.text()).isEqualTo("[2]");
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(cache.stats().staleServed()).isEqualTo(201);
    }

    @Test
    void past_that_time_a_caller_waits_and_a_refresh_always_does() throws Exception {
        HttpCache cache = withStale(cache(b -> b.staleWhileRevalidate(Duration.ofMinutes(5))), "/a");
        origin.json("/a", "[2]");
        assertThat(cache.refresh(origin.uri("/a")).text()).isEqualTo("[2]");
        clock.advance(TTL.plusMinutes(5).plusNanos(1));
        origin.json("/a", "[3]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void a_failure_in_the_background_never_replaces_a_good_answer_and_begins_a_backoff() throws Exception {
        HttpCache cache = withStale(withBackoff(b -> b.staleWhileRevalidate(Duration.ofMinutes(5))), "/a");
        origin.on("/a", call -> call.status(503));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
        awaitLanding(cache);
        for (int i = 0; i < 20; i++) {
            CachedResponse held = cache.fetch(origin.url("/a"));
            assertThat(held.served()).isEqualTo(Served.STALE_BACKOFF);
            assertThat(held.trouble().map(Trouble::consecutiveFailures).orElse(0))
                    .isEqualTo(1);
            assertThat(held.trouble().flatMap(Trouble::nextAttempt)).isPresent();
            assertThat(held.text()).isEqualTo("[1]");
        }
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void while_revalidating_needs_no_stale_if_error_even_during_a_backoff() throws Exception {
        HttpCache cache = withStale(
                withBackoff(b -> b.staleWhileRevalidate(Duration.ofMinutes(5)).staleIfError(Duration.ZERO)), "/a");
        origin.on("/a", call -> call.status(503));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void background_flights_are_bounded_and_the_next_caller_tries_again() throws Exception {
        String[] paths = paths(30);
        HttpCache cache = withStale(
                cache(b -> b.staleWhileRevalidate(Duration.ofMinutes(5)).backgroundFetches(2)), paths);
        Latch latch = given.latch();
        for (String path : paths) {
            origin.on(path, call -> {
                latch.pass();
                call.json("[2]");
            });
        }
        for (String path : paths) {
            assertThat(cache.fetch(origin.url(path)).served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
        }
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(2);
        latch.awaitArrivals(2);
        latch.open();
        awaitLanding(cache);
        assertThat(origin.requests()).isEqualTo(30 + 2);
        cache.fetch(origin.url(paths[29]));
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url(paths[29])).text()).isEqualTo("[2]");
    }

    @Test
    void background_flights_are_bounded_when_all_come_at_once() throws Exception {
        for (int round = 0; round < 10; round++) {
            String[] paths = paths(100);
            HttpCache cache = withStale(
                    cache(b -> b.staleWhileRevalidate(Duration.ofMinutes(5)).backgroundFetches(2)), paths);
            Latch latch = given.latch();
            for (String path : paths) {
                origin.on(path, call -> {
                    latch.pass();
                    call.json("[2]");
                });
            }
            Latch start = given.latch();
            Crowd<CachedResponse> crowd = Crowd.of(100, i -> () -> {
                start.pass();
                return cache.fetch(origin.url(paths[i]));
            });
            start.awaitArrivals(100);
            start.open();
            assertThat(crowd.values()).hasSize(100);
            assertThat(cache.stats().fetchesInProgress()).isLessThanOrEqualTo(2);
            latch.open();
            awaitLanding(cache);
        }
    }
}
