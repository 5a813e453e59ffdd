package dev.fetchonce.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.store.UrlSpellings;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Map;
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
    private Engine engine;

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
        EngineContext parts = counting(Insides.engine(cache).parts());
        engine = new Engine(
                parts,
                new PartialResponses(parts, new ContentCodings(1_000, Map.of()), 1_000),
                new UrlSpellings(1_000),
                HttpHeaders.of(Map.of(), (name, value) -> true));
    }

    private EngineContext counting(EngineContext real) {
        return new EngineContext(
                real.policy(),
                real.clock(),
                real.store(),
                real.interner(),
                real.passes(),
                real.loggedObstacles(),
                real.backoffs(),
                real.permits(),
                real.origin(),
                real.binder(),
                real.userCodeFailures(),
                real.counters(),
                new Counting());
    }

    @Test
    void of_everything() {
        assertThat(engine.invalidateIf(url -> true)).isEqualTo(URLS);
        assertThat(cache.stats().entries()).isZero();
        assertThat(walks).hasValue(1);
    }

    @Test
    void by_a_test_of_urls() {
        assertThat(engine.invalidateIf(url -> url.endsWith("7"))).isEqualTo(URLS / 10);
        assertThat(cache.stats().entries()).isEqualTo(URLS - URLS / 10);
        assertThat(walks).hasValue(1);
    }

    @Test
    void by_an_unsafe_request_that_makes_several_urls_old() {
        engine.outdated(Set.of(
                TargetUri.of(origin.uri("/a?1")), TargetUri.of(origin.uri("/a?2")), TargetUri.of(origin.uri("/a?3"))));
        assertThat(cache.stats().entries()).isEqualTo(URLS - 3);
        assertThat(walks).hasValue(1);
        engine.outdated(Set.of());
        assertThat(walks).as("by one that makes none old").hasValue(1);
    }
}
