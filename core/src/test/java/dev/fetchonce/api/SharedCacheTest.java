package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import org.junit.jupiter.api.Test;

/** The global cache, which all code shares. Its threads never end, so no extension looks for them here. */
class SharedCacheTest {
    @Test
    void it_is_one_for_all_and_closing_it_does_nothing() throws Exception {
        assertThat(Crowd.of(100, HttpCache::global).values())
                .allSatisfy(cache -> assertThat(cache).isSameAs(HttpCache.global()));
        try (FakeOrigin origin = new FakeOrigin().json("/a", "[1]")) {
            HttpCache.global().get(origin.url("/a"));
            HttpCache.global().close();
            assertThat(HttpCache.global().fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
            assertThat(HttpCache.global().fetch(origin.url("/a?2")).served()).isEqualTo(Served.FETCHED);
            HttpCache.global().invalidateAll();
            assertThat(origin.requests()).isEqualTo(2);
        }
    }
}
