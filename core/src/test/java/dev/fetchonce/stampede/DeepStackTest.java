package dev.fetchonce.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers whose stack is nearly full. Each of them harms at most itself. */
class DeepStackTest {
    private static final int PERMITS = 3;
    private static final int ROUNDS = 70;

    /** The size of a stack in bytes. It is small because the test fills it often. */
    private static final long STACK = 256 << 10;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger overflows = new AtomicInteger();

    /** Calls the cache with no stack left, and then again from each frame above in turn. */
    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    private void call(HttpCache cache) {
        try {
            call(cache);
        } catch (StackOverflowError e) {
            overflows.incrementAndGet();
            try {
                cache.fetch(origin.url("/a?" + calls.incrementAndGet()));
            } catch (IOException | InterruptedException | IllegalStateException ended) {
                // either result is allowed
            }
        }
    }

    private void after(int frames, HttpCache cache) {
        if (frames == 0) {
            call(cache);
        } else {
            after(frames - 1, cache);
        }
    }

    private Crowd<CachedResponse> atOnce(HttpCache cache, int callers, String path) {
        return Crowd.of(callers, i -> () -> cache.fetch(origin.url(path + "?" + i)));
    }

    @Test
    void they_leave_no_flight_without_a_thread_and_take_no_permit() throws Exception {
        origin.json("/a", "[1]").json("/warm", "[1]");
        HttpCache cache = given.impatient(b -> b.connectionsPerOrigin(PERMITS)
                .timeout(Duration.ofSeconds(5))
                .firstTimeout(Duration.ofSeconds(5))
                .patience(Duration.ofSeconds(5)));
        for (int i = 0; i < 20; i++) { // so that no class is initialised on a full stack
            atOnce(cache, 50, "/warm").values();
            cache.invalidateAll();
        }
        for (int round = 0; round < ROUNDS; round++) {
            int frames = round % 37;
            Thread thread = new Thread(null, () -> after(frames, cache), "deep", STACK + (round % 64) * 1_024L);
            thread.setUncaughtExceptionHandler((same, overflow) -> {});
            thread.start();
            thread.join();
        }
        assertThat(overflows).as("stacks that were full").hasValueGreaterThan(ROUNDS);
        Await.until("no flight is up", () -> cache.stats().fetchesInProgress() == 0);
        Insides.check(cache);

        Latch latch = given.latch();
        origin.on("/b", call -> {
            latch.pass();
            call.json("[2]");
        });
        Crowd<CachedResponse> all = atOnce(cache, PERMITS, "/b");
        latch.awaitArrivals(PERMITS);
        latch.open();
        all.values();
    }
}
