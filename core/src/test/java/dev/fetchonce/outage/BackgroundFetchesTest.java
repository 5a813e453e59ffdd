package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fetches without a waiter: their cost for callers that do not wait for them, and their end. */
class BackgroundFetchesTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();
    private volatile LongSupplier time = clock::nanoTime;

    /**
     * Returns a cache with the stale response "[1]" for /a. The origin answers "[2]" from now on, but waits for the
     * latch first.
     */
    private HttpCache stale(Latch latch, UnaryOperator<HttpCache.Builder> options) throws Exception {
        HttpCache cache = given.cache(b -> options.apply(b.ttl(TTL).clock(() -> time.getAsLong(), clock.wall())));
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        awaitLanding(cache);
        clock.advance(TTL.plusSeconds(1));
        origin.on("/a", call -> {
            latch.pass();
            call.json("[2]");
        });
        return cache;
    }

    private static void awaitLanding(HttpCache cache) {
        Await.until("all have landed", () -> Insides.fetchesInProgress(cache) == 0);
    }

    @Test
    void a_stale_hit_while_a_refresh_is_up_makes_no_fetch() throws Exception {
        Latch latch = given.latch();
        HttpCache cache = stale(latch, b -> b.staleWhileRevalidate(TTL));
        String url = origin.url("/a");
        cache.fetch(url);
        latch.awaitArrivals(1);
        long hit = allocatedByHits(cache, url);
        latch.open();
        awaitLanding(cache);
        assertThat(cache.fetch(url).served()).isEqualTo(Served.HIT);
        long fresh = allocatedByHits(cache, url);
        assertThat(hit - fresh)
                .as("bytes a stale hit allocates beyond a fresh one")
                .isLessThan(400);
        assertThat(origin.requests()).isEqualTo(2);
    }

    private static long allocatedByHits(HttpCache cache, String url) throws Exception {
        int hits = 20_000;
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) { // the first attempts warm up
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < hits; i++) {
                cache.fetch(url);
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / hits);
        }
        return least;
    }

    @Test
    void a_background_fetch_gives_its_place_back_however_it_ends() throws Exception {
        Latch latch = given.latch();
        HttpCache cache =
                stale(latch, b -> b.staleWhileRevalidate(TTL.multipliedBy(100)).backgroundFetches(1));
        origin.on("/a", call -> {
            if (call.number() % 2 == 0) {
                call.status(500);
            } else {
                call.json("[" + call.number() + "]");
            }
        });
        for (int i = 0; i < 8; i++) {
            int before = origin.requests(); // without backoff another fetch may follow a failure at once
            Await.until("the next one is launched", () -> {
                cache.fetch(origin.url("/a"));
                return origin.requests() > before;
            });
            awaitLanding(cache);
            clock.advance(TTL.plusSeconds(1));
        }
    }

    @Test
    void a_background_fetch_that_queues_keeps_its_place_in_the_line() throws Exception {
        Latch latch = given.latch();
        latch.open();
        HttpCache cache = stale(
                latch, b -> b.staleWhileRevalidate(TTL).connectionsPerOrigin(1).cancelAbandoned(true));
        Latch held = given.latch();
        origin.on("/held", call -> {
            held.pass();
            call.json("[]");
        });
        Crowd<CachedResponse> holder = Crowd.one(() -> cache.fetch(origin.url("/held")));
        held.awaitArrivals(1);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_WHILE_REVALIDATE);
        held.open();
        holder.value();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void a_caller_that_left_by_its_soft_timeout_is_no_waiter_any_more() throws Exception {
        Latch latch = given.latch();
        HttpCache cache =
                stale(latch, b -> b.softTimeout(Duration.ZERO).maximumWaiters(2).staleIfError(TTL));
        for (int i = 0; i < 5; i++) {
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_PATIENCE);
        }
        latch.awaitArrivals(1);
        clock.advance(TTL); // from now on no stale response covers a failure
        Crowd<CachedResponse> waiting = Crowd.of(2, () -> cache.fetch(origin.url("/a")));
        Await.until("both wait or were refused", () -> Insides.joined(cache) == 8 || waiting.done());
        latch.open();
        assertThat(waiting.values()).allSatisfy(r -> assertThat(r.text()).isEqualTo("[2]"));
        assertThat(cache.stats().failures()).isEmpty();
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_caller_that_leaves_as_its_clock_throws_is_no_waiter_any_more() throws Exception {
        Latch latch = given.latch();
        Thread caller = Thread.currentThread();
        AtomicInteger reads = new AtomicInteger(-1);
        HttpCache cache =
                stale(latch, b -> b.softTimeout(Duration.ZERO).maximumWaiters(1).staleIfError(TTL));
        time = () -> {
            if (Thread.currentThread() == caller && reads.getAndDecrement() == 0) {
                throw new IllegalStateException("spoilt");
            }
            return clock.nanoTime();
        };
        for (int read = 0; read < 20; read++) { // each reading of the clock throws in turn
            reads.set(read);
            try {
                cache.fetch(origin.url("/a"));
            } catch (RuntimeException | FetchException e) {
                // the clock threw
            }
        }
        reads.set(-1);
        latch.awaitArrivals(1);
        clock.advance(TTL); // from now on no stale response covers a failure
        Crowd<CachedResponse> waiting = Crowd.one(() -> cache.fetch(origin.url("/a")));
        Await.until("it waits or was refused", () -> Insides.fetchesInProgress(cache) > 0 || waiting.done());
        latch.open();
        assertThat(waiting.value().text()).isEqualTo("[2]");
    }

    @Test
    void a_fetch_that_was_left_with_a_stale_answer_is_not_called_off_by_those_who_leave_later() throws Exception {
        for (boolean cancels : new boolean[] {true, false}) {
            for (boolean queues : new boolean[] {true, false}) {
                goesOn(cancels, queues);
            }
        }
    }

    private void goesOn(boolean cancels, boolean queues) throws Exception {
        Latch latch = given.latch();
        HttpCache cache = stale(
                latch,
                b -> b.softTimeout(Duration.ZERO)
                        .staleIfError(TTL)
                        .connectionsPerOrigin(1)
                        .cancelAbandoned(cancels));
        Latch held = given.latch();
        origin.on("/held", call -> {
            held.pass();
            call.json("[]");
        });
        Crowd<CachedResponse> holder = Crowd.one(() -> queues ? cache.fetch(origin.url("/held")) : null);
        if (queues) {
            held.awaitArrivals(1);
        }
        long joined = Insides.joined(cache);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_PATIENCE);
        if (!queues) {
            latch.awaitArrivals(1);
        }
        clock.advance(TTL); // from now on no stale response covers a failure
        Crowd<CachedResponse> impatient = Crowd.one(() -> cache.fetch(origin.url("/a")));
        Await.until("it waits " + cache.stats() + joined + impatient, () -> Insides.joined(cache) == joined + 2);
        impatient.interruptAll();
        assertThat(impatient.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        held.open();
        latch.open();
        holder.outcomes();
        awaitLanding(cache);
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text())
                .as("cancels %s, queues %s", cancels, queues)
                .isEqualTo("[2]");
    }
}
