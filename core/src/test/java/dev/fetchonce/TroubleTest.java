package dev.fetchonce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * The optional behaviour of a cache when an origin is in trouble or a freshness lifetime ends: every option except
 * backoff.
 */
class TroubleTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration PAST_TTL = Duration.ofMinutes(2);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    /** Returns a cache without backoff, which asks again at once after a failure. */
    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b -> options.apply(b.ttl(TTL).clock(clock::nanoTime, clock.wall())));
    }

    /** Returns a cache with the library's default backoff. */
    private HttpCache withBackoff(UnaryOperator<HttpCache.Builder> options) {
        return given.withBackoff(b -> options.apply(b.ttl(TTL)
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .clock(clock::nanoTime, clock.wall())));
    }

    private HttpCache withStale(HttpCache cache, String... paths) throws Exception {
        for (String path : paths) {
            origin.json(path, "[1]");
            cache.get(origin.url(path));
        }
        awaitLanding(cache); // a flight's thread ends after its callers return
        clock.advance(PAST_TTL);
        return cache;
    }

    /** Lets the path answer "[2]" from now on, but only after the latch opens. */
    private Latch held(String path) {
        Latch gate = given.gate();
        origin.on(path, call -> {
            gate.pass();
            call.json("[2]");
        });
        return gate;
    }

    private static void awaitLanding(HttpCache cache) {
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
    }

    private static String[] paths(int count) {
        return IntStream.range(0, count).mapToObj(i -> "/p" + i).toArray(String[]::new);
    }

    @Test
    void while_revalidating_the_stale_answer_is_given_at_once_and_one_flight_brings_the_new_one() throws Exception {
        HttpCache cache = withStale(cache(b -> b.staleWhileRevalidate(Duration.ofMinutes(5))), "/a");
        Latch gate = held("/a");
        assertThat(Crowd.of(200, () -> cache.fetch(origin.url("/a"))).values()).allSatisfy(r -> {
            assertThat(r.served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
            assertThat(r.stale()).isTrue();
            assertThat(r.consecutiveFailures()).isZero();
            assertThat(r.text()).isEqualTo("[1]");
        });
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        gate.open();
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
            assertThat(held.consecutiveFailures()).isEqualTo(1);
            assertThat(held.nextAttempt()).isPresent();
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
        Latch gate = given.gate();
        for (String path : paths) {
            origin.on(path, call -> {
                gate.pass();
                call.json("[2]");
            });
        }
        for (String path : paths) {
            assertThat(cache.fetch(origin.url(path)).served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
        }
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(2);
        gate.awaitArrivals(2);
        gate.open();
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
            Latch gate = given.gate();
            for (String path : paths) {
                origin.on(path, call -> {
                    gate.pass();
                    call.json("[2]");
                });
            }
            Latch start = given.gate();
            Crowd<CachedResponse> crowd = Crowd.of(100, i -> () -> {
                start.pass();
                return cache.fetch(origin.url(paths[i]));
            });
            start.awaitArrivals(100);
            start.open();
            assertThat(crowd.values()).hasSize(100);
            assertThat(cache.stats().fetchesInProgress()).isLessThanOrEqualTo(2);
            gate.open();
            awaitLanding(cache);
        }
    }

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
        Latch gate = held("/a");
        for (int i = 0; i < 20; i++) {
            assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        }
        gate.open();
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

    @Test
    void with_soft_patience_a_caller_gets_the_stale_answer_and_the_flight_is_stored() throws Exception {
        HttpCache cache = withStale(cache(b -> b.softTimeout(Duration.ofMillis(20))), "/a");
        Latch gate = held("/a");
        assertThat(Crowd.of(20, () -> cache.fetch(origin.url("/a"))).values()).allSatisfy(r -> {
            assertThat(r.served()).isEqualTo(Served.STALE_PATIENCE);
            assertThat(r.text()).isEqualTo("[1]");
        });
        gate.open();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void without_any_soft_patience_a_caller_waits_for_nothing_that_it_can_do_without() throws Exception {
        HttpCache cache = withStale(cache(b -> b.softTimeout(Duration.ZERO)), "/a");
        Latch gate = held("/a");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_PATIENCE);
        gate.open();
        awaitLanding(cache);
        origin.json("/b", "[1]");
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void with_soft_patience_a_caller_whose_stale_answer_was_invalidated_meanwhile_waits_for_its_flight()
            throws Exception {
        HttpCache cache = withStale(cache(b -> b.softTimeout(Duration.ofSeconds(2))), "/a", "/later");
        Latch gate = held("/a");
        Latch later = held("/later");
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        gate.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        assertThat(cache.fetch(origin.url("/later")).served())
                .as("whose soft patience ends after that of the first")
                .isEqualTo(Served.STALE_PATIENCE);
        gate.open();
        later.open();
        assertThat(caller.value().text()).isEqualTo("[2]");
    }

    @Test
    void a_flight_that_queues_goes_on_though_soft_patience_has_ended() throws Exception {
        HttpCache cache = withStale(
                cache(b -> b.softTimeout(Duration.ofMillis(20))
                        .connectionsPerOrigin(1)
                        .cancelAbandoned(true)),
                "/a");
        Latch gate = held("/busy");
        Crowd<JsonNode> busy = Crowd.one(() -> cache.get(origin.url("/busy")));
        gate.awaitArrivals(1);
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_PATIENCE);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(2);
        gate.open();
        busy.value();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests("/a")).isEqualTo(2);
    }

    @Test
    void an_answer_that_says_no_is_remembered_for_its_time() throws Exception {
        HttpCache cache = cache(b -> b.negativeTtl(404, Duration.ofSeconds(10)).negativeTtl(410, TTL));
        origin.on("/a", call -> call.status(404));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        clock.advance(Duration.ofSeconds(10).minusNanos(1));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOfSatisfying(StatusException.class, e -> {
                assertThat(e.status()).hasValue(404);
                assertThat(e.nextAttempt()).hasValue(clock.wall().instant().plusNanos(1));
            });
        }
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(origin.requests()).isEqualTo(1);

        clock.advance(Duration.ofNanos(1));
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void who_asks_to_be_left_alone_for_longer_than_its_no_is_remembered_is_left_alone() {
        HttpCache cache = withBackoff(b -> b.negativeTtl(429, Duration.ofSeconds(1)));
        origin.on("/a", call -> call.status(429, "Retry-After: 20"));
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
            clock.advance(Duration.ofSeconds(2));
        }
        assertThat(origin.requests()).as("the first keeps nobody away").isEqualTo(2);
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
    void a_remembered_no_is_not_told_for_longer_while_it_is_revalidated() throws Exception {
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

    @Test
    void a_fetch_is_called_off_when_the_last_caller_has_gone_and_its_connection_is_closed() throws Exception {
        HttpCache cache = cache(b -> b.cancelAbandoned(true));
        Latch reached = given.gate();
        Latch disconnected = given.gate();
        reached.open();
        disconnected.open();
        origin.on("/a", call -> {
            reached.pass();
            call.awaitDisconnect();
            disconnected.pass();
        });
        Crowd<JsonNode> callers = Crowd.of(10, () -> cache.get(origin.url("/a")));
        reached.awaitArrivals(1);
        Await.until("all have joined", () -> Insides.joined(cache) == 10);
        for (int i = 0; i < 9; i++) {
            callers.interrupt(i);
        }
        Await.until("nine have gone", () -> !callers.done() && cache.stats().fetchesInProgress() == 1);
        assertThat(disconnected.arrived()).isZero();
        callers.interrupt(9);
        disconnected.awaitArrivals(1);
        assertThat(callers.thrown()).allSatisfy(e -> assertThat(e).isInstanceOf(InterruptedException.class));
        awaitLanding(cache);
        assertThat(cache.stats().failures()).isEmpty();

        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void no_patient_caller_is_hurt_by_impatient_ones_that_have_fetches_called_off() {
        HttpCache cache = given.cache(b -> b.ttl(Duration.ZERO).cancelAbandoned(true));
        origin.on("/a", call -> {
            LockSupport.parkNanos(2_000_000);
            call.json("[1]");
        });
        long end = System.nanoTime() + 2_000_000_000L;
        AtomicInteger left = new AtomicInteger();
        Crowd<Integer> impatient = Crowd.of(8, i -> () -> {
            HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                    .timeout(Duration.ofNanos(300_000L * (i + 1)))
                    .build();
            for (int n = 0; ; n++) {
                if (end - System.nanoTime() < 0) {
                    return n;
                }
                try {
                    cache.refresh(request);
                } catch (FetchTimeoutException e) {
                    left.incrementAndGet();
                }
            }
        });
        Crowd<Integer> patient = Crowd.of(4, () -> {
            for (int n = 0; ; n++) {
                if (end - System.nanoTime() < 0) {
                    return n;
                }
                assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
                LockSupport.parkNanos(1_000_000);
            }
        });
        assertThat(patient.values()).allSatisfy(n -> assertThat(n).isPositive());
        assertThat(impatient.values()).hasSize(8);
        assertThat(left).hasPositiveValue();
    }

    @Test
    void one_caller_too_many_is_refused_at_once() {
        HttpCache cache = cache(b -> b.maximumWaiters(3));
        Latch gate = held("/a");
        Crowd<JsonNode> three = Crowd.of(3, () -> cache.get(origin.url("/a")));
        Await.until("three wait", () -> Insides.joined(cache) == 3);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOfSatisfying(FetchException.class, e -> {
                assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_WAITERS);
                assertThat(e).hasMessageContaining("3 callers (maximumWaiters)").hasMessageContaining("127.0.0.1");
            });
        }
        gate.open();
        assertThat(three.values()).hasSize(3);
        assertThat(cache.stats().failures()).containsExactly(Map.entry(Reason.TOO_MANY_WAITERS, 5L));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void one_caller_too_many_gets_the_stale_answer_at_once_where_there_is_one() throws Exception {
        HttpCache cache = withStale(cache(b -> b.maximumWaiters(1)), "/a");
        Latch gate = held("/a");
        Crowd<JsonNode> one = Crowd.one(() -> cache.get(origin.url("/a")));
        gate.awaitArrivals(1);
        CachedResponse crowded = cache.fetch(origin.url("/a"));
        assertThat(crowded.served()).isEqualTo(Served.STALE_PATIENCE);
        assertThat(crowded.text()).isEqualTo("[1]");
        gate.open();
        assertThat(one.value().get(0).intValue()).isEqualTo(2);
        assertThat(cache.stats().failures()).isEmpty();
    }

    @Test
    void two_failures_and_a_success_within_one_call_are_a_success() throws Exception {
        HttpCache cache = cache(b -> b.retries(2));
        origin.on("/a", call -> {
            if (call.number() < 3) {
                call.status(503);
            } else {
                call.json("[3]");
            }
        });
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.FETCHED);
        assertThat(response.consecutiveFailures()).isZero();
        assertThat(response.text()).isEqualTo("[3]");
        assertThat(origin.requests()).isEqualTo(3);
        assertThat(cache.stats().failures()).isEmpty();
    }

    @Test
    void retries_that_all_fail_are_one_failure() throws Exception {
        HttpCache cache = withStale(withBackoff(b -> b.retries(3)), "/a");
        origin.on("/a", call -> call.status(500));
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(response.consecutiveFailures()).isEqualTo(1);
        assertThat(origin.requests("/a")).isEqualTo(1 + 4);
        assertThat(cache.stats().failures()).containsExactly(Map.entry(Reason.STATUS, 1L));
    }

    @Test
    void an_answer_is_not_retried() {
        HttpCache cache = cache(b -> b.retries(3));
        assertThatThrownBy(() -> cache.get(origin.url("/none"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_retry_that_would_come_after_the_deadline_or_before_the_origin_wants_it_is_not_made() {
        HttpCache cache = given.withBackoff(b -> b.retries(10).timeout(Duration.ofSeconds(1)));
        origin.on("/a", call -> call.status(503, "Retry-After: 5"));
        assertThatThrownBy(() -> cache.get(origin.url("/a")))
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(503));
        assertThat(origin.requests()).isEqualTo(1);
        origin.on("/b", call -> call.status(503));
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).isInstanceOf(FetchException.class);
        assertThat(origin.requests("/b")).isBetween(1, 10);
    }

    @Test
    void a_retry_respects_retry_after_however_short_the_waits_between_fetches_are() {
        HttpCache cache = cache(b -> b.retries(1)); // its longest wait between fetches is a nanosecond
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.status(503, "Retry-After: 3600");
            } else {
                call.json("[2]");
            }
        });
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }
}
