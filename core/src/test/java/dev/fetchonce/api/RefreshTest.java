package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A refresh never returns a response whose request went out before the call. */
class RefreshTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    /** Answers each request with its number, as JSON. The first requests wait for these latches, one each. */
    private void counting(Latch... latches) {
        origin.on("/a", call -> {
            if (call.number() <= latches.length) {
                latches[call.number() - 1].pass();
            }
            call.json("[" + call.number() + "]");
        });
    }

    @Test
    void a_fresh_answer_is_asked_for_again_with_its_conditions_and_replaced() throws Exception {
        HttpCache cache = given.cache();
        origin.on("/a", call -> call.tagged(call.number() < 3 ? "\"1\"" : "\"2\"", "[" + call.number() + "]"));
        JsonNode tree = cache.get(origin.url("/a"));

        CachedResponse confirmed = cache.refresh(origin.uri("/a"));
        assertThat(confirmed.served()).isEqualTo(Served.REVALIDATED);
        assertThat(confirmed.json()).isSameAs(tree);
        assertThat(origin.calls("/a").get(1).field("If-None-Match")).hasValue("\"1\"");

        CachedResponse replaced = cache.refresh(origin.uri("/a"));
        assertThat(replaced.served()).isEqualTo(Served.FETCHED);
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(3);
        assertThat(origin.requests()).isEqualTo(3);
    }

    @Test
    void a_hundred_refreshers_during_a_sent_request_share_the_next_one_and_all_get_its_answer() {
        Latch first = given.latch();
        Latch second = given.latch();
        counting(first, second);
        HttpCache cache = given.cache();
        Crowd<JsonNode> getters = Crowd.of(10, () -> cache.get(origin.url("/a")));
        first.awaitArrivals(1);
        Await.until("the getters have joined", () -> Insides.joined(cache) == 10);

        Crowd<CachedResponse> refreshers = Crowd.of(100, () -> cache.refresh(origin.uri("/a")));
        Await.until("the refreshers have joined", () -> Insides.joined(cache) == 110);
        Crowd<JsonNode> later = Crowd.of(10, () -> cache.get(origin.url("/a")));
        Await.until("more getters have joined", () -> Insides.joined(cache) == 120);
        assertThat(origin.requests())
                .as("the next one waits for the running one")
                .isEqualTo(1);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(2);

        first.open();
        assertThat(getters.values())
                .allSatisfy(tree -> assertThat(tree.get(0).intValue()).isEqualTo(1));
        second.awaitArrivals(1);
        assertThat(refreshers.done()).isFalse();
        second.open();
        assertThat(refreshers.values()).allSatisfy(r -> assertThat(r.text()).isEqualTo("[2]"));
        assertThat(later.values())
                .allSatisfy(tree -> assertThat(tree.get(0).intValue()).isEqualTo(2));
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void the_next_request_validates_what_the_running_one_brought() {
        Latch first = given.latch();
        origin.on("/a", call -> {
            if (call.number() == 1) {
                first.pass();
            }
            call.tagged("\"1\"", "[1]");
        });
        HttpCache cache = given.cache();
        Crowd<JsonNode> getter = Crowd.one(() -> cache.get(origin.url("/a")));
        first.awaitArrivals(1);
        Crowd<CachedResponse> refresher = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        Await.until("the refresher has joined", () -> Insides.joined(cache) == 2);
        first.open();

        assertThat(refresher.value().served()).isEqualTo(Served.REVALIDATED);
        assertThat(getter.value().size()).isEqualTo(1);
        assertThat(origin.calls("/a").get(1).field("If-None-Match")).hasValue("\"1\"");
    }

    @Test
    void a_refresher_joins_a_fetch_that_has_not_sent_yet() {
        Latch unsent = given.latch();
        counting();
        HttpCache cache = given.cache(b -> b.requestCustomizer(request -> {
            unsent.passWhateverHappens();
            return request;
        }));
        Crowd<JsonNode> getter = Crowd.one(() -> cache.get(origin.url("/a")));
        unsent.awaitArrivals(1);
        Crowd<CachedResponse> refreshers = Crowd.of(10, () -> cache.refresh(origin.uri("/a")));
        Await.until("the refreshers have joined", () -> Insides.joined(cache) == 11);
        unsent.open();

        assertThat(getter.value().get(0).intValue()).isEqualTo(1);
        assertThat(refreshers.values()).allSatisfy(r -> assertThat(r.served()).isEqualTo(Served.COLLAPSED));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void it_throws_on_failure_although_a_stored_answer_exists_and_keeps_that() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        counting();
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(503));

        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
        assertThat(cache.fetch(origin.url("/a")).served()).as("still fresh").isEqualTo(Served.HIT);
        clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.trouble().map(Trouble::consecutiveFailures).orElse(0)).isEqualTo(3);
        origin.down();
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(FetchException.class);
    }

    @Test
    void when_the_running_request_fails_the_refreshers_still_get_the_next_answer() {
        Latch first = given.latch();
        origin.on("/a", call -> {
            if (call.number() == 1) {
                first.pass();
                call.status(500);
            } else {
                call.json("[" + call.number() + "]");
            }
        });
        HttpCache cache = given.cache();
        Crowd<JsonNode> getter = Crowd.one(() -> cache.get(origin.url("/a")));
        first.awaitArrivals(1);
        Crowd<CachedResponse> refreshers = Crowd.of(10, () -> cache.refresh(origin.uri("/a")));
        Await.until("the refreshers have joined", () -> Insides.joined(cache) == 11);
        first.open();

        assertThat(getter.thrown().getFirst()).isInstanceOf(StatusException.class);
        assertThat(refreshers.values()).allSatisfy(r -> assertThat(r.text()).isEqualTo("[2]"));
    }

    @Test
    void a_running_request_that_never_ends_holds_the_refreshers_only_until_its_deadline() {
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.awaitDisconnect();
            } else {
                call.json("[" + call.number() + "]");
            }
        });
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofSeconds(1))
                .firstTimeout(Duration.ofSeconds(1))
                .patience(Duration.ofSeconds(40)));
        Crowd<JsonNode> getter = Crowd.one(() -> cache.get(origin.url("/a")));
        Await.until("it is sent", () -> origin.requests() == 1);
        Crowd<CachedResponse> refresher = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        assertThat(getter.thrown().getFirst()).isInstanceOf(FetchTimeoutException.class);
        assertThat(refresher.value().text()).isEqualTo("[2]");
    }

    @Test
    void an_interrupted_refresher_leaves_alone() {
        Latch first = given.latch();
        counting(first);
        HttpCache cache = given.cache();
        Crowd<CachedResponse> refreshers = Crowd.of(3, () -> cache.refresh(origin.uri("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 3);
        refreshers.interrupt(1);
        first.open();
        List<Crowd.Outcome<CachedResponse>> outcomes = refreshers.outcomes();
        assertThat(outcomes.get(1).thrown()).isInstanceOf(InterruptedException.class);
        assertThat(outcomes.get(0).thrown()).isNull();
        assertThat(outcomes.get(2).thrown()).isNull();
    }

    /**
     * Each response is the number of its request. A refresher gets the number of a request that the origin had not seen
     * at the time of the call.
     */
    @Test
    void in_a_storm_of_gets_refreshes_and_invalidations_no_refresher_gets_an_answer_asked_for_before_its_call() {
        counting();
        HttpCache cache = given.cache(b -> b.ttl(Duration.ofMillis(1)));
        Crowd<Integer> crowd = Crowd.of(64, i -> () -> {
            int refreshed = 0;
            for (int round = 0; round < 40; round++) {
                int seen = origin.requests();
                switch ((i + ThreadLocalRandom.current().nextInt(2)) % 4) {
                    case 0 -> cache.get(origin.url("/a"));
                    case 1 -> cache.invalidate(origin.uri("/a"));
                    default -> {
                        int number =
                                cache.refresh(origin.uri("/a")).json().get(0).intValue();
                        assertThat(number).isGreaterThan(seen);
                        refreshed++;
                    }
                }
            }
            return refreshed;
        });
        assertThat(crowd.values().stream().mapToInt(n -> n).sum()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vary: *", "Vary: Accept", "Cache-Control: no-store", "Cache-Control: private"})
    void after_it_no_caller_gets_the_earlier_answer_whether_or_not_the_new_one_is_stored(String field)
            throws Exception {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        origin.on(
                "/a",
                call -> call.json(
                        "[" + call.number() + "]", call.number() == 1 ? "Cache-Control: max-age=100" : field));
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        assertThat(cache.refresh(origin.uri("/a")).json().get(0).intValue()).isEqualTo(2);
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isGreaterThanOrEqualTo(2);
    }
}
