package dev.fetchonce.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.LiveHeap;
import dev.fetchonce.testing.TestClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A fetch that has ended keeps no body and no value alive. After an invalidation the cache is as small as before. */
@Tag("heap")
class EndedFetchHeapTest {
    private static final int DOCUMENTS = 16;
    private static final int BODY = 1 << 20;
    private static final int SLACK = 3 << 20;
    private static final Duration TTL = Duration.ofMinutes(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();
    private final Latch latch = given.latch();

    /** The kinds of fetches for a document with a stale response, and how they end. */
    enum Way {
        FETCHED,
        REFRESHED,
        /** The cache returned the stale response and renewed it in the background. */
        IN_BACKGROUND,
        /** The caller left when its soft timeout ended. */
        LEFT_SOFTLY,
        /** The caller left because of an interrupt. */
        INTERRUPTED,
        INVALIDATED_MEANWHILE,
        FAILED,
        UNDECODABLE,
        PART,
        PART_INVALIDATED_MEANWHILE,
        PART_GIVEN_UP
    }

    private HttpCache cache(Way way) {
        return given.cache(b -> {
            b.clock(clock::nanoTime, clock.wall()).maximumBytes(256L << 20).backgroundFetches(DOCUMENTS);
            switch (way) {
                case IN_BACKGROUND -> b.ttl(TTL).staleWhileRevalidate(TTL.multipliedBy(10));
                case LEFT_SOFTLY -> b.ttl(TTL).softTimeout(Duration.ZERO);
                case PART, PART_INVALIDATED_MEANWHILE, PART_GIVEN_UP -> b.freshness(Freshness.http());
                default -> b.ttl(TTL);
            }
            return b;
        });
    }

    private String url(int i) {
        return origin.url("/d?" + i);
    }

    @Test
    void a_fetch_that_has_ended_keeps_nothing_alive() throws Exception {
        round(cache(Way.FETCHED), Way.FETCHED); // loads the classes
        Map<Way, Long> left = new EnumMap<>(Way.class);
        for (Way way : Way.values()) {
            long before = LiveHeap.bytes(); // the clients of the other caches still hold their connections
            HttpCache cache = cache(way);
            round(cache, way);
            assertThat(cache.stats().bytes()).as("%s", way).isLessThan(SLACK);
            long more = LiveHeap.bytes() - before;
            for (int i = 0; i < 5 && more > SLACK; i++) { // cleaners may run later
                more = LiveHeap.bytes() - before;
            }
            if (more > SLACK) {
                left.put(way, more);
            }
        }
        assertThat(left).as("bytes that are left").isEmpty();
    }

    private void round(HttpCache cache, Way way) throws Exception {
        origin.on("/d", call -> call.json(document()));
        for (int i = 0; i < DOCUMENTS; i++) {
            cache.get(url(i));
        }
        clock.advance(TTL.plusSeconds(1));
        Latch all = given.latch();
        if (way == Way.IN_BACKGROUND || way == Way.LEFT_SOFTLY) {
            origin.on("/d", call -> {
                all.pass();
                call.json(document());
            });
        }
        for (int i = 0; i < DOCUMENTS; i++) {
            go(cache, way, url(i));
        }
        all.open();
        Await.until("all have ended", () -> Insides.fetchesInProgress(cache) == 0);
        cache.invalidateAll();
    }

    private void go(HttpCache cache, Way way, String url) throws Exception {
        switch (way) {
            case FETCHED, IN_BACKGROUND, LEFT_SOFTLY -> cache.get(url);
            case REFRESHED ->
                cache.refresh(HttpRequest.newBuilder(URI.create(url)).build());
            case INTERRUPTED, INVALIDATED_MEANWHILE -> {
                Latch mine = given.latch();
                origin.on("/d", call -> {
                    mine.pass();
                    call.json(document());
                });
                Crowd<CachedResponse> one = Crowd.one(() -> cache.fetch(url));
                mine.awaitArrivals(1);
                if (way == Way.INTERRUPTED) {
                    one.interruptAll();
                } else {
                    cache.invalidate(URI.create(url));
                }
                mine.open();
                one.outcomes();
            }
            case FAILED -> {
                origin.on("/d", call -> call.send(500, document().getBytes(StandardCharsets.UTF_8), "X: 1"));
                assertThat(cache.fetch(url).stale()).isTrue();
            }
            case UNDECODABLE -> {
                origin.on("/d", call -> call.json(document().substring(1)));
                assertThat(cache.fetch(url).stale()).isTrue();
            }
            case PART, PART_INVALIDATED_MEANWHILE, PART_GIVEN_UP -> part(cache, way, url);
        }
    }

    private void part(HttpCache cache, Way way, String url) throws Exception {
        cache.invalidate(URI.create(url));
        Latch mine = given.latch();
        origin.on("/d", call -> {
            if (way != Way.PART) {
                mine.pass();
            }
            call.send(
                    206,
                    document().getBytes(StandardCharsets.UTF_8),
                    "ETag: \"1\"",
                    "Cache-Control: max-age=60",
                    "Content-Range: bytes 0-" + (document().length() - 1) + "/" + 2 * BODY);
        });
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Range", "bytes=0-" + (document().length() - 1))
                .build();
        Crowd<Integer> one = Crowd.one(() ->
                cache.asHttpClient().send(request, BodyHandlers.ofString()).statusCode());
        if (way != Way.PART) {
            mine.awaitArrivals(1);
            if (way == Way.PART_GIVEN_UP) {
                one.interruptAll();
            } else {
                cache.invalidateAll();
            }
            mine.open();
        }
        one.outcomes();
    }

    private static String document() {
        char[] text = new char[BODY];
        Arrays.fill(text, 'x');
        return "[\"" + new String(text) + "\"]";
    }
}
