package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Options that limit the wait of callers: {@code softTimeout}, {@code maximumWaiters} and {@code cancelAbandoned}. */
class WaitLimitsTest extends ExpiringResponses {
    @Test
    void with_soft_patience_a_caller_gets_the_stale_answer_and_the_flight_is_stored() throws Exception {
        HttpCache cache = withStale(cache(b -> b.softTimeout(Duration.ofMillis(20))), "/a");
        Latch latch = held("/a");
        assertThat(Crowd.of(20, () -> cache.fetch(origin.url("/a"))).values()).allSatisfy(r -> {
            assertThat(r.served()).isEqualTo(Served.STALE_PATIENCE);
            assertThat(r.text()).isEqualTo("[1]");
        });
        latch.open();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void without_any_soft_patience_a_caller_waits_for_nothing_that_it_can_do_without() throws Exception {
        HttpCache cache = withStale(cache(b -> b.softTimeout(Duration.ZERO)), "/a");
        Latch latch = held("/a");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_PATIENCE);
        latch.open();
        awaitLanding(cache);
        origin.json("/b", "[1]");
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void with_soft_patience_a_caller_whose_stale_answer_was_invalidated_meanwhile_waits_for_its_flight()
            throws Exception {
        HttpCache cache = withStale(cache(b -> b.softTimeout(Duration.ofSeconds(2))), "/a", "/later");
        Latch latch = held("/a");
        Latch later = held("/later");
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.invalidate(origin.uri("/a"));
        assertThat(cache.fetch(origin.url("/later")).served())
                .as("whose soft patience ends after that of the first")
                .isEqualTo(Served.STALE_PATIENCE);
        latch.open();
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
        Latch latch = held("/busy");
        Crowd<JsonNode> busy = Crowd.one(() -> cache.get(origin.url("/busy")));
        latch.awaitArrivals(1);
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_PATIENCE);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(2);
        latch.open();
        busy.value();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests("/a")).isEqualTo(2);
    }

    @Test
    void a_fetch_is_called_off_when_the_last_caller_has_gone_and_its_connection_is_closed() throws Exception {
        HttpCache cache = cache(b -> b.cancelAbandoned(true));
        Latch reached = given.latch();
        Latch disconnected = given.latch();
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
        Latch latch = held("/a");
        Crowd<JsonNode> three = Crowd.of(3, () -> cache.get(origin.url("/a")));
        Await.until("three wait", () -> Insides.joined(cache) == 3);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOfSatisfying(FetchException.class, e -> {
                assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_WAITERS);
                assertThat(e).hasMessageContaining("3 callers (maximumWaiters)").hasMessageContaining("127.0.0.1");
            });
        }
        latch.open();
        assertThat(three.values()).hasSize(3);
        assertThat(cache.stats().failures()).containsExactly(Map.entry(Reason.TOO_MANY_WAITERS, 5L));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void one_caller_too_many_gets_the_stale_answer_at_once_where_there_is_one() throws Exception {
        HttpCache cache = withStale(cache(b -> b.maximumWaiters(1)), "/a");
        Latch latch = held("/a");
        Crowd<JsonNode> one = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);
        CachedResponse crowded = cache.fetch(origin.url("/a"));
        assertThat(crowded.served()).isEqualTo(Served.STALE_PATIENCE);
        assertThat(crowded.text()).isEqualTo("[1]");
        latch.open();
        assertThat(one.value().get(0).intValue()).isEqualTo(2);
        assertThat(cache.stats().failures()).isEmpty();
    }
}
