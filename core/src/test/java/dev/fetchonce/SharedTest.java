package dev.fetchonce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import org.junit.jupiter.api.Test;

/** The cache of all; its threads are never to end, so nobody looks for them here. */
class SharedTest {
    @Test
    void it_is_one_for_all_and_closing_it_does_nothing() throws Exception {
        assertThat(Crowd.of(100, HttpCache::shared).values())
                .allSatisfy(cache -> assertThat(cache).isSameAs(HttpCache.shared()));
        try (FakeOrigin origin = new FakeOrigin().json("/a", "[1]")) {
            HttpCache.shared().get(origin.url("/a"));
            HttpCache.shared().close();
            assertThat(HttpCache.shared().fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
            assertThat(HttpCache.shared().fetch(origin.url("/a?2")).served()).isEqualTo(Served.FETCHED);
            HttpCache.shared().invalidateAll();
            assertThat(origin.requests()).isEqualTo(2);
        }
    }
}
