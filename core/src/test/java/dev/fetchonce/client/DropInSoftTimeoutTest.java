package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.ClientOptions;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A drop-in client with a soft timeout: its callers leave a slow fetch with a stale response, where one may stand in. */
class DropInSoftTimeoutTest {
    private static final Duration STALE_AGE = Duration.ofMinutes(2);
    private static final String STALE_IF_ERROR = "Cache-Control: max-age=60, stale-if-error=600";
    private static final ClientOptions AT_ONCE = ClientOptions.defaults().softTimeout(Duration.ZERO);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final Latch latch = given.latch();
    private final TestClock clock = new TestClock();

    private HttpCache cache(Duration timeout) {
        return given.cache(b -> b.freshness(Freshness.http()).timeout(timeout).clock(clock::nanoTime, clock.wall()));
    }

    private HttpCache cache() {
        return cache(Duration.ofSeconds(30));
    }

    private HttpResponse<String> get(HttpClient client) throws Exception {
        return client.send(HttpRequest.newBuilder(origin.uri("/a")).build(), BodyHandlers.ofString());
    }

    /** Stores "[1]" and lets it go stale; from then on the origin answers "[2]" when the latch opens. */
    private void withStale(HttpCache cache, String fields) throws Exception {
        origin.json("/a", "[1]", fields);
        get(cache.asHttpClient());
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        clock.advance(STALE_AGE);
        origin.on("/a", call -> {
            latch.pass();
            call.json("[2]", fields);
        });
    }

    private static String status(HttpResponse<?> response) {
        return response.headers().firstValue("Cache-Status").orElseThrow();
    }

    @Test
    void a_caller_leaves_a_slow_fetch_with_the_stale_response_and_the_fetch_is_stored() throws Exception {
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient(AT_ONCE);
        withStale(cache, STALE_IF_ERROR);
        HttpResponse<String> stale = get(client);
        assertThat(stale.body()).isEqualTo("[1]");
        assertThat(status(stale)).contains("fwd=stale").contains("detail=patience");
        assertThat(stale.headers().firstValue("Age")).contains("120");
        latch.awaitArrivals(1);
        HttpResponse<String> second = get(client);
        assertThat(second.body()).isEqualTo("[1]");
        latch.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        HttpResponse<String> renewed = get(client);
        assertThat(renewed.body()).isEqualTo("[2]");
        assertThat(status(renewed)).contains("hit");
        assertThat(origin.requests("/a")).isEqualTo(2);
    }

    @Test
    void a_caller_of_the_default_client_waits_for_the_fetch_that_another_caller_left() throws Exception {
        HttpCache cache = cache();
        withStale(cache, STALE_IF_ERROR);
        assertThat(get(cache.asHttpClient(AT_ONCE)).body()).isEqualTo("[1]");
        Crowd<String> patient = Crowd.one(() -> get(cache.asHttpClient()).body());
        Await.until("it has joined", () -> cache.stats().collapsed() == 1);
        latch.open();
        assertThat(patient.value()).isEqualTo("[2]");
        assertThat(origin.requests("/a")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Cache-Control: max-age=60, stale-if-error=600, must-revalidate", "Cache-Control: max-age=60"})
    void where_no_stale_response_may_stand_in_a_caller_waits(String fields) throws Exception {
        HttpCache cache = cache();
        withStale(cache, fields);
        Crowd<String> caller = Crowd.one(() -> get(cache.asHttpClient(AT_ONCE)).body());
        latch.awaitArrivals(1);
        assertThat(caller.done()).isFalse();
        latch.open();
        assertThat(caller.value()).isEqualTo("[2]");
    }

    @Test
    void a_hanging_fetch_that_its_caller_left_ends_at_the_timeout_of_the_cache() throws Exception {
        HttpCache cache = cache(Duration.ofMillis(50));
        withStale(cache, STALE_IF_ERROR);
        origin.on("/a", Call::awaitDisconnect);
        assertThat(get(cache.asHttpClient(AT_ONCE)).body()).isEqualTo("[1]");
        Await.until("it has ended", () -> cache.stats().fetchesInProgress() == 0);
    }

    @Test
    void a_longer_soft_timeout_than_the_timeout_of_the_cache_lets_the_exchange_last_as_long() throws Exception {
        HttpCache cache = cache(Duration.ofMillis(1));
        withStale(cache, STALE_IF_ERROR);
        HttpClient client = cache.asHttpClient(ClientOptions.defaults().softTimeout(Duration.ofSeconds(30)));
        Crowd<String> caller = Crowd.one(() -> get(client).body());
        latch.awaitArrivals(1);
        latch.open();
        assertThat(caller.value()).isEqualTo("[2]");
    }

    @Test
    void a_caller_of_the_default_client_is_not_bound_by_the_end_of_such_a_fetch() throws Exception {
        HttpCache cache = cache(Duration.ofMillis(50));
        withStale(cache, STALE_IF_ERROR);
        assertThat(get(cache.asHttpClient(AT_ONCE)).body()).isEqualTo("[1]");
        Crowd<String> patient = Crowd.one(() -> get(cache.asHttpClient()).body());
        awaitTimeout(cache);
        latch.open();
        assertThat(patient.value()).isEqualTo("[2]");
    }

    @Test
    void a_leader_whose_stale_response_is_gone_waits_on_after_the_end_of_such_a_fetch() throws Exception {
        AtomicReference<Thread> leader = new AtomicReference<>();
        AtomicInteger looks = new AtomicInteger();
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http())
                .timeout(Duration.ofMillis(50))
                .clock(
                        () -> {
                            if (Thread.currentThread().equals(leader.get()) && looks.incrementAndGet() == 2) {
                                clock.advance(Duration.ofHours(1)); // after the look that finds the stale response
                            }
                            return clock.nanoTime();
                        },
                        clock.wall()));
        HttpClient client = cache.asHttpClient(AT_ONCE);
        withStale(cache, STALE_IF_ERROR);
        Crowd<String> caller = Crowd.one(() -> {
            leader.set(Thread.currentThread());
            return get(client).body();
        });
        awaitTimeout(cache);
        latch.open();
        assertThat(caller.value()).isEqualTo("[2]");
    }

