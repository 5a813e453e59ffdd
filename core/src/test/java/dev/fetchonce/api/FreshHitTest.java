package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The cache keeps the result of a hit and uses it for later hits, as long as it is valid and not a nanosecond longer.
 */
class FreshHitTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    record N(int n) {}

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b -> options.apply(b.clock(clock::nanoTime, clock.wall())));
    }

    /** Checks two hits, because the second hit uses the result of the first. */
    private void hits(HttpCache cache, int n) throws Exception {
        int before = origin.requests();
        for (int i = 0; i < 2; i++) {
            assertThat(cache.get(origin.url("/a"), N.class)).isEqualTo(new N(n));
            assertThat(cache.get(origin.url("/a")).get("n").intValue()).isEqualTo(n);
        }
        assertThat(origin.requests()).isEqualTo(before);
    }

    private HttpCache with(HttpCache cache, int n, String... fields) throws Exception {
        origin.json("/a", "{\"n\":" + n + "}", fields);
        assertThat(cache.get(origin.url("/a"), N.class)).isEqualTo(new N(n));
        assertThat(cache.get(origin.url("/a")).get("n").intValue()).isEqualTo(n);
        return cache;
    }

    @Test
    void it_ends_with_the_time_to_live() throws Exception {
        HttpCache cache = with(cache(b -> b.ttl(Duration.ofSeconds(20))), 1);
        hits(cache, 1);
        clock.advance(Duration.ofSeconds(20).minusNanos(1));
        hits(cache, 1);
        clock.advance(Duration.ofNanos(1));
        with(cache, 2);
        hits(cache, 2);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void the_age_that_an_answer_has_when_it_comes_counts() throws Exception {
        HttpCache cache = with(cache(b -> b.freshness(Freshness.http())), 1, "Cache-Control: max-age=60", "Age: 50");
        hits(cache, 1);
        clock.advance(Duration.ofSeconds(10).minusNanos(1));
        hits(cache, 1);
        clock.advance(Duration.ofNanos(1));
        with(cache, 2, "Cache-Control: max-age=60");
        hits(cache, 2);
    }

    @Test
    void it_ends_where_an_answer_is_renewed_ahead() throws Exception {
        HttpCache cache = with(cache(b -> b.ttl(Duration.ofSeconds(20)).refreshAhead(0.5)), 1);
        hits(cache, 1);
        clock.advance(Duration.ofSeconds(10).minusNanos(1));
        hits(cache, 1);
        origin.json("/a", "{\"n\":2}");
        clock.advance(Duration.ofNanos(1));
        assertThat(cache.get(origin.url("/a"), N.class)).isEqualTo(new N(1));
        Await.until("it was renewed", () -> cache.get(origin.url("/a"), N.class).equals(new N(2)));
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void it_ends_with_an_invalidation_a_refresh_and_the_cache() throws Exception {
        HttpCache cache = with(cache(b -> b), 1);
        hits(cache, 1);
        cache.invalidate(origin.uri("/a"));
        with(cache, 2);
        hits(cache, 2);
        origin.json("/a", "{\"n\":3}");
        cache.refresh(origin.uri("/a"));
        with(cache, 3);
        hits(cache, 3);
        cache.close();
        assertThatThrownBy(() -> cache.get(origin.url("/a"), N.class)).isInstanceOf(IllegalStateException.class);
    }
}
