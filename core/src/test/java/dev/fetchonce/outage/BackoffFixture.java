package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cache with the backoff of the library, a clock of the test, and an origin that fails when the test says so. */
class BackoffFixture {
    static final Duration TTL = Duration.ofMinutes(1);
    static final Duration PAST_TTL = Duration.ofMinutes(2);
    static final long FIRST = Duration.ofMillis(500).toNanos();
    static final long MAXIMUM = Duration.ofSeconds(10).toNanos();

    @RegisterExtension
    final Invariants given = new Invariants();

    final FakeOrigin origin = given.origin();
    final TestClock clock = new TestClock();

    /** The number of requests that the cache tried to send, refused connections included. */
    final AtomicInteger sent = new AtomicInteger();

    HttpCache cache() {
        return cache(b -> b);
    }

    HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.withBackoff(b -> options.apply(b.ttl(TTL)
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .requestCustomizer(request -> {
                    sent.incrementAndGet();
                    return request;
                })
                .clock(clock::nanoTime, clock.wall())));
    }

    /** Stores "[1]" for each path and lets it go stale. */
    HttpCache withStale(HttpCache cache, String... paths) throws Exception {
        for (String path : paths) {
            origin.json(path, "[1]");
            cache.get(origin.url(path));
        }
        clock.advance(PAST_TTL);
        return cache;
    }

    void fails(String path, String... fields) {
        origin.on(path, call -> call.status(503, fields));
    }

    /** Makes the host sick: each path fails for a caller with nothing stored. */
    void sicken(HttpCache cache, String... paths) {
        for (String path : paths) {
            fails(path);
            assertThatThrownBy(() -> cache.get(origin.url(path))).isInstanceOf(StatusException.class);
        }
    }

    Instant now() {
        return clock.wall().instant();
    }

    Duration until(CachedResponse response) {
        return Duration.between(
                now(), response.trouble().flatMap(Trouble::nextAttempt).orElseThrow());
    }

    /** Asks with a stale response at hand, and waits until the fetch in the background has landed. */
    CachedResponse probed(HttpCache cache, String path) throws Exception {
        CachedResponse stale = cache.fetch(origin.url(path));
        assertThat(stale.served()).isEqualTo(Served.STALE_BACKOFF);
        awaitLanding(cache);
        return cache.peek(origin.uri(path)).orElseThrow();
    }

    static void awaitLanding(HttpCache cache) {
        Await.until("no fetch is under way", () -> cache.stats().fetchesInProgress() == 0);
    }

    static int failures(CachedResponse response) {
        return response.trouble().map(Trouble::consecutiveFailures).orElse(0);
    }

    /** Advances the clock to the end of the backoff of a path, as the stored response reports it. */
    void awaitNextAttempt(HttpCache cache, String path) {
        clock.advance(until(cache.peek(origin.uri(path)).orElseThrow()));
    }

    /** Lets a path fail once, and the wait after that pass. */
    void waitIsOver(HttpCache cache, String path) throws Exception {
        fails(path);
        cache.fetch(origin.url(path));
        awaitNextAttempt(cache, path);
    }

    /** Lets a path answer with a body once the returned latch is open. */
    Latch answersLater(String path, String body) {
        Latch latch = given.latch();
        origin.on(path, call -> {
            latch.pass();
            call.json(body);
        });
        return latch;
    }
}
