package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fetch that waits for its retry holds no connection meanwhile, and waits no longer than its timeout. */
class RetryQueueTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    /**
     * Returns a cache with one connection. Its fetch of /a has failed, and waits for a good part of its timeout before
     * the retry.
     */
    private HttpCache sleeping(Crowd<CachedResponse>[] caller, UnaryOperator<HttpCache.Builder> options) {
        origin.on("/a", call -> call.status(503, "Retry-After: 20")).json("/b", "[2]");
        HttpCache cache = given.cache(b -> options.apply(b.retries(3).connectionsPerOrigin(1)));
        caller[0] = Crowd.one(() -> cache.fetch(origin.url("/a")));
        Await.until("it has failed", () -> origin.requests("/a") == 1);
        return cache;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Crowd<CachedResponse>[] one() {
        return new Crowd[1];
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void another_url_is_asked_for_while_a_fetch_sleeps_before_its_retry(boolean changesRequests) throws Exception {
        Crowd<CachedResponse>[] caller = one();
        HttpCache cache = sleeping(caller, b -> changesRequests ? b.requestCustomizer(request -> request) : b);
        assertThat(cache.fetch(origin.url("/b")).text()).isEqualTo("[2]");
        assertThat(origin.requests("/a")).isEqualTo(1);
        assertThat(caller[0].done()).isFalse();
        cache.close();
        assertThat(caller[0].thrown().getFirst())
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void a_fetch_that_sleeps_is_called_off_with_its_last_caller() {
        Crowd<CachedResponse>[] caller = one();
        HttpCache cache = sleeping(caller, b -> b.cancelAbandoned(true));
        caller[0].interruptAll();
        assertThat(caller[0].thrown().getFirst()).isInstanceOf(InterruptedException.class);
        Await.until("it has ended", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(origin.requests("/a")).isEqualTo(1);
    }

    @Test
    void a_retry_queues_behind_those_that_came_before_it() {
        Latch first = given.latch();
        Latch others = given.latch();
        origin.on("/a", call -> {
                    if (call.number() == 1) {
                        first.pass();
                        call.status(503);
                    } else {
                        call.json("[" + origin.requests("/b") + "]");
                    }
                })
                .on("/b", call -> {
                    others.pass();
                    call.json("[]");
                });
        HttpCache cache = given.cache(b -> b.retries(1).connectionsPerOrigin(1));
        Crowd<CachedResponse> retrying = Crowd.one(() -> cache.fetch(origin.url("/a")));
        first.awaitArrivals(1);
        Crowd<CachedResponse> queueing = Crowd.of(3, i -> () -> cache.fetch(origin.url("/b?" + i)));
        Await.until("they queue", () -> cache.stats().fetchesInProgress() == 4);
        first.open();
        others.awaitArrivals(1);
        others.open();
        assertThat(retrying.value().text()).isEqualTo("[3]");
        assertThat(queueing.values()).hasSize(3);
    }

    @Test
    void a_retry_that_gets_no_connection_within_the_timeout_is_not_made() {
        Latch first = given.latch();
        Latch held = given.latch();
        origin.on("/a", call -> {
                    first.pass();
                    call.status(503);
                })
                .on("/held", call -> {
                    held.pass();
                    call.json("[]");
                });
        HttpCache cache = given.impatient(b -> b.freshness(Freshness.http())
                .retries(3)
                .connectionsPerOrigin(1)
                .timeout(Duration.ofSeconds(1))
                .firstTimeout(Duration.ofSeconds(1))
                .patience(Duration.ofSeconds(40)));
        Crowd<CachedResponse> retrying = Crowd.one(() -> cache.fetch(origin.url("/a")));
        first.awaitArrivals(1);
        HttpClient client = cache.asHttpClient(); // its request has no timeout
        CompletableFuture<?> holder =
                client.sendAsync(HttpRequest.newBuilder(origin.uri("/held")).build(), BodyHandlers.ofString());
        Await.until("it queues", () -> cache.stats().fetchesInProgress() == 2);
        first.open();
        assertThat(retrying.thrown().getFirst())
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(503));
        assertThat(origin.requests("/a")).isEqualTo(1);
        held.open();
        holder.join();
    }
}
