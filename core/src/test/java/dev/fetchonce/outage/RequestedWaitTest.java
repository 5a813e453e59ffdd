package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An origin requests a wait by Retry-After or by a rate limit, and the cache obeys it. */
class RequestedWaitTest extends BackoffFixture {
    @Test
    void a_rate_limit_holds_back_all_urls_of_one_user_alone() throws Exception {
        HttpCache cache = cache();
        HttpRequest.Builder mine = HttpRequest.newBuilder().header("Authorization", "Bearer " + Invariants.SECRET);
        for (String path : List.of("/a", "/b", "/c", "/d")) {
            origin.on(path, call -> call.status(429, "Retry-After: 60"));
        }
        assertThatThrownBy(() -> cache.fetch(mine.uri(origin.uri("/a")).build()))
                .isInstanceOf(StatusException.class);
        assertThatThrownBy(() -> cache.fetch(mine.uri(origin.uri("/b")).build()))
                .isInstanceOfSatisfying(StatusException.class, e -> {
                    assertThat(e.status()).hasValue(429);
                    assertThat(e.trouble().flatMap(Trouble::nextAttempt)).hasValue(now().plusSeconds(60));
                });
        assertThat(origin.requests()).isEqualTo(1);

        List.of("/a", "/b", "/c", "/d").forEach(path -> origin.json(path, "[1]"));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
        cache.retryNow();
        assertThatThrownBy(() -> cache.fetch(mine.uri(origin.uri("/c")).build()))
                .isInstanceOf(StatusException.class);
        clock.advance(Duration.ofSeconds(60));
        assertThat(cache.fetch(mine.uri(origin.uri("/c")).build()).text()).isEqualTo("[1]");
        assertThat(cache.fetch(mine.uri(origin.uri("/d")).build()).text()).isEqualTo("[1]");
    }

    @Test
    void a_403_with_a_rate_limit_leaves_the_stored_answer_in_use() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        origin.on("/a", call -> call.status(403, "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 90"));
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThat(stale.text()).isEqualTo("[1]");
        assertThat(until(stale)).isEqualTo(Duration.ofSeconds(90));
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "408, 7, 7",
        "429, 7, 7",
        "500, 7, 7",
        "503, 7, 7",
        "503, 3600, 3600",
        "503, 86400, 3600",
        "429, 99999999999999999999, 3600"
    })
    void retry_after_in_seconds_sets_the_wait_up_to_the_maximum(int status, String field, int seconds)
            throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        origin.on("/a", call -> call.status(status, "Retry-After: " + field));
        assertThat(until(cache.fetch(origin.url("/a")))).isEqualTo(Duration.ofSeconds(seconds));
        clock.advance(Duration.ofSeconds(seconds).minusNanos(1));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
        clock.advance(Duration.ofNanos(1));
        assertThat(failures(probed(cache, "/a"))).isEqualTo(2);
    }

    @Test
    void with_nothing_stored_the_first_failure_obeys_retry_after() throws Exception {
        HttpCache cache = cache();
        fails("/a", "Retry-After: 20");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a")))
                    .isInstanceOfSatisfying(
                            StatusException.class,
                            e -> assertThat(e.trouble().flatMap(Trouble::nextAttempt))
                                    .hasValue(now().plusSeconds(20)));
        }
        assertThat(origin.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"12, 12", "7200, 3600"})
    void retry_after_as_a_date_sets_the_wait_up_to_the_maximum(int ahead, int seconds) throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                now().plusSeconds(ahead).atOffset(ZoneOffset.UTC));
        fails("/a", "Retry-After: " + date.replaceFirst(", (\\d) ", ", 0$1 "));
        assertThat(until(cache.fetch(origin.url("/a")))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "Tue, 03 Feb 2026 04:00:00 GMT", "soon"})
    void a_retry_after_that_is_no_wait_leaves_a_first_wait(String field) throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        fails("/a", "Retry-After: " + field);
        assertThat(until(cache.fetch(origin.url("/a"))).toNanos()).isBetween(FIRST / 2, FIRST);
    }
}