    @Test
    void a_leader_whose_fetch_hangs_before_its_soft_timeout_gets_the_stale_response() throws Exception {
        AtomicBoolean hangs = new AtomicBoolean();
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http())
                .timeout(Duration.ofMillis(50))
                .requestCustomizer(request -> {
                    if (hangs.get()) {
                        latch.passWhateverHappens();
                    }
                    return request;
                })
                .clock(clock::nanoTime, clock.wall()));
        withStale(cache, STALE_IF_ERROR);
        hangs.set(true);
        HttpClient client = cache.asHttpClient(ClientOptions.defaults().softTimeout(Duration.ofMinutes(10)));
        HttpResponse<String> stale = Crowd.one(() -> get(client)).value();
        latch.open();
        assertThat(stale.body()).isEqualTo("[1]");
        assertThat(status(stale)).contains("detail=timeout");
    }

    @Test
    void a_caller_of_sendAsync_or_of_a_stream_leaves_a_slow_fetch_too_and_counts() throws Exception {
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient(AT_ONCE);
        withStale(cache, STALE_IF_ERROR);
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        assertThat(client.sendAsync(request, BodyHandlers.ofString()).get().body())
                .isEqualTo("[1]");
        assertThat(client.send(request, BodyHandlers.ofLines()).body()).containsExactly("[1]");
        latch.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.stats().stale()).isEqualTo(Map.of(Served.STALE_PATIENCE, 2L));
        assertThat(cache.stats().heldByBackoff()).isZero();
        assertThat(origin.requests("/a")).isEqualTo(2);
    }

    private static void awaitTimeout(HttpCache cache) {
        Await.until("a fetch has timed out", () -> cache.stats().failures().containsKey(Reason.TIMEOUT));
    }

    @Test
    void a_body_of_unknown_length_ends_with_its_reader_although_a_caller_left_with_the_stale_response()
            throws Exception {
        HttpCache cache = cache();
        withStale(cache, STALE_IF_ERROR);
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\n" + STALE_IF_ERROR + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n");
            call.awaitDisconnect();
        });
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        try (InputStream body =
                cache.asHttpClient().send(request, BodyHandlers.ofInputStream()).body()) {
            assertThat(body.read()).isEqualTo('[');
            assertThat(get(cache.asHttpClient(AT_ONCE)).body()).isEqualTo("[1]");
        }
        Await.until("it has ended", () -> cache.stats().fetchesInProgress() == 0);
    }

    @Test
    void a_fetch_of_the_default_client_ends_with_its_own_callers() throws Exception {
        HttpCache cache = cache();
        withStale(cache, STALE_IF_ERROR);
        Crowd<String> leader = Crowd.one(() -> get(cache.asHttpClient()).body());
        latch.awaitArrivals(1);
        assertThat(get(cache.asHttpClient(AT_ONCE)).body()).isEqualTo("[1]");
        assertThat(leader.done()).isFalse();
        leader.interruptAll();
        Await.until("it was called off", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(latch.arrived()).isEqualTo(1);
    }

    @Test
    void the_timeout_of_a_request_wins() throws Exception {
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient(ClientOptions.defaults().softTimeout(Duration.ofSeconds(20)));
        origin.on("/a", call -> latch.pass());
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                .timeout(Duration.ofMillis(50))
                .build();
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void with_both_options_a_slow_failure_is_left_and_then_holds_the_calls_back() throws Exception {
        HttpCache cache = given.withBackoff(b ->
                b.freshness(Freshness.http()).timeout(Duration.ofSeconds(30)).clock(clock::nanoTime, clock.wall()));
        withStale(cache, STALE_IF_ERROR);
        origin.on("/a", call -> {
            latch.pass();
            call.status(503);
        });
        HttpClient client = cache.asHttpClient(AT_ONCE.backoff(true));
        assertThat(status(get(client))).contains("detail=patience");
        latch.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(status(get(client))).contains("detail=backoff");
        assertThat(origin.requests("/a")).isEqualTo(2);
    }
}
