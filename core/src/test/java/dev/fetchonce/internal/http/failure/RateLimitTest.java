package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.Fields;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of the cache shows 1,800,000,000 s since 1970; that of the origin is 100 s behind. */
class RateLimitTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final String DATE = "Fri, 15 Jan 2027 07:58:20 GMT";
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "429 | X-Other               | 0       | true",
                "403 | X-Other               | 0       | false",
                "403 | Retry-After           | 60      | true",
                "403 | Retry-After           | 0       | true",
                "403 | Retry-After           | " + DATE + " | true",
                "403 | Retry-After           | soon    | false",
                "403 | Retry-After           | ''      | false",
                "403 | Retry-After           | -1      | false",
                "401 | Retry-After           | 60      | false",
                "503 | Retry-After           | 60      | false",
                "403 | X-RateLimit-Remaining | 0       | true",
                "403 | x-ratelimit-remaining | 0       | true",
                "403 | X-RateLimit-Remaining | 000     | true",
                "403 | X-RateLimit-Remaining | ' 0\t'  | true",
                "403 | X-RateLimit-Remaining | 1       | false",
                "403 | X-RateLimit-Remaining | -0      | false",
                "403 | X-RateLimit-Remaining | none    | false",
                "403 | X-RateLimit-Remaining | ''      | false",
                "400 | X-RateLimit-Remaining | 0       | true",
                "503 | X-RateLimit-Remaining | 0       | true",
                "200 | X-RateLimit-Remaining | 0       | false",
                "204 | X-RateLimit-Remaining | 0       | false",
                "302 | X-RateLimit-Remaining | 0       | false",
                "304 | X-RateLimit-Remaining | 0       | false",
                "200 | Retry-After           | 60      | false",
            })
    void a_response_says_that_a_limit_is_reached(int status, String name, String value, boolean expected) {
        assertThat(RateLimit.reached(status, fields(name, value))).isEqualTo(expected);
    }

    @Test
    void the_first_of_several_lines_counts() {
        assertThat(RateLimit.reached(403, fields("X-RateLimit-Remaining", "0", "X-RateLimit-Remaining", "5")))
                .isTrue();
        assertThat(RateLimit.reached(403, fields("X-RateLimit-Remaining", "5", "X-RateLimit-Remaining", "0")))
                .isFalse();
        assertThat(RateLimit.reset(fields("X-RateLimit-Reset", "2", "X-RateLimit-Reset", "9"), NOW, HOUR))
                .hasValue(2_000_000_000L);
        assertThat(RateLimit.reset(fields("X-RateLimit-Reset", "x", "X-RateLimit-Reset", "9"), NOW, HOUR))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0                   | 0",
                "1                   | 1",
                "0060                | 60",
                "3599                | 3599",
                "3600                | 3600",
                "3601                | 3600",
                "1000000000          | 3600",
                "1000000001          | 0",
                "1799999899          | 0",
                "1799999900          | 0",
                "1799999901          | 1",
                "1800000000          | 100",
                "1800003500          | 3600",
                "1800000000000       | 3600",
                "999999999999999999  | 3600",
            })
    void a_reset_above_a_billion_is_a_time_by_the_clock_of_the_origin(String value, long seconds) {
        HttpHeaders fields = fields("X-RateLimit-Reset", " " + value + "\t", "Date", DATE);
        assertThat(RateLimit.reset(fields, NOW, HOUR)).hasValue(TimeUnit.SECONDS.toNanos(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "1800000000", "Fri, 15 Jan 2027"})
    void without_a_valid_date_the_clock_of_the_cache_stands_in(String date) {
        HttpHeaders fields = fields("X-RateLimit-Reset", "1800000007", "Date", date);
        assertThat(RateLimit.reset(fields, NOW, HOUR)).hasValue(TimeUnit.SECONDS.toNanos(7));
        assertThat(RateLimit.reset(fields("X-RateLimit-Reset", "1800000007"), NOW, HOUR))
                .hasValue(TimeUnit.SECONDS.toNanos(7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "-1", "+1", "1.5", "1e3", "0x10", "soon", "1 2", "5, 6", "\u0661", "9999999999999999999"
            })
    void a_reset_that_is_no_number_of_18_digits_is_no_wait(String value) {
        assertThat(RateLimit.reset(fields("X-RateLimit-Reset", value), NOW, HOUR))
                .isEmpty();
    }

    @Test
    void without_the_field_there_is_no_wait() {
        assertThat(RateLimit.reset(fields("Date", DATE), NOW, HOUR)).isEmpty();
    }

    @Test
    void no_value_leaves_the_bounds() {
        Random random = Fields.random("no_value_leaves_the_bounds");
        for (int i = 0; i < 20_000; i++) {
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(22); length > 0; length--) {
                value.append(random.nextInt(20) > 0 ? (char) ('0' + random.nextInt(10)) : (char) random.nextInt(256));
            }
            long maximum = random.nextLong() >>> random.nextInt(1, 64);
            Instant now = Fields.oneOf(random, Instant.MIN, Instant.EPOCH, NOW, Instant.MAX);
            OptionalLong wait = RateLimit.reset(fields("X-RateLimit-Reset", value.toString()), now, maximum);
            wait.ifPresent(nanos -> assertThat(nanos).as("%s", value).isBetween(0L, maximum));
        }
    }
}
