package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Retries within one fetch. */
class RetriesTest extends ExpiringResponses {
    @Test
    void two_failures_and_a_success_within_one_call_are_a_success() throws Exception {
        HttpCache cache = cache(b -> b.retries(2));
        origin.on("/a", call -> {
            if (call.number() < 3) {
                call.status(503);
            } else {
                call.json("[3]");
            }
        });
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.FETCHED);
        assertThat(response.trouble()).isEmpty();
        assertThat(response.text()).isEqualTo("[3]");
        assertThat(origin.requests()).isEqualTo(3);
        assertThat(cache.stats().failures()).isEmpty();
    }

    @Test
    void retries_that_all_fail_are_one_failure() throws Exception {
        HttpCache cache = withStale(withBackoff(b -> b.retries(3)), "/a");
        origin.on("/a", call -> call.status(500));
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(response.trouble().map(Trouble::consecutiveFailures).orElse(0))
                .isEqualTo(1);
        assertThat(origin.requests("/a")).isEqualTo(1 + 4);
        assertThat(cache.stats().failures()).containsExactly(Map.entry(Reason.STATUS, 1L));
    }

    @Test
    void an_answer_is_not_retried() {
        HttpCache cache = cache(b -> b.retries(3));
        assertThatThrownBy(() -> cache.get(origin.url("/none"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_retry_that_would_come_after_the_deadline_or_before_the_origin_wants_it_is_not_made() {
        HttpCache cache = given.withBackoff(b -> b.retries(10).timeout(Duration.ofSeconds(1)));
        origin.on("/a", call -> call.status(503, "Retry-After: 5"));
        assertThatThrownBy(() -> cache.get(origin.url("/a")))
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(503));
        assertThat(origin.requests()).isEqualTo(1);
        origin.on("/b", call -> call.status(503));
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).isInstanceOf(FetchException.class);
        assertThat(origin.requests("/b")).isBetween(1, 10);
    }

    @Test
    void a_retry_respects_retry_after_however_short_the_waits_between_fetches_are() {
        HttpCache cache = cache(b -> b.retries(1)); // its longest wait between fetches is a nanosecond
        origin.on("/a", call -> {
            if (call.number() == 1) {
                call.status(503, "Retry-After: 3600");
            } else {
                call.json("[2]");
            }
        });
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }
}
