package dev.fetchonce.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.internal.origin.RawOrigin;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock's arithmetic holds 146 years at most; longer times count as 146 years. */
class LongestTimesTest {
    private static final String JSON = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

    @ParameterizedTest
    @CsvSource({
        "PT20S, P1D",
        "PT20S, P400000D",
        "P400000D, PT0S",
        "P400000D, P1D",
        "P400000D, P400000D",
        "P53375D, P53375D",
    })
    void an_answer_is_stored_whatever_the_sum_of_its_times(Duration ttl, Duration staleIfError) throws Exception {
        try (RawOrigin server = RawOrigin.answering(JSON);
                HttpCache cache =
                        HttpCache.builder().ttl(ttl).staleIfError(staleIfError).build()) {
            for (int i = 0; i < 3; i++) {
                cache.get(server.uri());
                cache.get(server.uri() + "&other"); // a landing drops the entries that have outlived every use
            }
            assertThat(server.requests()).isEqualTo(2);
        }
    }

    @Test
    void an_answer_without_a_lifetime_is_asked_for_every_time() throws Exception {
        try (RawOrigin server = RawOrigin.answering(JSON);
                HttpCache cache = HttpCache.builder().ttl(Duration.ZERO).build()) {
            for (int i = 0; i < 3; i++) {
                cache.get(server.uri());
            }
            assertThat(server.requests()).isEqualTo(3);
        }
    }
}
