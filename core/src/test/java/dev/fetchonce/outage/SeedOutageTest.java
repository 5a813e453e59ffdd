package dev.fetchonce.outage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.ClientOptions;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A seed stands in for an origin in trouble as a stale response does, until any fetch brings an answer. */
class SeedOutageTest extends BackoffFixture {
    private HttpCache seeded(UnaryOperator<HttpCache.Builder> options) {
        return cache(b -> options.apply(b.seed(origin.uri("/a"), "[0]".getBytes(UTF_8))));
    }

    private HttpCache seeded() {
        return seeded(b -> b);
    }

    private void assertSeed(HttpCache cache, Served served) throws Exception {
        CachedResponse seed = cache.fetch(origin.url("/a"));
        assertThat(seed.text()).isEqualTo("[0]");
        assertThat(seed.served()).isEqualTo(served);
    }

    private HttpRequest request(String... field) {
        HttpRequest.Builder request = HttpRequest.newBuilder(origin.uri("/a"));
        return field.length == 0 ? request.build() : request.headers(field).build();
    }

    @Test
    void after_the_first_failure_the_seed_is_given_at_once_and_a_fetch_in_the_background_looks() throws Exception {
        HttpCache cache = seeded();
        fails("/a");
        assertSeed(cache, Served.STALE_ERROR);
        assertSeed(cache, Served.STALE_BACKOFF);
        assertThat(sent).hasValue(1);
        awaitNextAttempt(cache, "/a");
        Latch latch = answersLater("/a", "[1]");
        for (int i = 0; i < 10; i++) {
            assertSeed(cache, Served.STALE_BACKOFF);
        }
        latch.awaitArrivals(1);
        latch.open();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        assertThat(sent).hasValue(2);
        assertThat(origin.calls("/a"))
                .allSatisfy(call -> assertThat(call.fields()).doesNotContainKeys("If-None-Match", "If-Modified-Since"));
    }

    @Test
    void a_seed_makes_each_failure_of_its_url_count_from_the_first_on() throws Exception {
        HttpCache cache = seeded();
        fails("/a");
        cache.fetch(origin.url("/a"));
        for (int errors = 1; errors < 5; errors++) {
            CachedResponse seed = cache.peek(origin.uri("/a")).orElseThrow();
            assertThat(failures(seed)).isEqualTo(errors);
            clock.advance(until(seed).minusNanos(1));
            assertSeed(cache, Served.STALE_BACKOFF);
            assertThat(sent).hasValue(errors);
            clock.advance(Duration.ofNanos(1));
            probed(cache, "/a");
        }
    }

    @Test
    void no_caller_with_a_seed_waits_for_a_first_answer() throws Exception {
        HttpCache cache = seeded(b -> b.waitForFirst(Duration.ofHours(1)));
        fails("/a");
        assertSeed(cache, Served.STALE_ERROR);
        assertThat(sent).hasValue(1);
    }

    @Test
    void the_patience_of_a_caller_with_a_seed_stays_as_it_is_with_a_wait_for_the_first_answer() throws Exception {
        HttpCache cache = seeded(b -> b.waitForFirst(Duration.ofHours(1))
                .patience(Duration.ofMillis(1))
                .softTimeout(Duration.ofHours(2)));
        Latch latch = answersLater("/a", "[1]");
        assertSeed(cache, Served.STALE_PATIENCE);
        latch.open();
    }

    @Test
    void an_exchange_beside_a_seed_has_the_usual_time_and_not_that_of_a_first_answer() throws Exception {
        HttpCache cache = seeded(b -> b.timeout(Duration.ofMillis(100))
                .softTimeout(Duration.ofHours(2))
                .firstTimeout(Duration.ofHours(1))
                .patience(Duration.ofHours(2)));
        Latch latch = answersLater("/a", "[1]");
        assertSeed(cache, Served.STALE_ERROR);
        assertThat(cache.peek(origin.uri("/a"))
                        .orElseThrow()
                        .trouble()
                        .orElseThrow()
                        .reason())
                .isEqualTo(Reason.TIMEOUT);
        latch.open();
    }

