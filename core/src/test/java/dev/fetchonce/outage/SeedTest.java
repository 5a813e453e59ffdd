package dev.fetchonce.outage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A seed stands in for the answer to a plain request while the origin has not answered. */
class SeedTest {
    private static final Duration DAYS = Duration.ofDays(400);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    record Revision(int revision) {}

    /** Returns a cache with the seed [0] for /a, and no backoff. */
    private HttpCache seeded(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b ->
                options.apply(b.clock(clock::nanoTime, clock.wall()).seed(origin.uri("/a"), "[0]".getBytes(UTF_8))));
    }

    private HttpCache seeded() {
        return seeded(b -> b);
    }

    private CachedResponse seedOf(HttpCache cache) throws Exception {
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.text()).isEqualTo("[0]");
        assertThat(response.stale()).isTrue();
        return response;
    }

    /** The ways in which the first fetch of a URL can fail. */
    enum Trouble {
        REFUSED {
            @Override
            void begin(FakeOrigin origin) {
                origin.down();
            }
        },
        RESET {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", Call::reset);
            }
        },
        NO_HTTP {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> {
                    call.raw("220 mail\r\n\r\n");
                    call.end();
                });
            }
        },
        NO_JSON {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> call.send(200, "<html>".getBytes(UTF_8), "Content-Type: text/html"));
            }
        },
        TOO_LONG {
            @Override
            void begin(FakeOrigin origin) {
                origin.json("/a", "[" + " ".repeat(2_000) + "]");
            }
        },
        ELSEWHERE {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> call.status(302, "Location: /b"));
                origin.on("/b", call -> call.status(503));
            }
        },
        LOOP {
            @Override
            void begin(FakeOrigin origin) {
                origin.on("/a", call -> call.status(301, "Location: /a"));
            }
        };

        abstract void begin(FakeOrigin origin);
    }

    @ParameterizedTest
    @EnumSource
    void no_answer_ever_is_stored_and_the_fetch_fails_gives_the_seed(Trouble trouble) throws Exception {
        HttpCache cache = seeded(b -> b.maximumBodyBytes(1_000));
        trouble.begin(origin);
        CachedResponse seed = seedOf(cache);
        assertThat(seed.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 400, 402, 405, 406, 408, 409, 429, 431, 500, 501, 503, 599})
    void a_status_that_revokes_nothing_gives_the_seed_with_both_rules_of_freshness(int status) throws Exception {
        for (Freshness freshness : List.of(Freshness.ttl(Duration.ZERO), Freshness.http())) {
            HttpCache cache = seeded(b -> b.freshness(freshness).staleIfError(Duration.ZERO));
            origin.on("/a", call -> call.status(status));
            seedOf(cache);
            clock.advance(DAYS);
            assertThat(seedOf(cache).served()).isEqualTo(Served.STALE_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410, 451})
    void a_status_that_revokes_retires_the_seed(int status) throws Exception {
        HttpCache cache = seeded();
        origin.on("/a", call -> call.status(status));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_status_that_the_application_counts_as_an_outage_does_not_retire_the_seed() throws Exception {
        HttpCache cache = seeded(b -> b.staleIfStatus(status -> status == 404));
        origin.on("/a", call -> call.status(404));
        seedOf(cache);
        seedOf(cache);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_success_retires_the_seed_and_no_invalidation_or_expiry_brings_it_back(boolean http) throws Exception {
        HttpCache cache = seeded(b -> http
                ? b.freshness(Freshness.http())
                : b.ttl(Duration.ofSeconds(1)).staleIfError(Duration.ZERO));
        origin.json("/a", "[1]", "Cache-Control: no-store");
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        origin.on("/a", call -> call.status(503));
        clock.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        cache.invalidateAll();
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
    }

    @Test
    void the_answer_of_the_origin_is_preferred_and_the_seed_is_never_validated() throws Exception {
        HttpCache cache = seeded();
        origin.on("/a", call -> call.status(503));
        seedOf(cache);
        origin.json("/a", "[1]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.FETCHED);
        assertThat(origin.calls("/a"))
                .allSatisfy(call -> assertThat(call.fields()).doesNotContainKeys("If-None-Match", "If-Modified-Since"));
    }

    @Test
    void an_unasked_304_leaves_the_seed_in_use() throws Exception {
        HttpCache cache = seeded();
        origin.on("/a", call -> call.status(304));
        seedOf(cache);
    }

    @Test
    void a_caller_whose_wait_ends_gets_the_seed_and_the_fetch_lands() throws Exception {
        Latch latch = given.latch();
        HttpCache cache = seeded(b -> b.softTimeout(Duration.ofMillis(1)));
        origin.on("/a", call -> {
            latch.pass();
            call.json("[1]");
        });
        assertThat(seedOf(cache).served()).isEqualTo(Served.STALE_PATIENCE);
        HttpCache patient = seeded(b -> b.patience(Duration.ofMillis(1)));
        assertThat(seedOf(patient).served()).isEqualTo(Served.STALE_PATIENCE);
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        latch.open();
        assertThat(caller.value().text()).isEqualTo("[1]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void an_invalidation_during_the_first_fetch_leaves_the_seed_to_its_callers() throws Exception {
        Latch latch = given.latch();
        HttpCache cache = seeded();
        origin.on("/a", call -> {
            latch.pass();
            call.status(500);
        });
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        latch.open();
        assertThat(caller.value().text()).isEqualTo("[0]");
    }

    @Test
    void a_backoff_after_the_first_failure_gives_the_seed_without_a_request() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.backoff(Duration.ofSeconds(5), Duration.ofSeconds(5))
                .clock(clock::nanoTime, clock.wall())
                .timeout(Duration.ofSeconds(30))
                .seed(origin.uri("/a"), "[0]".getBytes(UTF_8)));
        origin.on("/a", call -> call.status(400)); // not an outage for a stored response, but for a seed
        assertThat(seedOf(cache).served()).isEqualTo(Served.STALE_ERROR);
        for (int i = 0; i < 10; i++) {
            assertThat(seedOf(cache).served()).isEqualTo(Served.STALE_BACKOFF);
        }
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void the_seed_is_an_old_json_answer_that_is_not_in_the_store() throws Exception {
        HttpCache cache = seeded();
        origin.down();
        clock.advance(Duration.ofSeconds(90));
        CachedResponse seed = seedOf(cache);
        assertThat(seed.status()).isEqualTo(200);
        assertThat(seed.headers().map()).containsOnlyKeys("Content-Type");
        assertThat(seed.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(seed.age()).isEqualTo(Duration.ofSeconds(90));
        assertThat(seed.uri()).isEqualTo(origin.uri("/a"));
        assertThat(seed.trouble().orElseThrow().consecutiveFailures()).isEqualTo(1);
        seed.bytes()[0] = '!';
        assertThat(seed.text()).isEqualTo("[0]");
        CacheStats stats = cache.stats();
        assertThat(stats.entries()).isZero();
        assertThat(stats.bytes()).isZero();
        AtomicInteger tested = new AtomicInteger();
        HttpCache untouched = seeded();
        assertThat(untouched.invalidateIf(uri -> tested.incrementAndGet() > 0)).isZero();
        assertThat(untouched.invalidate(origin.uri("/a"))).isFalse();
        assertThat(tested).hasValue(0);
        assertThat(untouched.peek(origin.uri("/a")).orElseThrow().served()).isEqualTo(Served.STALE);
    }

    @Test
    void only_plain_requests_have_a_seed() throws Exception {
        HttpCache cache = seeded(b -> b.freshness(Freshness.http()).header("Accept", "application/json"));
        origin.on("/a", call -> call.status(503));
        seedOf(cache);
        for (String[] field : List.of(
                new String[] {"Authorization", "Bearer x"},
                new String[] {"X-Trace", "7"},
                new String[] {"Accept", "text/html"},
                new String[] {"Cache-Control", "no-cache"})) {
            HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                    .header(field[0], field[1])
                    .build();
            assertThatThrownBy(() -> cache.fetch(request)).isInstanceOf(StatusException.class);
            assertThat(cache.peek(request)).isEmpty();
        }
        assertThat(cache.fetch(HttpRequest.newBuilder(origin.uri("/a")).build()).text())
                .isEqualTo("[0]");
        HttpRequest plain = HttpRequest.newBuilder(origin.uri("/a")).build();
        assertThat(cache.asHttpClient().send(plain, BodyHandlers.ofString()).statusCode())
                .isEqualTo(503);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
    }

    @Test
    void an_answer_for_a_user_with_credentials_does_not_retire_the_seed() throws Exception {
        HttpCache cache = seeded();
        HttpRequest personal = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Authorization", "Bearer x")
                .build();
        origin.json("/a", "[1]");
        cache.fetch(personal);
        origin.on("/a", call -> call.status(401));
        assertThatThrownBy(() -> cache.refresh(personal)).isInstanceOf(StatusException.class);
        origin.on("/a", call -> call.status(503));
        seedOf(cache);
    }

    @Test
    void a_remembered_failure_of_another_request_does_not_hide_the_seed() throws Exception {
        HttpCache cache = seeded(b -> b.negativeTtl(400, Duration.ofHours(1)));
        origin.on("/a", call -> call.status(400));
        HttpRequest traced =
                HttpRequest.newBuilder(origin.uri("/a")).header("X-Trace", "7").build();
        assertThatThrownBy(() -> cache.fetch(traced)).isInstanceOf(StatusException.class);
        seedOf(cache);
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[0]");
    }

    @Test
    void a_type_that_the_seed_does_not_fit_is_refused() {
        HttpCache cache = seeded();
        origin.down();
        assertThatThrownBy(() -> cache.get(origin.url("/a"), Revision.class))
                .isInstanceOf(FetchException.class)
                .hasMessageStartingWith("The seed of http://127.0.0.1:")
                .extracting(e -> ((FetchException) e).reason())
                .isEqualTo(Reason.UNDECODABLE);
    }

    @Test
    void an_answer_that_does_not_fit_a_type_of_the_seed_does_not_retire_it() throws Exception {
        HttpCache cache = given.cache(b -> b.seed(origin.uri("/r"), "{\"revision\":1}".getBytes(UTF_8)));
        origin.on("/r", call -> call.status(500));
        assertThat(cache.get(origin.url("/r"), Revision.class)).isEqualTo(new Revision(1));
        origin.json("/r", "[]");
        assertThat(cache.get(origin.url("/r"), Revision.class)).isEqualTo(new Revision(1));
        origin.json("/r", "{\"revision\":2}");
        assertThat(cache.get(origin.url("/r"), Revision.class)).isEqualTo(new Revision(2));
    }

    @Test
    void a_function_of_the_application_that_throws_gives_the_seed() throws Exception {
        HttpCache cache = seeded(b -> b.requestCustomizer(request -> {
            throw new IllegalStateException("no token");
        }));
        assertThat(seedOf(cache).served()).isEqualTo(Served.STALE_ERROR);
    }

    @Test
    void the_end_of_the_cache_is_an_exception_in_spite_of_the_seed() {
        Latch latch = given.latch();
        HttpCache cache = seeded();
        origin.on("/a", call -> {
            latch.passWhateverHappens();
            call.json("[1]");
        });
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.close();
        assertThat(caller.thrown().getFirst()).isInstanceOf(FetchException.class);
        assertThatThrownBy(() -> cache.peek(origin.uri("/a"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_builder_copies_the_last_seed_of_each_url_for_each_cache() throws Exception {
        byte[] last = "[7]".getBytes(UTF_8);
        HttpCache.Builder builder = HttpCache.builder()
                .seed(URI.create("http://127.0.0.1:" + origin.port()), "[6]".getBytes(UTF_8))
                .seed(origin.uri("/#part"), last);
        last[1] = '9';
        origin.json("/", "[8]");
        HttpCache first = given.closing(builder.build());
        assertThat(first.get(origin.url("/")).get(0).intValue()).isEqualTo(8);
        HttpCache second = given.closing(builder.build());
        assertThat(second.peek(origin.uri("/")).orElseThrow().text()).isEqualTo("[7]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1] [2]", "{\"a\":1,\"a\":2}", "\u0000"})
    void a_seed_that_is_not_json_is_refused_with_its_place_and_without_the_query(String body) {
        assertThatThrownBy(() -> HttpCache.builder()
                        .seed(origin.uri("/a?key=" + Invariants.SECRET), body.getBytes(UTF_8))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the seed of " + origin.url("/a") + " is refused. The body is not a JSON document: ")
                .hasMessageEndingWith(". A seed must be one whole JSON document in UTF-8")
                .hasMessageNotContaining(Invariants.SECRET);
    }

    @Test
    void the_place_of_a_fault_in_a_seed_is_a_line_and_a_column() {
        assertThatThrownBy(() -> HttpCache.builder()
                        .seed(origin.uri("/a"), "{\n  \"a\": x\n}".getBytes(UTF_8))
                        .build())
                .hasMessageContaining("line 2, column 8");
    }

    @Test
    void urls_that_no_call_may_have_are_refused() {
        byte[] json = "[0]".getBytes(UTF_8);
        HttpCache.Builder builder = HttpCache.builder().seed(origin.uri("/a"), json);
        assertThatThrownBy(() -> builder.seed(URI.create("ftp://h/a"), json))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.seed(URI.create("http://user@h/a"), json))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.allowedUrls(uri -> false).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allowedUrls");
    }

    @Test
    void a_redirect_to_a_url_with_a_seed_leads_to_the_seed() throws Exception {
        HttpCache cache = seeded();
        origin.on("/old", call -> call.status(302, "Location: /a"));
        origin.on("/a", call -> call.status(503));
        assertThat(cache.fetch(origin.url("/old")).text()).isEqualTo("[0]");
    }

    @Test
    void a_hundred_callers_share_the_first_fetch_and_all_get_the_seed() {
        Latch latch = given.latch();
        HttpCache cache = given.withBackoff(b -> b.timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .seed(origin.uri("/a"), "[0]".getBytes(UTF_8)));
        origin.on("/a", call -> {
            latch.pass();
            call.status(503);
        });
        Crowd<CachedResponse> callers = Crowd.of(100, () -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        latch.open();
        assertThat(callers.values())
                .allSatisfy(response -> assertThat(response.text()).isEqualTo("[0]"));
    }
}
