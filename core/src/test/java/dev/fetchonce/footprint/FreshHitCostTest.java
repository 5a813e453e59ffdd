package dev.fetchonce.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** A fresh hit allocates nothing and reads one clock. */
class FreshHitCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int HITS = 1_000_000;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "{\"n\":1}", "Vary: Accept-Encoding");
    private final TestClock clock = new TestClock();
    private final HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));

    record N(int n) {}

    enum Way {
        TREE,
        CLASS,
        GENERIC,
        OTHER_SPELLING,
        URI_TREE,
        URI_CLASS,
        TURNS,
        LOOK_UP
    }

    private Callable<Object> hit(Way way) {
        String url = origin.url("/a");
        String other = "HTTP://127.0.0.1:" + origin.port() + "/x/../a#part";
        URI uri = origin.uri("/a");
        TypeReference<Map<String, Integer>> map = new TypeReference<>() {};
        return switch (way) {
            case TREE -> () -> cache.get(url);
            case CLASS -> () -> cache.get(url, N.class);
            case GENERIC -> () -> cache.get(url, map);
            case OTHER_SPELLING -> () -> cache.get(other, N.class);
            case URI_TREE -> () -> cache.get(uri);
            case URI_CLASS -> () -> cache.get(uri, N.class);
            case TURNS -> {
                boolean[] tree = new boolean[1];
                yield () -> (tree[0] ^= true) ? cache.get(url) : cache.get(url, N.class);
            }
            case LOOK_UP -> () -> Insides.core(cache).hits().find(url, JsonNode.class);
        };
    }

    @ParameterizedTest
    @EnumSource
    void a_fresh_hit_allocates_nothing(Way way) throws Exception {
        cache.get(origin.url("/a"));
        Callable<Object> hit = hit(way);
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 5 && least >= 0.1; attempt++) { // the first attempts warm up
            least = Math.min(least, allocated(hit) / (double) HITS);
        }
        assertThat(least).as("bytes per hit").isLessThan(0.1);
        assertThat(origin.requests()).isEqualTo(1);
    }

    private static long allocated(Callable<Object> hit) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Object last = null;
        for (int i = 0; i < HITS; i++) {
            last = hit.call();
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(last).isNotNull();
        return allocated;
    }

    @ParameterizedTest
    @EnumSource
    void a_fresh_hit_reads_the_monotonic_clock_once_and_the_wall_clock_once_a_second(Way way) throws Exception {
        cache.get(origin.url("/a"));
        Callable<Object> hit = hit(way);
        hit.call();
        hit.call(); // the calls in turns ask for the other type now
        long nanoReads = clock.nanoReads();
        long wallReads = clock.wallReads();
        for (int i = 0; i < 1_000; i++) {
            hit.call();
            clock.advance(Duration.ofMillis(10));
        }
        assertThat(clock.nanoReads() - nanoReads).isEqualTo(1_000);
        assertThat(clock.wallReads() - wallReads).isBetween(9L, 10L);
        assertThat(cache.stats().hits()).isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void a_spelling_is_parsed_once_and_a_hit_by_it_is_the_same_instance() throws Exception {
        Object tree = cache.get(origin.url("/a"));
        assertThat(Stream.of(Way.TREE, Way.OTHER_SPELLING, Way.URI_TREE).map(way -> {
                    try {
                        return way == Way.OTHER_SPELLING ? cache.get(origin.url("/y/../a")) : hit(way).call();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }))
                .allSatisfy(value -> assertThat(value).isSameAs(tree));
    }
}
