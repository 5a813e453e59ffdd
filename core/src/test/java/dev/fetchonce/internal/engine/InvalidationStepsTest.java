package dev.fetchonce.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An invalidation walks the flights once, for any number of URLs. */
class InvalidationStepsTest {
    private static final int URLS = 300;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "[]");
    private final AtomicInteger walks = new AtomicInteger();
    private final HttpCache cache = given.cache();
    private Invalidator invalidator;

    /** A table that counts the walks over its flights. */
    private final class Counting extends FlightTable<FlightKey, FlightOutcome> {
        Counting() {
            super(Duration.ofSeconds(30), 1_000, AbandonPolicy.LANDS, fault -> {});
        }

        @Override
        public Set<FlightKey> invalidate(Predicate<? super FlightKey> keys, Runnable forget) {
            walks.incrementAndGet();
            return super.invalidate(keys, forget);
        }
    }

    @BeforeEach
    void store() throws Exception {
        for (int i = 0; i < URLS; i++) {
            cache.get(origin.url("/a?" + i));
        }
        CacheCore core = Insides.core(cache);
        CacheClock clock = new CacheClock(System::nanoTime, InstantSource.system());
        invalidator = new Invalidator(
                new Counting(),
                core.inspection().store(),
                new Backoffs(clock::now, new BackoffDelay(1, 1), 1, Math::random),
                core.partialResponses(),
                clock);
    }

    @Test
    void of_everything() {
        assertThat(invalidator.invalidateIf(url -> true)).isEqualTo(URLS);
        assertThat(cache.stats().entries()).isZero();
        assertThat(walks).hasValue(1);
    }

    @Test
    void by_a_test_of_urls() {
        assertThat(invalidator.invalidateIf(url -> url.endsWith("7"))).isEqualTo(URLS / 10);
        assertThat(cache.stats().entries()).isEqualTo(URLS - URLS / 10);
        assertThat(walks).hasValue(1);
    }

    @Test
    void by_an_unsafe_request_that_makes_several_urls_old() {
        invalidator.outdated(Set.of(
                TargetUri.of(origin.uri("/a?1")), TargetUri.of(origin.uri("/a?2")), TargetUri.of(origin.uri("/a?3"))));
        assertThat(cache.stats().entries()).isEqualTo(URLS - 3);
        assertThat(walks).hasValue(1);
        invalidator.outdated(Set.of());
        assertThat(walks).as("by one that makes none old").hasValue(1);
    }
}
