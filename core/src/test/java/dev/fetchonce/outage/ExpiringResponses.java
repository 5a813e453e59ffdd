package dev.fetchonce.outage;

import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Caches with a TTL of one minute, and an origin whose stored responses a test lets expire. */
abstract class ExpiringResponses {
    static final Duration TTL = Duration.ofMinutes(1);
    static final Duration PAST_TTL = Duration.ofMinutes(2);

    @RegisterExtension
    final Invariants given = new Invariants();

    final FakeOrigin origin = given.origin();
    final TestClock clock = new TestClock();

    /** Returns a cache without backoff, which asks again at once after a failure. */
    HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b -> options.apply(b.ttl(TTL).clock(clock::nanoTime, clock.wall())));
    }

    /** Returns a cache with the library's default backoff. */
    HttpCache withBackoff(UnaryOperator<HttpCache.Builder> options) {
        return given.withBackoff(b -> options.apply(b.ttl(TTL)
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .clock(clock::nanoTime, clock.wall())));
    }

    HttpCache withStale(HttpCache cache, String... paths) throws Exception {
        for (String path : paths) {
            origin.json(path, "[1]");
            cache.get(origin.url(path));
        }
        awaitLanding(cache); // a flight's thread ends after its callers return
        clock.advance(PAST_TTL);
        return cache;
    }

    /** Lets the path answer "[2]" from now on, but only after the latch opens. */
    Latch held(String path) {
        Latch latch = given.latch();
        origin.on(path, call -> {
            latch.pass();
            call.json("[2]");
        });
        return latch;
    }

    static void awaitLanding(HttpCache cache) {
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
    }

    static String[] paths(int count) {
        return IntStream.range(0, count).mapToObj(i -> "/p" + i).toArray(String[]::new);
    }
}