    @Test
    void a_host_in_trouble_gives_the_seeds_of_its_urls_without_a_request() throws Exception {
        HttpCache cache = seeded(b -> b.knocking(false).seed(origin.uri("/b"), "[5]".getBytes(UTF_8)));
        origin.down();
        assertSeed(cache, Served.STALE_ERROR);
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.STALE_BACKOFF);
        assertThat(sent).hasValue(1);
    }

    @Test
    void a_rate_limit_gives_the_seed_and_retires_it_not() throws Exception {
        HttpCache cache = seeded(b -> b.freshness(Freshness.http()));
        origin.on("/a", call -> call.status(403, "Retry-After: 60"));
        assertSeed(cache, Served.STALE_ERROR);
        assertSeed(cache, Served.STALE_BACKOFF);
        assertThat(cache.asHttpClient().send(request(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
        assertSeed(cache, Served.STALE_BACKOFF);
    }

    @Test
    void a_client_that_backs_off_gets_no_seed() throws Exception {
        HttpCache cache = inTrouble();
        HttpClient client = cache.asHttpClient(ClientOptions.defaults().backoff(true));
        assertThatThrownBy(() -> client.send(request(), BodyHandlers.ofString()))
                .isInstanceOf(FetchException.class);
        assertThat(sent).hasValue(1);
    }

    @Test
    void the_log_of_a_seed_says_that_stale_responses_stand_in() throws Exception {
        HttpCache cache = seeded();
        fails("/a");
        for (int i = 0; i < 10; i++) {
            cache.fetch(origin.url("/a"));
        }
        waitIsOver(cache, "/a");
        probed(cache, "/a");
        awaitNextAttempt(cache, "/a");
        origin.json("/a", "[1]");
        cache.fetch(origin.url("/a"));
        awaitLanding(cache);
        String host = "http://127.0.0.1:" + origin.port();
        assertThat(given.logs().await(Level.INFO, "answers again")).startsWith(host + "/a answers again");
        assertThat(given.logs().messages(Level.INFO))
                .hasSize(2)
                .first()
                .asString()
                .startsWith(host + ": stale responses stand in (STATUS): ");
    }

    @Test
    void a_seed_counts_as_a_stale_answer_by_its_cause() throws Exception {
        HttpCache cache = seeded();
        fails("/a");
        for (int i = 0; i < 10; i++) {
            cache.fetch(origin.url("/a"));
        }
        CacheStats stats = cache.stats();
        assertThat(stats.stale()).isEqualTo(Map.of(Served.STALE_ERROR, 1L, Served.STALE_BACKOFF, 9L));
        assertThat(stats.misses()).isEqualTo(1);
        assertThat(stats.heldByBackoff()).isEqualTo(9);
        assertThat(stats.hits()).isZero();
        assertThat(stats.entries()).isZero();
    }

    /** The fetches that may bring the first answer of a URL whose callers have got the seed. */
    enum Fetch {
        OF_A_CALLER {
            @Override
            void make(SeedOutageTest test, HttpCache cache) throws Exception {
                test.clock.advance(MAXIMUM_WAIT);
                cache.refresh(test.origin.uri("/a"));
            }
        },
        IN_THE_BACKGROUND {
            @Override
            void make(SeedOutageTest test, HttpCache cache) throws Exception {
                test.awaitNextAttempt(cache, "/a");
                test.assertSeed(cache, Served.STALE_BACKOFF);
                awaitLanding(cache);
            }
        },
        AFTER_RETRY_NOW {
            @Override
            void make(SeedOutageTest test, HttpCache cache) throws Exception {
                cache.retryNow(test.origin.uri("/a"));
                test.assertSeed(cache, Served.STALE_BACKOFF);
                awaitLanding(cache);
            }
        },
        WITH_ANOTHER_ACCEPT {
            @Override
            void make(SeedOutageTest test, HttpCache cache) throws Exception {
                test.clock.advance(MAXIMUM_WAIT);
                cache.fetch(test.request("Accept", "text/html"));
            }
        },
        OF_THE_CLIENT {
            @Override
            void make(SeedOutageTest test, HttpCache cache) throws Exception {
                cache.asHttpClient().send(test.request(), BodyHandlers.ofString());
            }
        },
        OF_THE_CLIENT_TOO_LONG_TO_BE_KEPT {
            @Override
            void make(SeedOutageTest test, HttpCache cache) throws Exception {
                cache.asHttpClient().send(test.request("X-Long", "1"), BodyHandlers.ofString());
            }
        };

        private static final Duration MAXIMUM_WAIT = Duration.ofNanos(MAXIMUM);

        abstract void make(SeedOutageTest test, HttpCache cache) throws Exception;
    }

    private HttpCache inTrouble() throws Exception {
        HttpCache cache = seeded(b -> b.freshness(Freshness.http()).maximumBodyBytes(1_000));
        fails("/a");
        assertSeed(cache, Served.STALE_ERROR);
        return cache;
    }

    private void assertRetired(HttpCache cache) throws Exception {
        fails("/a");
        cache.invalidateAll();
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
    }

    @ParameterizedTest
    @EnumSource
    void a_success_of_any_fetch_retires_the_seed(Fetch fetch) throws Exception {
        HttpCache cache = inTrouble();
        origin.on(
                "/a",
                call -> call.json(
                        call.field("X-Long").isPresent() ? "[" + " ".repeat(2_000) + "]" : "[1]",
                        "Cache-Control: max-age=60"));
        fetch.make(this, cache);
        assertRetired(cache);
    }

    @ParameterizedTest
    @EnumSource
    void a_status_that_revokes_retires_the_seed_with_any_fetch(Fetch fetch) throws Exception {
        for (String control : new String[] {"max-age=60", "no-store"}) {
            HttpCache cache = inTrouble();
            origin.on("/a", call -> call.status(404, "Cache-Control: " + control));
            try {
                fetch.make(this, cache);
            } catch (FetchException e) {
                assertThat(e.status()).hasValue(404);
            }
            assertRetired(cache);
        }
    }

    @Test
    void an_invalidation_in_an_outage_leaves_the_seed_in_use() throws Exception {
        HttpCache cache = seeded();
        fails("/a");
        assertSeed(cache, Served.STALE_ERROR);
        cache.invalidate(origin.uri("/a"));
        assertSeed(cache, Served.STALE_ERROR);
        cache.invalidateAll();
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[0]");
    }

    @Test
    void a_fetch_that_an_invalidation_has_overtaken_leaves_the_seed_in_use() throws Exception {
        HttpCache cache = seeded();
        Latch latch = answersLater("/a", "[1]");
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        latch.open();
        assertThat(caller.value().text()).isEqualTo("[1]");
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[0]");
    }
}
