package dev.fetchonce.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ThreadDump;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Flights queue for the connections of an origin, in order. A flight leaves the queue when its last waiter leaves. */
class PermitsQueueTest {
    private static final int MANY = 10_000;
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    private CachedResponse patiently(HttpCache cache, String path) throws Exception {
        return cache.fetch(
                HttpRequest.newBuilder(origin.uri(path)).timeout(LONG).build());
    }

    /** Returns a cache whose one connection to the origin is taken by a call for /held. */
    private HttpCache busy(Latch latch, Duration patience) {
        origin.on("/held", call -> {
            latch.pass();
            call.json("[\"held\"]");
        });
        HttpCache cache =
                given.impatient(b -> b.timeout(LONG).patience(patience).connectionsPerOrigin(1));
        Crowd.one(() -> patiently(cache, "/held"));
        latch.awaitArrivals(1);
        return cache;
    }

    @Test
    void ten_thousand_cold_urls_are_all_answered_over_sixty_four_connections() {
        AtomicInteger most = new AtomicInteger();
        origin.on("/a", call -> {
            most.accumulateAndGet(origin.connections(), Math::max);
            Thread.sleep(50); // the latency of the origin
            most.accumulateAndGet(origin.connections(), Math::max);
            call.json("[\"" + call.target() + "\"]");
        });
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofSeconds(30)).patience(LONG));
        List<String> bodies = Crowd.of(
                        MANY, i -> () -> cache.get(origin.url("/a?" + i)).get(0).stringValue())
                .values();
        for (int i = 0; i < MANY; i++) {
            assertThat(bodies.get(i)).isEqualTo("/a?" + i);
        }
        assertThat(origin.requests()).isEqualTo(MANY);
        assertThat(most).as("connections open at once").hasValueLessThanOrEqualTo(64);
        assertThat(cache.stats().failures()).isEmpty();
    }

    @Test
    void a_flight_without_waiters_leaves_the_queue_unsent() throws Exception {
        origin.json("/left", "1").json("/next", "[2]");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, LONG);
        Crowd<CachedResponse> leaver = Crowd.one(() -> cache.fetch(origin.url("/left")));
        Await.until("its flight is up", () -> Insides.fetchesInProgress(cache) == 2);
        leaver.interruptAll();
        assertThat(leaver.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        Await.until("its flight is given up", () -> Insides.fetchesInProgress(cache) == 1);

        Crowd<CachedResponse> next = Crowd.one(() -> cache.fetch(origin.url("/next")));
        latch.open();
        assertThat(next.value().text()).isEqualTo("[2]");
        assertThat(origin.requests("/left")).isZero();
        assertThat(cache.peek(origin.uri("/left"))).isEmpty();
        assertThat(cache.fetch(origin.url("/left")).text()).isEqualTo("1");
    }

    @Test
    void a_flight_with_a_waiter_stays_in_the_queue() throws Exception {
        origin.json("/left", "[1]");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, LONG);
        Crowd<CachedResponse> leaver = Crowd.one(() -> cache.fetch(origin.url("/left")));
        Await.until("its flight is up", () -> Insides.joined(cache) == 2);
        Crowd<CachedResponse> stayer = Crowd.one(() -> cache.fetch(origin.url("/left")));
        Await.until("another has joined", () -> Insides.joined(cache) == 3);
        leaver.interruptAll();
        assertThat(leaver.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        assertThat(stayer.done()).isFalse();
        latch.open();
        assertThat(stayer.value().text()).isEqualTo("[1]");
        assertThat(origin.requests("/left")).isEqualTo(1);
    }

    @Test
    void a_caller_that_joins_after_all_have_left_gets_an_answer() throws Exception {
        origin.json("/left", "[1]");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, LONG);
        for (int i = 0; i < 100; i++) {
            Crowd<CachedResponse> leaver = Crowd.one(() -> cache.fetch(origin.url("/left")));
            leaver.interruptAll();
            leaver.outcomes();
        }
        Crowd<CachedResponse> stays = Crowd.one(() -> cache.fetch(origin.url("/left")));
        latch.open();
        assertThat(stays.value().text()).isEqualTo("[1]");
        assertThat(origin.requests("/left")).isEqualTo(1);
    }

    @Test
    void patience_that_ends_in_the_queue_says_that_all_connections_were_busy() {
        origin.json("/b", "1");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, SHORT);
        List<Throwable> thrown = Crowd.of(20, () -> cache.get(origin.url("/b"))).thrown();
        assertThat(thrown).allSatisfy(e -> {
            assertThat(e).isInstanceOf(FetchTimeoutException.class);
            assertThat(((FetchException) e).reason()).as(e.toString()).isEqualTo(Reason.BUSY);
            assertThat(e).hasMessageContaining(origin.url("")).hasMessageContaining("connectionsPerOrigin");
        });
        Await.until("their flight is given up", () -> Insides.fetchesInProgress(cache) == 1);
        assertThat(origin.requests("/b")).isZero();
    }

    @Test
    void patience_that_ends_in_the_queue_brings_the_stale_answer() throws Exception {
        origin.json("/b", "[1]");
        Latch latch = given.latch();
        HttpCache cache = given.impatient(
                b -> b.timeout(LONG).patience(SHORT).connectionsPerOrigin(1).ttl(Duration.ZERO));
        assertThat(patiently(cache, "/b").text()).isEqualTo("[1]");
        origin.on("/held", call -> {
            latch.pass();
            call.json("1");
        });
        Crowd<CachedResponse> holder = Crowd.one(() -> patiently(cache, "/held"));
        latch.awaitArrivals(1);
        assertThat(cache.fetch(origin.url("/b")).text()).isEqualTo("[1]");
        assertThat(origin.requests("/b")).isEqualTo(1);
        latch.open();
        holder.values();
    }

    @Test
    void a_caller_more_patient_than_the_cache_queues_as_long_as_that() throws Exception {
        origin.json("/b", "[1]").json("/c", "1");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, SHORT);
        Crowd<CachedResponse> patient = Crowd.one(() -> patiently(cache, "/b"));
        Await.until("it has joined", () -> Insides.joined(cache) == 2);
        for (int i = 0; i < 2; i++) { // each waits for the cache's patience, behind the patient one
            assertThat(Crowd.one(() -> cache.get(origin.url("/c"))).thrown().getFirst())
                    .isInstanceOf(FetchTimeoutException.class);
        }
        assertThat(patient.done()).isFalse();
        latch.open();
        assertThat(patient.value().text()).isEqualTo("[1]");
        assertThat(origin.requests("/b")).isEqualTo(1);
    }

    @Test
    void a_caller_that_joins_the_flight_of_an_impatient_one_keeps_it_in_the_queue() throws Exception {
        origin.json("/b", "[1]");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, SHORT);
        Crowd<CachedResponse> hasty = Crowd.one(() -> cache.fetch(origin.url("/b")));
        Await.until("it has joined", () -> Insides.joined(cache) == 2);
        Crowd<CachedResponse> patient = Crowd.one(() -> patiently(cache, "/b"));
        Await.until("the patient one has joined", () -> Insides.joined(cache) == 3);
        assertThat(hasty.thrown().getFirst()).isInstanceOf(FetchTimeoutException.class);
        latch.open();
        assertThat(patient.value().text()).isEqualTo("[1]");
        assertThat(origin.requests("/b")).isEqualTo(1);
    }

    @Test
    void a_queued_flight_takes_no_thread() throws Exception {
        origin.json("/q", "[1]");
        Latch latch = given.latch();
        HttpCache cache = busy(latch, LONG);
        Crowd<JsonNode> crowd = Crowd.of(1_000, i -> () -> cache.get(origin.url("/q?" + i)));
        Await.until("all queue", () -> Insides.fetchesInProgress(cache) == 1_001);
        assertThat(ThreadDump.virtualThreads("fetchonce-flight"))
                .as("flights with a thread")
                .isLessThan(500); // flights of other tests may linger
        latch.open();
        assertThat(crowd.values()).hasSize(1_000);
    }

    /** Such code may call the same origin through the same cache, while all connections but one are in use. */
    @Test
    void code_that_makes_the_request_runs_before_the_fetch_has_a_connection() throws Exception {
        origin.json("/token", "\"t\"").json("/a", "[1]");
        HttpCache[] self = new HttpCache[1];
        self[0] = given.impatient(b -> b.timeout(LONG)
                .patience(LONG)
                .connectionsPerOrigin(1)
                .requestCustomizer(request -> {
                    if (!request.uri().getPath().equals("/a")) {
                        return request;
                    }
                    try {
                        String token = self[0].get(origin.url("/token")).stringValue();
                        return HttpRequest.newBuilder(request, (name, value) -> true)
                                .header("Token", token)
                                .build();
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        assertThat(Crowd.of(20, i -> () -> self[0].get(origin.url("/a?" + i))).values())
                .hasSize(20);
        assertThat(origin.requests("/token")).isEqualTo(1);
    }

    @Test
    void the_longest_time_in_a_queue_counts_fetches_that_were_given_up_too() throws Exception {
        Latch latch = given.latch();
        HttpCache cache = busy(latch, LONG);
        HttpRequest brief =
                HttpRequest.newBuilder(origin.uri("/q")).timeout(SHORT).build();
        assertThatThrownBy(() -> cache.fetch(brief)).isInstanceOf(FetchTimeoutException.class);
        Await.until("given up", () -> cache.stats().fetchesInProgress() == 1);
        assertThat(cache.stats().maximumQueueTime()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
}
