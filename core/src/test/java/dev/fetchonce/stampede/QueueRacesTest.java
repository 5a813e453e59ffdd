package dev.fetchonce.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Callers that join, leave, invalidate and close while flights queue for the connections of an origin. */
class QueueRacesTest {
    /** The number of rounds. A race needs many rounds to show. */
    private static final int ROUNDS = Integer.getInteger("rounds", 300);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    private HttpRequest within(String target, Duration patience) {
        return HttpRequest.newBuilder(origin.uri(target)).timeout(patience).build();
    }

    /** Takes all permits until the latch opens. */
    private Crowd<JsonNode> busy(HttpCache cache, int permits, Latch latch) {
        origin.on("/held", call -> {
            latch.pass();
            call.json("[0]");
        });
        Crowd<JsonNode> holders = Crowd.of(permits, i -> () -> cache.get(origin.url("/held?" + i)));
        latch.awaitArrivals(permits);
        return holders;
    }

    private void sixtyFourRun(HttpCache cache, int permits) {
        Latch all = given.latch();
        Crowd<JsonNode> holders = busy(cache, permits, all);
        all.open();
        assertThat(holders.values()).hasSize(permits);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void a_patient_caller_that_joins_as_the_last_one_leaves_the_queue_gets_its_answer(int permits) throws Exception {
        HttpCache cache = given.cache(b -> b.connectionsPerOrigin(permits));
        origin.on("/a", call -> call.json("[1]"));
        for (int round = 0; round < ROUNDS; round++) {
            String url = "/a?" + round;
            Latch latch = new Latch();
            String held = "/held" + round;
            origin.on(held, call -> {
                latch.pass();
                call.json("[0]");
            });
            Crowd<JsonNode> holders = Crowd.of(permits, i -> () -> cache.get(origin.url(held + "?" + i)));
            latch.awaitArrivals(permits);
            int how = round % 3;
            Duration brief = Duration.ofNanos(ThreadLocalRandom.current().nextInt(1, 400_000));
            Crowd<CachedResponse> leavers = Crowd.of(
                    2,
                    () -> cache.fetch(
                            how == 0 ? HttpRequest.newBuilder(origin.uri(url)).build() : within(url, brief)));
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000));
            Crowd<CachedResponse> patient =
                    Crowd.of(3, i -> () -> i == 2 ? cache.refresh(origin.uri(url)) : cache.fetch(origin.uri(url)));
            if (how == 0) {
                leavers.interruptAll();
            }
            if (how == 2) {
                cache.invalidate(origin.uri(url));
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(300_000));
            latch.open();
            assertThat(patient.values())
                    .as("round " + round)
                    .allSatisfy(r -> assertThat(r.text()).isEqualTo("[1]"));
            leavers.outcomes();
            holders.values();
        }
        Await.until("all have landed", () -> cache.stats().fetchesInProgress() == 0);
        sixtyFourRun(cache, permits);
    }

    @Test
    void a_fetch_that_every_caller_has_left_in_the_queue_is_never_sent_and_no_permit_is_lost() throws Exception {
        HttpCache cache = given.cache(b -> b);
        Latch latch = given.latch();
        Crowd<JsonNode> holders = busy(cache, 64, latch);
        origin.on("/q", call -> call.json("[1]"));
        Crowd<CachedResponse> crowd =
                Crowd.of(5_000, i -> () -> cache.fetch(within("/q?" + i, Duration.ofMillis(1_500))));
        List<Throwable> thrown = crowd.thrown();
        assertThat(thrown)
                .allSatisfy(e -> assertThat(((FetchException) e).reason()).isIn(Reason.BUSY, Reason.PATIENCE));
        long prepared = thrown.stream()
                .filter(e -> ((FetchException) e).reason() == Reason.PATIENCE)
                .count();
        Await.until("only the holders are up", () -> cache.stats().fetchesInProgress() == 64);
        latch.open();
        holders.values();
        Await.until("all have landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(origin.requests("/q"))
                .as("of them left before the queue: " + prepared)
                .isZero();
        assertThat(cache.get(origin.url("/q?x")).get(0).intValue()).isEqualTo(1);
        Latch again = given.latch();
        origin.on("/more", call -> {
            again.pass();
            call.json("[2]");
        });
        Crowd<JsonNode> more = Crowd.of(64, i -> () -> cache.get(origin.url("/more?" + i)));
        again.awaitArrivals(64);
        again.open();
        more.values();
    }

    @Test
    void close_ends_the_queued_fetches_and_sends_nothing_more() {
        for (int round = 0; round < 30; round++) {
            HttpCache cache = given.cache(b -> b.connectionsPerOrigin(2));
            Latch latch = new Latch();
            origin.on("/h", call -> {
                latch.pass();
                call.json("[0]");
            });
            Crowd<JsonNode> holders = Crowd.of(2, i -> () -> cache.get(origin.url("/h?" + i)));
            latch.awaitArrivals(2);
            int before = origin.requests("/q");
            origin.json("/q", "[1]");
            Crowd<CachedResponse> crowd = Crowd.of(
                    200,
                    i -> () -> i % 3 == 0
                            ? cache.fetch(within("/q?" + i, Duration.ofMillis(5)))
                            : i % 3 == 1 ? cache.refresh(origin.uri("/q?" + i)) : cache.fetch(origin.uri("/q?" + i)));
            cache.close();
            assertThat(Insides.fetchesInProgress(cache)).isZero();
            latch.open();
            crowd.thrown().forEach(e -> {
                if (e instanceof FetchException f) {
                    assertThat(f.reason()).isIn(Reason.CLOSED, Reason.BUSY, Reason.PATIENCE);
                } else {
                    assertThat(e).isInstanceOf(IllegalStateException.class);
                }
            });
            holders.thrown();
            assertThat(origin.requests("/q")).isEqualTo(before);
        }
    }

    @Test
    void invalidation_of_a_queued_fetch_lets_its_waiters_have_their_answer_and_gives_later_ones_a_new_one()
            throws Exception {
        HttpCache cache = given.cache(b -> b.connectionsPerOrigin(1));
        Latch latch = given.latch();
        Crowd<JsonNode> holders = busy(cache, 1, latch);
        origin.on("/a", call -> call.json("[" + call.number() + "]"));
        Crowd<CachedResponse> before = Crowd.one(() -> cache.fetch(origin.uri("/a")));
        Await.until("joined", () -> Insides.joined(cache) == 2);
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        Crowd<CachedResponse> after = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        Await.until("joined", () -> Insides.joined(cache) == 3);
        latch.open();
        holders.values();
        assertThat(before.value().text()).isEqualTo("[1]");
        assertThat(after.value().text()).isEqualTo("[2]");
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[2]");
    }

    /**
     * A slow caller looks into the store and finds nothing; the response of another caller lands; an invalidation
     * begins. The slow caller then installs its flight behind the sweep of the invalidation, and finds the old response
     * before the store drops it. A caller that comes after the invalidation joins that flight. Many other flights make
     * the sweep long enough for this order to happen by chance.
     */
    @Test
    void a_call_after_an_invalidation_gets_an_answer_to_a_request_after_its_begin() throws Exception {
        FakeOrigin other = given.origin();
        ThreadLocal<int[]> slow = new ThreadLocal<>();
        Latch[] latches = new Latch[2];
        HttpCache cache = given.cache(b -> b.connectionsPerOrigin(1)
                .clock(
                        () -> {
                            int[] readings = slow.get();
                            if (readings != null && readings[0] < 2) {
                                latches[readings[0]++].passWhateverHappens();
                            }
                            return System.nanoTime();
                        },
                        java.time.InstantSource.system()));
        Latch held = given.latch();
        other.on("/held", call -> {
            held.pass();
            call.json("[0]");
        });
        Crowd<JsonNode> fillers = Crowd.of(4_000, i -> () -> cache.get(other.url("/held?" + i)));
        held.awaitArrivals(1);
        Await.until("all have joined", () -> Insides.joined(cache) == 4_000);
        int violations = 0;
        long lasted = 3_000_000;
        int rounds = 0;
        for (; rounds < ROUNDS && violations == 0; rounds++) {
            String path = "/r" + rounds;
            origin.on(path, call -> call.json("[" + call.number() + "]"));
            Latch first = latches[0] = new Latch();
            Latch second = latches[1] = new Latch();
            Crowd<CachedResponse> a = Crowd.one(() -> {
                slow.set(new int[1]);
                return cache.fetch(origin.uri(path));
            });
            first.awaitArrivals(1);
            cache.fetch(origin.uri(path)); // lands
            int before = origin.requests(path);
            long delay = ThreadLocalRandom.current().nextLong(lasted);
            Crowd<Long> invalidation = Crowd.of(1, Thread.ofPlatform().factory(), i -> () -> {
                long start = System.nanoTime();
                cache.invalidate(origin.uri(path));
                return System.nanoTime() - start;
            });
            long start = System.nanoTime();
            while (System.nanoTime() - start < delay) {
                Thread.onSpinWait();
            }
            first.open();
            lasted = (lasted * 7 + invalidation.value() * 9 / 8) / 8;
            Await.until("a has looked again or flown", () -> second.arrived() > 0 || origin.requests(path) > before);
            Crowd<CachedResponse> later = Crowd.one(() -> cache.fetch(origin.uri(path)));
            if (second.arrived() > 0) {
                LockSupport.parkNanos(500_000);
            }
            second.open();
            int got = Integer.parseInt(later.value().text().replaceAll("\\D", ""));
            violations += got <= before ? 1 : 0;
            a.values();
        }
        held.open();
        fillers.interruptAll();
        fillers.outcomes();
        assertThat(violations).as("answers from before the invalidation").isZero();
    }
}
