package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchTimeoutException;
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
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * The options {@code timeout} and {@code firstTimeout}. The tests know that {@code timeout} has passed for a fetch when
 * a later fetch has ended there; they measure no time.
 */
class FirstTimeoutTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration PAST_TTL = Duration.ofMinutes(2);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final FakeOrigin other = given.origin();
    private final TestClock clock = new TestClock();
    private final List<Latch> latches = new ArrayList<>();

    /** The requests of hung paths that are open at the origin. */
    private final AtomicInteger hung = new AtomicInteger();

    @AfterEach
    void open() {
        latches.forEach(Latch::open);
    }

    /** Returns a cache with a short timeout, a long first timeout, and one place for a longer exchange. */
    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.impatient(b -> options.apply(b.ttl(uri -> uri.getPath().equals("/witness") ? Duration.ZERO : TTL)
                .timeout(SHORT)
                .softTimeout(LONG)
                .firstTimeout(LONG)
                .connectionsPerOrigin(4)
                .cancelAbandoned(true)
                .clock(clock::nanoTime, clock.wall())));
    }

    private HttpCache cache() {
        return cache(b -> b);
    }

    /** Lets the path answer after the latch opens. */
    private Latch held(String path) {
        Latch latch = new Latch();
        latches.add(latch);
        origin.on(path, call -> {
            latch.pass();
            call.json("[2]");
        });
        return latch;
    }

    /** Lets the path answer never. */
    private void hangs(String path) {
        origin.on(path, call -> {
            hung.incrementAndGet();
            try {
                call.awaitDisconnect();
            } finally {
                hung.decrementAndGet();
            }
        });
    }

    /**
     * Waits until the timeout has passed for a fetch that has sent its request. A later fetch from another origin then
     * ends at the timeout, for the second time, as the watchdog may look at that fetch first.
     */
    private void awaitTimeout(HttpCache cache) throws Exception {
        other.json("/witness", "[1]");
        cache.get(other.url("/witness"));
        other.on("/witness", Call::awaitDisconnect);
        for (int i = 0; i < 2; i++) {
            assertThat(cache.fetch(other.url("/witness")).served()).isEqualTo(Served.STALE_ERROR);
        }
    }

    private void store(HttpCache cache, String path) throws Exception {
        origin.json(path, "[1]");
        cache.get(origin.url(path));
        clock.advance(PAST_TTL);
    }

    @Test
    void a_slow_answer_with_nothing_stored_is_awaited_past_the_timeout_and_stored() throws Exception {
        HttpCache cache = cache();
        Latch latch = held("/slow");
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/slow")));
        latch.awaitArrivals(1);
        awaitTimeout(cache);
        latch.open();
        assertThat(caller.value().served()).isEqualTo(Served.FETCHED);
        assertThat(cache.fetch(origin.url("/slow")).served()).isEqualTo(Served.HIT);
        assertThat(origin.requests("/slow")).isEqualTo(1);
    }

    @Test
    void a_hung_origin_with_an_answer_stored_is_given_up_at_the_timeout() throws Exception {
        HttpCache cache = cache();
        store(cache, "/a");
        hangs("/a");
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
        Await.until("the connection is closed", () -> hung.get() == 0);
    }

    @Test
    void a_slow_url_gets_more_time_after_a_time_out_though_an_answer_is_stored() throws Exception {
        HttpCache cache = cache();
        store(cache, "/a");
        hangs("/a");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        origin.on("/a", call -> {
            Thread.sleep(SHORT.multipliedBy(3)); // longer than the timeout: the slowness of the origin
            call.json("[2]");
        });
        int asked = origin.requests("/a");
        CachedResponse response = cache.fetch(origin.url("/a"));
        while (response.served() == Served.STALE_ERROR) { // each time-out doubles the time
            response = cache.fetch(origin.url("/a"));
        }
        assertThat(response.served()).isEqualTo(Served.FETCHED);
        assertThat(origin.requests("/a") - asked).as("50 ms, 100 ms, 200 ms").isLessThan(10);
    }

    @Test
    void a_slow_url_becomes_fresh_behind_callers_that_wait_no_longer_than_the_soft_timeout() throws Exception {
        HttpCache cache = cache(b -> b.softTimeout(SHORT));
        store(cache, "/a");
        origin.on("/a", call -> {
            Thread.sleep(SHORT.multipliedBy(3)); // longer than the timeout: the slowness of the origin
            call.json("[2]");
        });
        List<Served> served = new ArrayList<>();
        Await.until("a fetch has had enough time", () -> {
            CachedResponse response = cache.fetch(origin.url("/a"));
            served.add(response.served());
            return response.served() == Served.HIT;
        });
        assertThat(served).contains(Served.STALE_PATIENCE).doesNotContain(Served.FETCHED);
        assertThat(origin.requests("/a")).as("50 ms, 100 ms, 200 ms").isLessThan(10);
    }

    @Test
    void an_answer_that_becomes_too_old_during_the_exchange_does_not_shorten_it() throws Exception {
        HttpCache cache = cache(b -> b.staleIfError(PAST_TTL));
        store(cache, "/a");
        clock.advance(TTL.minus(SHORT.dividedBy(2))); // the stored answer may stand in for half of the timeout
        Latch latch = held("/a");
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        awaitTimeout(cache);
        latch.open();
        assertThat(caller.value().served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void a_refresh_accepts_no_stored_answer_and_is_awaited_past_the_timeout() throws Exception {
        HttpCache cache = cache();
        store(cache, "/a");
        Latch latch = held("/a");
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        latch.awaitArrivals(1);
        awaitTimeout(cache);
        latch.open();
        assertThat(caller.value().served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void a_fetch_in_the_background_ends_at_the_timeout() throws Exception {
        HttpCache cache = cache(b -> b.staleWhileRevalidate(TTL.multipliedBy(10)));
        store(cache, "/a");
        hangs("/a");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
        Await.until("the fetch has been given up", () -> origin.requests("/a") == 2 && hung.get() == 0);
    }

    @Test
    void an_exchange_with_nothing_stored_ends_at_the_first_timeout_and_says_so() {
        HttpCache cache = cache(b -> b.firstTimeout(SHORT.multipliedBy(2)));
        hangs("/a");
        assertThatThrownBy(() -> cache.get(origin.url("/a")))
                .isInstanceOfSatisfying(
                        FetchTimeoutException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT))
                .hasMessageEndingWith("did not answer completely within 100 ms (firstTimeout)");
    }

    @Test
    void a_body_that_drips_ends_at_the_first_timeout() {
        HttpCache cache = cache(b -> b.firstTimeout(SHORT.multipliedBy(2)));
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n[");
            while (true) {
                call.raw(" ");
                Thread.sleep(5); // the pace of the body
            }
        });
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).hasMessageEndingWith("100 ms (firstTimeout)");
    }

    @Test
    void a_first_timeout_equal_to_the_timeout_ends_all_exchanges_there() {
        HttpCache cache = cache(b -> b.firstTimeout(SHORT));
        hangs("/a");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).hasMessageEndingWith("within 50 ms (timeout)");
        }
    }

    /** Of eight permits, exchanges past the timeout hold two; the six others go on to the good URL. */
    @Test
    void two_hundred_hung_urls_leave_three_quarters_of_the_permits_to_a_good_one() throws Exception {
        HttpCache cache = cache(b -> b.connectionsPerOrigin(8).patience(Duration.ofMinutes(2)));
        for (int i = 0; i < 200; i++) {
            hangs("/hung/" + i);
        }
        origin.json("/good", "[1]");
        AtomicInteger most = new AtomicInteger();
        Crowd<JsonNode> hanging = Crowd.of(200, i -> () -> cache.get(origin.url("/hung/" + i)));
        Await.until("all permits serve cold misses", () -> hung.get() == 8);
        assertThat(cache.fetch(origin.url("/good")).served()).isEqualTo(Served.FETCHED);
        Await.until("all but two have been given up", () -> {
            most.accumulateAndGet(hung.get(), Math::max);
            return cache.stats().fetchesInProgress() == 2;
        });
        assertThat(most.get()).isLessThanOrEqualTo(8);
        Await.until("two go on", () -> hung.get() == 2);
        origin.json("/fresh", "[1]");
        assertThat(Crowd.of(6, i -> () -> cache.fetch(origin.url("/fresh?" + i)))
                        .values())
                .allSatisfy(each -> assertThat(each.served()).isEqualTo(Served.FETCHED));
        hanging.interruptAll();
        List<Throwable> thrown = hanging.thrown();
        assertThat(thrown.stream().filter(InterruptedException.class::isInstance))
                .hasSize(2);
        assertThat(thrown.stream().filter(FetchTimeoutException.class::isInstance))
                .hasSize(198)
                .allSatisfy(e -> assertThat(e)
                        .hasMessageContaining("(timeout); places for longer exchanges with it: 2, all taken"));
    }

    @Test
    void before_the_timeout_cold_misses_have_all_permits() throws Exception {
        HttpCache cache = cache(b -> b.timeout(LONG));
        Latch latch = held("/a");
        Crowd<JsonNode> cold = Crowd.of(4, i -> () -> cache.get(origin.url("/a?" + i)));
        latch.awaitArrivals(4);
        latch.open();
        assertThat(cold.values()).hasSize(4);
    }

    @Test
    void a_fetch_that_is_called_off_past_the_timeout_leaves_its_place_to_another() throws Exception {
        HttpCache cache = cache();
        for (int i = 0; i < 3; i++) {
            Latch latch = held("/held/" + i);
            String url = origin.url("/held/" + i);
            Crowd<JsonNode> caller = Crowd.one(() -> cache.get(url));
            latch.awaitArrivals(1);
            awaitTimeout(cache);
            Await.until("the fetch alone goes on", () -> cache.stats().fetchesInProgress() == 1);
            assertThat(caller.done()).isFalse();
            if (i == 1) {
                cache.invalidate(origin.uri("/held/1")); // a detached fetch gives its place back as well
            }
            caller.interrupt(0);
            assertThat(caller.thrown().getFirst()).isInstanceOf(InterruptedException.class);
            Await.until("the fetch is called off", () -> cache.stats().fetchesInProgress() == 0);
            latch.open();
        }
    }

    @Test
    void a_cache_that_closes_ends_an_exchange_past_the_timeout() throws Exception {
        HttpCache cache = cache();
        hangs("/a");
        Crowd<JsonNode> caller = Crowd.one(() -> cache.get(origin.url("/a")));
        Await.until("the request has come", () -> hung.get() == 1);
        awaitTimeout(cache);
        cache.close();
        assertThat(caller.thrown().getFirst()).hasMessageContaining("closed");
    }

    @Test
    void a_call_of_the_drop_in_client_keeps_the_time_of_its_request() throws Exception {
        HttpCache cache = cache(b -> b.freshness(Freshness.http()).firstTimeout(SHORT));
        Latch latch = held("/a");
        Crowd<HttpResponse<String>> caller = Crowd.one(() -> cache.asHttpClient()
                .send(HttpRequest.newBuilder(origin.uri("/a")).build(), HttpResponse.BodyHandlers.ofString()));
        latch.awaitArrivals(1);
        hangs("/witness");
        assertThatThrownBy(() -> cache.get(origin.url("/witness"))).hasMessageEndingWith("50 ms (timeout)");
        latch.open();
        assertThat(caller.value().body()).isEqualTo("[2]");
    }

    @Test
    void a_first_timeout_below_the_timeout_is_refused() {
        HttpCache.Builder builder =
                HttpCache.builder().timeout(Duration.ofSeconds(3)).firstTimeout(TTL);
        builder.firstTimeout(Duration.ofSeconds(2));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("firstTimeout 2 s is less than timeout 3 s: it must be at least that");
        assertThatThrownBy(() -> builder.firstTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_timeout_above_the_usual_first_timeout_raises_it() throws Exception {
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofMinutes(5)));
        origin.json("/a", "[1]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.FETCHED);
    }
}
