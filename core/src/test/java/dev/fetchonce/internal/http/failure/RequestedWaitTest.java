package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestedWaitTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private static OptionalLong nanos(int status, String... fields) {
        return RequestedWait.nanos(status, fields(fields), NOW, HOUR);
    }

    @Test
    void retry_after_counts_on_each_status_that_fails_and_on_no_other() {
        for (int status = 100; status <= 599; status++) {
            assertThat(nanos(status, "Retry-After", "7"))
                    .as("%d", status)
                    .isEqualTo(status >= 400 ? OptionalLong.of(TimeUnit.SECONDS.toNanos(7)) : OptionalLong.empty());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "429, X-Other, 0, 5",
        "403, X-RateLimit-Remaining, 0, 5",
        "503, X-RateLimit-Remaining, 0, 5",
        "403, X-RateLimit-Remaining, 1, -1",
        "403, X-Other, 0, -1",
        "503, X-Other, 0, -1",
        "200, X-RateLimit-Remaining, 0, -1",
        "304, X-RateLimit-Remaining, 0, -1",
        "403, Retry-After, 9, 9",
        "429, Retry-After, 9, 9",
        "429, Retry-After, 0, 0",
        "429, Retry-After, soon, 5",
        "403, Retry-After, soon, -1",
    })
    void a_reset_in_5_s_counts_where_a_limit_is_reached_and_retry_after_says_nothing(
            int status, String name, String value, long seconds) {
        OptionalLong expected = seconds < 0 ? OptionalLong.empty() : OptionalLong.of(TimeUnit.SECONDS.toNanos(seconds));
        assertThat(nanos(status, name, value, "X-RateLimit-Reset", "5")).isEqualTo(expected);
    }

    @Test
    void both_waits_are_cut_to_the_maximum() {
        assertThat(nanos(503, "Retry-After", "7200")).hasValue(HOUR);
        assertThat(nanos(429, "X-RateLimit-Reset", "7200")).hasValue(HOUR);
        assertThat(nanos(429, "X-RateLimit-Reset", "1800007200")).hasValue(HOUR);
    }

    @Test
    void with_a_maximum_of_zero_no_origin_requests_a_wait() {
        assertThat(RequestedWait.nanos(503, fields("Retry-After", "7"), NOW, 0)).isEmpty();
        assertThat(RequestedWait.nanos(429, fields("X-RateLimit-Reset", "7"), NOW, 0))
                .isEmpty();
    }
}
