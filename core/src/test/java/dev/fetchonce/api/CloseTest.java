package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Close in every state of the cache: it is bounded, no caller waits on, and no thread or connection is left. The
 * extension checks the threads and connections.
 */
class CloseTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "[1]");

    private void assertClosed(HttpCache cache) {
        URI uri = origin.uri("/a");
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        Map<String, ThrowingCallable> calls = Map.ofEntries(
                Map.entry("get", () -> cache.get(origin.url("/a"))),
                Map.entry("get as", () -> cache.get(origin.url("/a"), Object.class)),
                Map.entry("get as generic", () -> cache.get(origin.url("/a"), new TypeReference<List<Integer>>() {})),
                Map.entry("get uri", () -> cache.get(uri)),
                Map.entry("get uri as", () -> cache.get(uri, Object.class)),
                Map.entry("get uri as generic", () -> cache.get(uri, new TypeReference<List<Integer>>() {})),
                Map.entry("fetch", () -> cache.fetch(origin.url("/a"))),
                Map.entry("fetch uri", () -> cache.fetch(uri)),
                Map.entry("fetch request", () -> cache.fetch(request)),
                Map.entry("refresh", () -> cache.refresh(uri)),
                Map.entry("refresh request", () -> cache.refresh(request)),
                Map.entry("peek", () -> cache.peek(uri)),
                Map.entry("peek request", () -> cache.peek(request)),
                Map.entry("invalidate", () -> cache.invalidate(uri)),
                Map.entry("invalidateIf", () -> cache.invalidateIf(any -> true)),
                Map.entry("invalidateAll", cache::invalidateAll),
                Map.entry("a bad url", () -> cache.get("no url")));
        calls.forEach((name, call) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this cache is closed"));
    }

    @Test
    void an_unused_cache_closes_and_twice_is_as_once() {
        HttpCache cache = given.cache();
        cache.close();
        assertClosed(cache);
        cache.close();
        assertClosed(cache);
    }

    @Test
    void a_cache_with_something_stored_forgets_it() throws Exception {
        HttpCache cache = given.cache();
        cache.get(origin.url("/a"));
        cache.get(origin.url("/x/../a"));
        cache.close();
        assertClosed(cache);
        assertThat(Insides.core(cache).inspection().entries()).isZero();
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void stats_of_a_closed_cache_are_the_last_counts_and_nothing_held() throws Exception {
        HttpCache cache = given.cache(b -> b.ttl(Duration.ofDays(1)));
        cache.get(origin.url("/a"));
        cache.get(origin.url("/x/../a"));
        cache.get(origin.url("/a"), Object.class);
        assertThatThrownBy(() -> cache.get(origin.url("/absent"))).isInstanceOf(StatusException.class);
        CacheStats last = cache.stats();
        assertThat(last.bytes()).isPositive();
        cache.close();
        CacheStats after = cache.stats();
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("bytes", "entries", "fetchesInProgress")
                .isEqualTo(last);
        assertThat(after.bytes()).isZero();
        assertThat(after.entries()).isZero();
        cache.close();
        assertThat(cache.stats()).isEqualTo(after);
    }

    @Test
    void waiters_get_a_fetch_exception_that_says_closed() {
        Latch latch = given.latch();
        origin.on("/a", call -> latch.pass());
        HttpCache cache = given.cache();
        Crowd<JsonNode> getters = Crowd.of(1_000, () -> cache.get(origin.url("/a")));
        Crowd<CachedResponse> refreshers = Crowd.of(10, () -> cache.refresh(origin.uri("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 1_010);
        latch.awaitArrivals(1);
        cache.close();
        assertThat(getters.thrown()).doesNotHaveDuplicates().allSatisfy(this::saysClosed);
        assertThat(refreshers.thrown()).allSatisfy(this::saysClosed);
        assertClosed(cache);
    }

    /** Waiters that share no failures with one another still share a close. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waiters_that_share_no_failures_learn_of_a_close(boolean http) throws Exception {
        Latch latch = given.latch();
        origin.on("/a", call -> latch.pass());
        HttpCache cache = given.cache(b -> (http ? b.freshness(Freshness.http()) : b).shareErrors(false));
        Crowd<JsonNode> getters = Crowd.of(20, () -> cache.get(origin.url("/a")));
        Crowd<CachedResponse> refreshers = Crowd.of(20, () -> cache.refresh(origin.uri("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 40);
        latch.awaitArrivals(1);
        cache.close();
        assertThat(getters.thrown()).allSatisfy(this::saysClosed);
        assertThat(refreshers.thrown()).allSatisfy(this::saysClosed);
    }

    @Test
    void the_calls_of_a_client_that_share_no_failures_learn_of_a_close_as_from_the_jdk() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", call -> latch.pass());
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()).shareErrors(false));
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        Crowd<String> crowd = Crowd.of(
                20,
                () -> cache.asHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
        Await.until("all have joined", () -> Insides.joined(cache) == 20);
        latch.awaitArrivals(1);
        cache.close();
        assertThat(crowd.thrown()).allMatch(IOException.class::isInstance);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void between_two_hops_of_a_redirect_it_is_a_failure_of_the_call(boolean http) {
        HttpCache[] cache = new HttpCache[1];
        origin.on("/a", call -> call.status(302, "Location: /b"));
        cache[0] = given.cache(b -> (http ? b.freshness(Freshness.http()) : b).allowedUrls(uri -> {
            if (uri.getPath().equals("/b")) {
                cache[0].close();
            }
            return true;
        }));
        saysClosed(Crowd.one(() -> cache[0].get(origin.url("/a"))).thrown().getFirst(), "/b");
        assertClosed(cache[0]);
    }

    private void saysClosed(Throwable e) {
        saysClosed(e, "/a");
    }

    private void saysClosed(Throwable e, String path) {
        assertThat(e).isInstanceOfSatisfying(FetchException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.CLOSED);
            assertThat(failure).hasMessage("the cache was closed while " + origin.url(path) + " was awaited");
        });
    }

    @Test
    void a_stale_answer_does_not_cover_a_close() throws Exception {
        HttpCache cache = given.cache(b -> b.ttl(Duration.ZERO));
        cache.get(origin.url("/a"));
        Latch latch = given.latch();
        origin.on("/a", call -> latch.pass());
        Crowd<JsonNode> waiter = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);
        cache.close();
        saysClosed(waiter.thrown().getFirst());
    }

    @Test
    void a_flight_that_queues_for_its_permit_ends_too() {
        Latch latch = given.latch();
        origin.on("/a", call -> latch.pass());
        HttpCache cache = given.cache(b -> b.connectionsPerOrigin(1));
        Crowd<JsonNode> crowd = Crowd.of(50, i -> () -> cache.get(origin.url("/a?" + i)));
        Await.until("all have joined", () -> Insides.joined(cache) == 50);
        latch.awaitArrivals(1);
        cache.close();
        assertThat(crowd.thrown()).allSatisfy(this::saysClosed);
    }

    @Test
    void in_the_middle_of_a_body_the_connection_is_closed() {
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[");
            call.awaitDisconnect();
        });
        HttpCache cache = given.cache();
        Crowd<JsonNode> waiter = Crowd.one(() -> cache.get(origin.url("/a")));
        Await.until("the request came", () -> origin.requests() == 1);
        cache.close();
        saysClosed(waiter.thrown().getFirst());
        Await.until("the connection is closed", () -> origin.connections() == 0);
    }

    @Test
    void from_a_flights_own_thread() {
        HttpCache[] cache = new HttpCache[1];
        cache[0] = given.cache(b -> b.requestCustomizer(request -> {
            cache[0].close();
            return request;
        }));
        Crowd<JsonNode> waiter = Crowd.one(() -> cache[0].get(origin.url("/a")));
        saysClosed(waiter.thrown().getFirst());
        assertClosed(cache[0]);
        assertThat(origin.requests()).isZero();
    }

    record Closing(int n) {
        static volatile HttpCache cache;

        Closing {
            cache.close();
        }
    }

    @Test
    void from_a_deserialiser_in_a_flight() {
        origin.json("/a", "{\"n\":1}");
        HttpCache cache = given.cache();
        Closing.cache = cache;
        Crowd<Closing> waiters = Crowd.of(10, () -> cache.get(origin.url("/a"), Closing.class));
        assertThat(waiters.thrown()).hasSize(10);
        assertClosed(cache);
    }

    @Test
    void twice_at_once_and_by_an_interrupted_thread() {
        Latch latch = given.latch();
        origin.on("/a", call -> latch.pass());
        HttpCache cache = given.cache();
        Crowd<JsonNode> waiter = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);
        Crowd<Boolean> closers = Crowd.of(8, i -> () -> {
            if (i % 2 == 0) {
                Thread.currentThread().interrupt();
            }
            cache.close();
            return Thread.currentThread().isInterrupted();
        });
        assertThat(closers.values()).containsExactly(true, false, true, false, true, false, true, false);
        saysClosed(waiter.thrown().getFirst());
    }

    @Test
    void a_hung_flight_does_not_hold_it_for_longer_than_its_bound() {
        Latch latch = given.latch();
        HttpCache cache = given.cache(b -> b.requestCustomizer(request -> {
            latch.passWhateverHappens();
            return request;
        }));
        Crowd<JsonNode> waiter = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);
        long start = System.nanoTime();
        Crowd<Boolean> closer = Crowd.one(() -> {
            cache.close();
            return true;
        });
        saysClosed(waiter.thrown().getFirst());
        closer.value();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
        assertClosed(cache);
        latch.open();
        Await.until("the hung flight has ended", () -> Insides.fetchesInProgress(cache) == 0);
        assertThat(origin.requests()).isZero();
    }

    @Test
    void while_callers_go_on_each_gets_a_value_or_closed_and_none_waits() {
        for (int round = 0; round < 20; round++) {
            HttpCache cache = given.cache(b -> b.ttl(Duration.ofNanos(1)));
            Latch started = given.latch();
            Crowd<String> crowd = Crowd.of(64, i -> () -> {
                started.pass();
                try {
                    for (int n = 0; ; n++) {
                        if (i % 8 == 0) {
                            cache.refresh(origin.uri("/a"));
                        } else {
                            cache.get(origin.url("/a?" + (i + n) % 5));
                        }
                    }
                } catch (IllegalStateException e) {
                    return e.getMessage();
                } catch (FetchException e) {
                    return e.reason().toString();
                }
            });
            started.awaitArrivals(64);
            started.open();
            Await.until("it is busy", () -> Insides.joined(cache) > 20);
            cache.close();
            assertThat(crowd.values()).allMatch(end -> end.equals("this cache is closed") || end.equals("CLOSED"));
            assertThat(Insides.fetchesInProgress(cache)).isZero();
        }
    }

    @Test
    void a_client_that_was_given_is_left_alone() throws Exception {
        var executor = given.closing(Executors.newVirtualThreadPerTaskExecutor());
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .build();
        given.closing(client::shutdownNow);
        HttpCache cache = given.cache(b -> b.httpClient(client));
        assertThat(cache.get(origin.url("/a")).size()).isEqualTo(1);
        Latch latch = given.latch();
        origin.on("/b", call -> latch.pass());
        Crowd<JsonNode> waiter = Crowd.one(() -> cache.get(origin.url("/b")));
        latch.awaitArrivals(1);
        cache.close();
        saysClosed(waiter.thrown().getFirst(), "/b");
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("[1]");
    }
}
