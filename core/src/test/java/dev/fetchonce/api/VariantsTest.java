package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Requests that differ in credentials, key headers or fields that Vary names. No caller gets the response of another
 * variant.
 */
class VariantsTest {
    private static final int MANY = 10_000;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpRequest with(String name, String value) {
        return HttpRequest.newBuilder(origin.uri("/a")).header(name, value).build();
    }

    /** Answers with the values of a field of the request, after the latch opens. */
    private void echo(String name, Latch latch, String... fields) {
        origin.on("/a", call -> {
            latch.pass();
            call.json("\"" + String.join(",", call.fields().getOrDefault(name, List.of("none"))) + "\"", fields);
        });
    }

    private Latch open() {
        Latch latch = given.latch();
        latch.open();
        return latch;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept-Language", "Authorization", "Cookie", "Accept"})
    void ten_thousand_callers_with_a_hundred_values_send_a_hundred_requests_and_get_their_own(String name) {
        Latch latch = given.latch();
        echo(name, latch);
        HttpCache cache = given.cache();
        Crowd<String> crowd = Crowd.of(MANY, i -> {
            HttpRequest request = with(name, "v" + i % 100);
            return () -> cache.fetch(request).json().stringValue();
        });
        Await.until("all have joined", () -> Insides.joined(cache) == MANY);
        latch.open();

        List<String> values = crowd.values();
        for (int i = 0; i < MANY; i++) {
            assertThat(values.get(i)).isEqualTo("v" + i % 100);
        }
        assertThat(origin.requests()).isEqualTo(100);
        assertThat(cache.stats().misses()).isEqualTo(100);
        assertThat(cache.stats().entries()).isEqualTo(100);
    }

    /** The first response shows that there are variants. No caller may get that response for another variant. */
    @Test
    void ten_thousand_callers_of_a_url_not_known_to_vary_each_get_their_own_variant() {
        Latch latch = given.latch();
        echo("X-Tenant", latch, "Vary: X-Tenant");
        HttpCache cache = given.cache();
        int tenants = 50;
        Crowd<String> crowd = Crowd.of(MANY, i -> {
            HttpRequest request = with("X-Tenant", "t" + i % tenants);
            return () -> cache.fetch(request).json().stringValue();
        });
        Await.until("all have joined", () -> Insides.joined(cache) == MANY);
        latch.open();

        List<String> values = crowd.values();
        for (int i = 0; i < MANY; i++) {
            assertThat(values.get(i)).isEqualTo("t" + i % tenants);
        }
        assertThat(origin.requests()).isEqualTo(tenants);
        assertThat(cache.stats().entries()).isEqualTo(tenants);
    }

    @Test
    void callers_that_come_while_the_first_variant_lands_send_no_second_request_for_theirs() {
        HttpCache cache = given.cache();
        for (int round = 0; round < 30; round++) {
            String path = "/round" + round;
            origin.on(path, call -> call.json("\"" + call.field("X-Tenant").orElse("none") + "\"", "Vary: X-Tenant"));
            Crowd<String> crowd = Crowd.of(200, i -> {
                HttpRequest request = HttpRequest.newBuilder(origin.uri(path))
                        .header("X-Tenant", "t" + i % 2)
                        .build();
                return () -> cache.fetch(request).json().stringValue();
            });
            List<String> values = crowd.values();
            for (int i = 0; i < values.size(); i++) {
                assertThat(values.get(i)).isEqualTo("t" + i % 2);
            }
            assertThat(origin.requests(path)).as("requests in round %d", round).isEqualTo(2);
        }
    }

    /**
     * A caller looks into the store before the first variant lands, and installs its flight afterwards. The key of its
     * flight is then no longer the key for other callers of its variant.
     */
    @Test
    void a_caller_that_looked_before_the_first_variant_landed_joins_the_flight_of_its_own() {
        Latch late = given.latch();
        Thread[] latecomer = new Thread[1];
        HttpCache cache = given.cache(b -> b.clock(
                () -> {
                    if (Thread.currentThread() == latecomer[0]) {
                        latecomer[0] = null;
                        late.passWhateverHappens();
                    }
                    return System.nanoTime();
                },
                java.time.InstantSource.system()));
        Latch latch = given.latch();
        origin.on("/a", call -> {
            String tenant = call.field("X-Tenant").orElse("none");
            if (tenant.equals("t1")) {
                latch.pass();
            }
            call.json("\"" + tenant + "\"", "Vary: X-Tenant");
        });
        Crowd<CachedResponse> a = Crowd.one(() -> {
            latecomer[0] = Thread.currentThread();
            return cache.fetch(with("X-Tenant", "t1"));
        });
        late.awaitArrivals(1);
        assertThat(Crowd.one(() -> cache.fetch(with("X-Tenant", "t0"))).value().text())
                .isEqualTo("\"t0\"");
        Crowd<CachedResponse> b = Crowd.one(() -> cache.fetch(with("X-Tenant", "t1")));
        latch.awaitArrivals(1);
        late.open();
        Await.until("both wait", () -> Insides.joined(cache) == 3);
        latch.open();
        assertThat(a.value().text()).isEqualTo("\"t1\"");
        assertThat(b.value().text()).isEqualTo("\"t1\"");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void two_variants_that_land_together_are_both_kept() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        echo("X-Tenant", open(), "Vary: X-Tenant");
        cache.fetch(with("X-Tenant", "first"));
        clock.advance(Duration.ofMinutes(1));
        for (int round = 0; round < 50; round++) {
            Latch latch = given.latch();
            echo("X-Tenant", latch, "Vary: X-Tenant");
            String[] tenants = {"a" + round, "b" + round};
            Crowd<CachedResponse> crowd = Crowd.of(2, i -> () -> cache.fetch(with("X-Tenant", tenants[i])));
            latch.awaitArrivals(2);
            latch.open();
            crowd.values();
            for (String tenant : tenants) {
                CachedResponse kept = cache.peek(with("X-Tenant", tenant)).orElseThrow();
                assertThat(kept.json().stringValue()).isEqualTo(tenant);
            }
        }
    }

    @Test
    void a_variant_is_chosen_by_all_fields_that_vary_names_their_spelling_apart() throws Exception {
        HttpCache cache = given.cache();
        origin.on(
                "/a",
                call -> call.json(
                        "\"" + call.field("X-A").orElse("-") + call.field("X-B").orElse("-") + "\"",
                        "Vary: x-a , X-B",
                        "VARY: x-c"));
        for (String[] ab : new String[][] {{"1", "1"}, {"1", "2"}, {"2", "1"}}) {
            HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                    .header("X-A", ab[0])
                    .header("x-b", ab[1])
                    .build();
            assertThat(cache.fetch(request).json().stringValue()).isEqualTo(ab[0] + ab[1]);
            assertThat(cache.fetch(request).served()).isEqualTo(Served.HIT);
        }
        assertThat(cache.get(origin.url("/a")).stringValue()).isEqualTo("--");
        assertThat(origin.requests()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"en, de|en,de|same", "en|de|other", "en,de|de,en|other", "en|EN|other"})
    void a_field_is_compared_without_the_white_space_round_its_commas_only(String a, String b, String outcome)
            throws Exception {
        HttpCache cache = given.cache(builder -> builder.keyHeaders());
        echo("Accept-Language", open(), "Vary: Accept-Language");
        cache.fetch(with("Accept-Language", a));
        cache.fetch(with("Accept-Language", b));
        assertThat(origin.requests()).isEqualTo(outcome.equals("same") ? 1 : 2);
    }

    @Test
    void where_http_decides_an_answer_that_varies_on_everything_is_for_one_caller_and_is_not_stored() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            if (call.number() == 1) {
                latch.pass();
            }
            call.json("[" + call.number() + "]", "Cache-Control: max-age=60", "Vary: *");
        });
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        Crowd<JsonNode> crowd = Crowd.of(50, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 50);
        latch.open();
        assertThat(crowd.values().stream().map(tree -> tree.get(0).intValue())).doesNotHaveDuplicates();
        assertThat(origin.requests()).isEqualTo(50);
        assertThat(origin.accepted()).isLessThanOrEqualTo(64);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void fields_outside_the_key_share_one_answer_and_the_first_callers_are_sent() throws Exception {
        HttpCache cache = given.cache();
        echo("X-Trace", open());
        assertThat(cache.fetch(with("X-Trace", "1")).json().stringValue()).isEqualTo("1");
        assertThat(cache.fetch(with("X-Trace", "2")).json().stringValue()).isEqualTo("1");
        assertThat(cache.get(origin.url("/a")).stringValue()).isEqualTo("1");
    }

    @Test
    void key_headers_can_be_chosen_but_credentials_always_count() throws Exception {
        HttpCache cache = given.cache(b -> b.keyHeaders("X-Tenant"));
        for (String name : List.of("X-Tenant", "authorization", "COOKIE")) {
            echo(name, open());
            assertThat(cache.fetch(with(name, "1")).json().stringValue()).isEqualTo("1");
            assertThat(cache.fetch(with(name, "2")).json().stringValue()).isEqualTo("2");
        }
        int before = origin.requests();
        cache.fetch(with("Accept-Language", "en"));
        cache.fetch(with("Accept-Language", "de"));
        assertThat(origin.requests()).as("shared with each other").isLessThanOrEqualTo(before + 1);
    }

    @Test
    void fields_that_the_cache_always_sends_are_those_of_the_plain_request() throws Exception {
        HttpCache cache = given.cache(b -> b.header("Authorization", "cache").header("X-Client", "me"));
        echo("Authorization", open());
        assertThat(cache.get(origin.url("/a")).stringValue()).isEqualTo("cache");
        assertThat(cache.fetch(with("Authorization", "cache")).served()).isEqualTo(Served.HIT);
        assertThat(cache.fetch(with("Authorization", "mine")).json().stringValue())
                .isEqualTo("mine");
        assertThat(cache.get(origin.url("/a")).stringValue()).isEqualTo("cache");
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(origin.calls("/a"))
                .allSatisfy(call -> assertThat(call.field("X-Client")).hasValue("me"));
    }

    @Test
    void values_that_run_together_stay_apart() throws Exception {
        HttpCache cache = given.cache(b -> b.keyHeaders("X-A", "X-B"));
        origin.on("/a", call -> call.json("\"" + call.field("X-A") + call.field("X-B") + "\""));
        List<HttpRequest> different = List.of(
                with("X-A", "xx-b1"),
                HttpRequest.newBuilder(origin.uri("/a"))
                        .header("X-A", "x")
                        .header("X-B", "1")
                        .build(),
                HttpRequest.newBuilder(origin.uri("/a"))
                        .header("X-A", "x1")
                        .header("X-B", "")
                        .build(),
                with("Cookie", "a=1; b=2"),
                HttpRequest.newBuilder(origin.uri("/a"))
                        .header("Cookie", "a=1")
                        .header("Cookie", "b=2")
                        .build());
        for (HttpRequest request : different) {
            assertThat(cache.fetch(request).served()).isEqualTo(Served.FETCHED);
        }
        assertThat(origin.requests()).isEqualTo(5);
    }
}
