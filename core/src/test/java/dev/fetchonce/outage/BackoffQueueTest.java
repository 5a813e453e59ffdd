package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Backoffs that begin and end while flights queue for the one connection. */
class BackoffQueueTest {
    private static final int MANY = 20;

    /** The number of URLs whose failures in a row start the backoff of their origin. */
    private static final int ARE_THE_ORIGIN = 3;

    /**
     * The most requests before the backoff begins. A flight gets the connection when the one before it has its
     * response, which may not have landed yet.
     */
    private static final int AT_MOST = 2 * ARE_THE_ORIGIN;

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration PAST_TTL = Duration.ofMinutes(2);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();
    private final Latch latch = given.latch();

    /**
     * Returns a cache with one connection and the freshness rules of RFC 9111. Backoff does not hold back the calls of
     * its drop-in client.
     */
    private HttpCache cache() {
        return given.withBackoff(b -> b.freshness(Freshness.http())
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .connectionsPerOrigin(1)
                .clock(clock::nanoTime, clock.wall()));
    }

    private static String path(int i) {
        return "/p" + i;
    }

    private void stale(HttpCache cache, int documents) throws Exception {
        for (int i = 0; i < documents; i++) {
            origin.json(path(i), "[1]", "Cache-Control: max-age=60, stale-if-error=3600");
            cache.get(origin.url(path(i)));
        }
        clock.advance(PAST_TTL);
    }

    private void fail(int documents) {
        for (int i = 0; i < documents; i++) {
            origin.on(path(i), call -> call.status(503));
        }
    }

    /** Starts a call that keeps the connection until the latch opens. */
    private Crowd<?> holder(HttpCache cache) {
        origin.on("/held", call -> {
            latch.pass();
            call.status(204);
        });
        HttpClient client = cache.asHttpClient();
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/held")).build();
        Crowd<?> holder = Crowd.one(() -> client.send(request, BodyHandlers.discarding()));
        latch.awaitArrivals(1);
        return holder;
    }

    private Crowd<CachedResponse> queue(HttpCache cache, int documents) {
        Crowd<CachedResponse> crowd = Crowd.of(documents, i -> () -> cache.fetch(origin.url(path(i))));
        Await.until("all queue", () -> cache.stats().fetchesInProgress() == 1 + documents);
        return crowd;
    }

    private int requests(int documents) {
        return IntStream.range(0, documents).map(i -> origin.requests(path(i))).sum();
    }

    @Test
    void an_origin_that_is_found_to_fail_is_left_alone_by_those_that_queue_for_it() throws Exception {
        HttpCache cache = cache();
        fail(MANY);
        Crowd<?> holder = holder(cache);
        Crowd<CachedResponse> crowd = queue(cache, MANY);
        latch.open();
        assertThat(crowd.thrown())
                .hasSize(MANY)
                .allSatisfy(e -> assertThat(e).isInstanceOf(StatusException.class))
                .filteredOn(e -> ((StatusException) e)
                        .trouble()
                        .flatMap(Trouble::nextAttempt)
                        .isPresent())
                .hasSizeGreaterThanOrEqualTo(MANY - AT_MOST);
        assertThat(requests(MANY)).isLessThanOrEqualTo(AT_MOST);
        holder.values();
    }

    @Test
    void a_queued_caller_gets_its_stale_answer_when_a_backoff_begins() throws Exception {
        HttpCache cache = cache();
        stale(cache, MANY);
        fail(MANY);
        Crowd<?> holder = holder(cache);
        Crowd<CachedResponse> crowd = queue(cache, MANY);
        latch.open();
        assertThat(crowd.values())
                .allSatisfy(response -> assertThat(response.served().stale()).isTrue());
        assertThat(requests(MANY)).isLessThanOrEqualTo(MANY + AT_MOST);
        holder.values();
    }

    @Test
    void an_invalidated_answer_does_not_stand_in_when_a_backoff_begins_in_the_queue() throws Exception {
        int half = MANY / 2;
        HttpCache cache = cache();
        stale(cache, MANY);
        fail(MANY);
        Crowd<?> holder = holder(cache);
        Crowd<CachedResponse> failing = queue(cache, half);
        Crowd<CachedResponse> later = Crowd.of(half, i -> () -> cache.fetch(origin.url(path(half + i))));
        Await.until("they queue behind", () -> cache.stats().fetchesInProgress() == 1 + MANY);
        for (int i = half; i < MANY; i++) {
            cache.invalidate(origin.uri(path(i)));
        }
        latch.open();
        failing.values();
        assertThat(later.thrown()).hasSize(half).allSatisfy(e -> assertThat(e).isInstanceOf(StatusException.class));
        holder.values();
    }

    /**
     * The flight of the probe never had a thread, and the invalidation detached it. Only the caller that leaves last
     * can give the probe back.
     */
    @Test
    void one_that_queued_to_look_and_was_invalidated_and_left_lets_the_next_go_at_once() throws Exception {
        HttpCache cache = cache();
        stale(cache, ARE_THE_ORIGIN);
        fail(ARE_THE_ORIGIN);
        for (int i = 0; i < ARE_THE_ORIGIN; i++) {
            assertThat(cache.fetch(origin.url(path(i))).served()).isEqualTo(Served.STALE_ERROR);
        }
        Crowd<?> holder = holder(cache);

        Crowd<CachedResponse> probe = Crowd.one(() -> cache.fetch(origin.url("/turn"))); // nothing is stored: it waits
        Await.until("it queues", () -> cache.stats().fetchesInProgress() == 2);
        cache.invalidate(origin.uri("/turn"));
        probe.interruptAll();
        assertThat(probe.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        Await.until("it is called off", () -> cache.stats().fetchesInProgress() == 1);

        origin.json("/next", "[2]");
        Crowd<CachedResponse> next = Crowd.one(() -> cache.fetch(origin.url("/next")));
        Await.until("it is admitted and queues", () -> cache.stats().fetchesInProgress() == 2);
        latch.open();
        assertThat(next.value().served()).isEqualTo(Served.FETCHED);
        holder.values();
    }
}
