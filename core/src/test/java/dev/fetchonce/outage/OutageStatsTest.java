package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The counts of a cache whose origin is in trouble. */
class OutageStatsTest {
    private static final Duration PAST_TTL = Duration.ofMinutes(2);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.withBackoff(b -> options.apply(b.ttl(Duration.ofMinutes(1))
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .clock(clock::nanoTime, clock.wall())));
    }

    private String host() {
        return "http://127.0.0.1:" + origin.port();
    }

    private static CacheStats landed(HttpCache cache) {
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        return cache.stats();
    }

    @Test
    void calls_that_a_backoff_holds_are_no_misses() throws Exception {
        HttpCache cache = cache(b -> b);
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        cache.get(origin.url("/a"));
        clock.advance(PAST_TTL);
        origin.on("/a", call -> call.status(503));
        for (int i = 0; i < 10; i++) {
            cache.get(origin.url("/a"));
        }
        CacheStats stats = landed(cache);
        assertThat(stats.hits()).isEqualTo(1);
        assertThat(stats.misses()).isEqualTo(2);
        assertThat(stats.collapsed()).isZero();
        assertThat(stats.heldByBackoff()).isEqualTo(9);
        assertThat(stats.requestsSent()).isEqualTo(2).isEqualTo(origin.requests());
        assertThat(stats.stale()).isEqualTo(Map.of(Served.STALE_ERROR, 1L, Served.STALE_BACKOFF, 9L));
        assertThat(stats.staleServed()).isEqualTo(10);
        assertThat(stats.failures()).isEqualTo(Map.of(Reason.STATUS, 1L));
        assertThat(stats.failuresByOrigin()).isEqualTo(Map.of(host(), 1L));
        assertThat(stats.originsInBackoff())
                .as("the URL fails, and not its host")
                .isZero();
        assertThatThrownBy(() -> stats.stale().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> stats.failuresByOrigin().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void each_call_of_many_counts_once() throws Exception {
        HttpCache cache = cache(b -> b);
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        clock.advance(PAST_TTL);
        origin.down();
        Crowd.of(200, i -> () -> cache.get(origin.url(i % 2 == 0 ? "/a" : "/b")))
                .outcomes();
        CacheStats stats = landed(cache);
        assertThat(stats.hits() + stats.misses() + stats.collapsed() + stats.heldByBackoff())
                .isEqualTo(201);
        assertThat(stats.failures().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(stats.failuresByOrigin().get(host()));
    }

    @Test
    void an_origin_is_in_backoff_until_it_answers() throws Exception {
        HttpCache cache = cache(b -> b);
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        clock.advance(PAST_TTL);
        origin.down();
        cache.get(origin.url("/a"));
        assertThat(landed(cache).originsInBackoff()).isEqualTo(1);
        clock.advance(PAST_TTL);
        assertThat(cache.stats().originsInBackoff()).as("the wait is over").isZero();
        cache.get(origin.url("/a"));
        assertThat(landed(cache).originsInBackoff()).isEqualTo(1);
        origin.up();
        clock.advance(PAST_TTL);
        cache.get(origin.url("/a"));
        assertThat(landed(cache).originsInBackoff()).isZero();
    }

    @Test
    void failures_of_calls_have_their_origin_too() {
        HttpCache cache = cache(b -> b.allowedUrls(uri -> !uri.getPath().equals("/no")));
        origin.on("/a", call -> call.status(302, "Location: /no"));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
        CacheStats stats = landed(cache);
        assertThat(stats.failures()).isEqualTo(Map.of(Reason.REDIRECT, 1L));
        assertThat(stats.failuresByOrigin()).isEqualTo(Map.of(host(), 1L));
    }

    @Test
    void requests_past_the_cache_and_retries_are_sent_too() throws Exception {
        HttpCache cache = cache(b -> b.freshness(Freshness.http()).retries(2));
        origin.on("/a", call -> call.status(503));
        origin.json("/b", "[1]");
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
        HttpClient client = cache.asHttpClient();
        client.send(
                HttpRequest.newBuilder(origin.uri("/b"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());
        client.send(HttpRequest.newBuilder(origin.uri("/b")).build(), BodyHandlers.ofString());
        assertThat(landed(cache).requestsSent()).isEqualTo(3 + 2).isEqualTo(origin.requests());
    }

    @Test
    void after_the_close_the_last_counts_stay() throws Exception {
        HttpCache cache = cache(b -> b);
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        origin.on("/b", call -> call.status(503));
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).isInstanceOf(FetchException.class);
        CacheStats before = landed(cache);
        cache.close();
        CacheStats after = cache.stats();
        assertThat(after.requestsSent()).isEqualTo(before.requestsSent());
        assertThat(after.failuresByOrigin())
                .isEqualTo(before.failuresByOrigin())
                .isEqualTo(Map.of(host(), 1L));
        assertThat(after.misses()).isEqualTo(2);
        assertThat(after.entries()).isZero();
        assertThat(after.bytes()).isZero();
    }
}
