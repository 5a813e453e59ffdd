package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With {@code waitForFirst} a call with nothing stored waits for a first answer. */
class WaitForFirstTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    private HttpCache cache(Duration waitForFirst) {
        return given.withBackoff(b -> b.waitForFirst(waitForFirst)
                .patience(Duration.ofMillis(1)) // the other time takes its place
                .backoff(Duration.ofMillis(20), Duration.ofMillis(50)));
    }

    @Test
    void a_first_fetch_that_fails_is_repeated_until_the_origin_answers() throws Exception {
        HttpCache cache = cache(MINUTE);
        origin.on("/a", call -> call.status(503));
        Crowd<CachedResponse> callers = Crowd.of(100, () -> cache.fetch(origin.url("/a")));
        Await.until("the fetch was repeated", () -> origin.requests() >= 4);
        assertThat(callers.done()).isFalse();
        origin.json("/a", "[1]");
        assertThat(callers.values())
                .hasSize(100)
                .allSatisfy(r -> assertThat(r.text()).isEqualTo("[1]"));
    }

    @Test
    void a_host_that_starts_later_is_waited_for() throws Exception {
        HttpCache cache = cache(MINUTE);
        origin.json("/a", "[1]");
        origin.down();
        Crowd<CachedResponse> callers = Crowd.of(10, () -> cache.fetch(origin.url("/a")));
        Await.until("a fetch has failed", () -> !cache.stats().failures().isEmpty());
        origin.up();
        assertThat(callers.values()).allSatisfy(r -> assertThat(r.text()).isEqualTo("[1]"));
    }

    @Test
    void an_answer_that_no_wait_mends_ends_the_call() {
        HttpCache cache = cache(MINUTE);
        origin.on("/a", call -> call.status(404));
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void the_call_ends_with_its_time() {
        HttpCache cache = cache(Duration.ofMillis(200));
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(Exception.class);
        assertThat(origin.requests()).isGreaterThan(1);
    }

    @Test
    void a_close_ends_the_wait_for_a_first_answer() throws Exception {
        HttpCache cache = cache(MINUTE.multipliedBy(30));
        origin.on("/a", call -> call.status(503, "Retry-After: 1800"));
        Crowd<CachedResponse> caller = Crowd.one(() -> cache.fetch(origin.url("/a")));
        Await.until(
                "the first fetch has failed",
                () -> cache.stats().requestsSent() == 1 && cache.stats().fetchesInProgress() == 0);
        cache.close();
        assertThat(caller.thrown().getFirst())
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void a_refresh_of_a_stored_answer_does_not_wait_for_a_first_one() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.waitForFirst(MINUTE.multipliedBy(30)));
        origin.json("/a", "[1]");
        cache.fetch(origin.url("/a"));
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void each_call_that_waits_counts_once() throws Exception {
        HttpCache cache = cache(MINUTE);
        origin.on("/a", call -> call.status(503));
        Crowd<CachedResponse> callers = Crowd.of(100, () -> cache.fetch(origin.url("/a")));
        Await.until("the fetch was repeated", () -> origin.requests() >= 4);
        origin.json("/a", "[1]");
        assertThat(callers.values()).hasSize(100);
        CacheStats stats = cache.stats();
        assertThat(stats.hits() + stats.misses() + stats.collapsed() + stats.heldByBackoff())
                .isEqualTo(100);
    }
}
