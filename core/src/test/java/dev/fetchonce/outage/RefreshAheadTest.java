package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Latch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fetches before the end of a TTL: {@code refreshAhead} and {@code ttlJitter}. */
class RefreshAheadTest extends ExpiringResponses {
    @Test
    void ahead_of_its_end_the_next_use_renews_an_answer_that_is_served_fresh() throws Exception {
        HttpCache cache = cache(b -> b.refreshAhead(0.5));
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        awaitLanding(cache);
        clock.advance(Duration.ofSeconds(30).minusNanos(1));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        assertThat(cache.stats().fetchesInProgress()).isZero();

        clock.advance(Duration.ofNanos(1));
        Latch latch = held("/a");
        for (int i = 0; i < 20; i++) {
            assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        }
        latch.open();
        awaitLanding(cache);
        CachedResponse next = cache.fetch(origin.url("/a"));
        assertThat(next.text()).isEqualTo("[2]");
        assertThat(next.age()).isZero();
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_failure_ahead_of_time_leaves_the_fresh_answer_and_is_not_repeated_at_once() throws Exception {
        HttpCache cache = withBackoff(b -> b.refreshAhead(0.5));
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        clock.advance(Duration.ofSeconds(40));
        origin.on("/a", call -> call.status(503));
        for (int i = 0; i < 20; i++) {
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
            awaitLanding(cache);
        }
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_part_of_the_ttl_is_left_to_chance() throws Exception {
        String[] paths = paths(60);
        HttpCache cache = cache(b -> b.ttlJitter(0.5));
        for (String path : paths) {
            origin.json(path, "[1]");
            cache.get(origin.url(path));
        }
        clock.advance(Duration.ofSeconds(30).minusNanos(1));
        assertThat(stale(cache, paths)).isZero();
        clock.advance(Duration.ofSeconds(15));
        assertThat(stale(cache, paths)).isBetween(1L, 59L);
        clock.advance(Duration.ofSeconds(15).plusNanos(1));
        assertThat(stale(cache, paths)).isEqualTo(60);
    }

    private long stale(HttpCache cache, String[] paths) {
        return List.of(paths).stream()
                .filter(path -> cache.peek(origin.uri(path)).orElseThrow().stale())
                .count();
    }
}
