package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.Fields;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:37.250Z");
    private static final long MAXIMUM = TimeUnit.SECONDS.toNanos(30);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0                                | 0",
                "1                                | 1000000000",
                "29                               | 29000000000",
                "30                               | 30000000000",
                "31                               | 30000000000",
                "0000000000000000000000000000005  | 5000000000",
                "9223372036854775807              | 30000000000",
                "9223372036854775808              | 30000000000",
                "99999999999999999999999999999999 | 30000000000",
                "Sun, 06 Nov 1994 08:49:38 GMT    | 750000000",
                "Sunday, 06-Nov-94 08:49:38 GMT   | 750000000",
                "Sun Nov  6 08:49:38 1994         | 750000000",
                "Sun, 06 Nov 1994 08:50:07 GMT    | 29750000000",
                "Sun, 06 Nov 1994 08:50:08 GMT    | 30000000000",
                "Fri, 31 Dec 9999 23:59:59 GMT    | 30000000000",
                "Sun, 06 Nov 1994 08:49:37 GMT    | 0",
                "Thu, 01 Jan 1970 00:00:00 GMT    | 0",
            })
    void seconds_or_a_date_are_a_wait_up_to_the_maximum(String value, long expected) {
        assertThat(RetryAfter.nanos(fields("Retry-After", value), NOW, MAXIMUM)).hasValue(expected);
        assertThat(RetryAfter.nanos(fields("Retry-After", " " + value + "\t"), NOW, MAXIMUM))
                .hasValue(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1.5",
                "1 2",
                "5, 6",
                "5;x",
                "soon",
                "0x10",
                "1e3",
                "\u0661",
                "\u00b2",
                "Sun, 06 Nov"
            })
    void a_value_that_makes_no_sense_is_no_wait(String value) {
        assertThat(RetryAfter.nanos(fields("Retry-After", value), NOW, MAXIMUM)).isEmpty();
    }

    @Test
    void without_the_field_there_is_no_wait() {
        assertThat(RetryAfter.nanos(fields(), NOW, MAXIMUM)).isEmpty();
    }

    @Test
    void of_several_lines_the_first_one_counts() {
        assertThat(RetryAfter.nanos(fields("Retry-After", "2", "retry-after", "9"), NOW, MAXIMUM))
                .hasValue(TimeUnit.SECONDS.toNanos(2));
        assertThat(RetryAfter.nanos(fields("Retry-After", "soon", "Retry-After", "9"), NOW, MAXIMUM))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 999_999_999, 1_000_000_000, 1L << 62, Long.MAX_VALUE})
    void any_maximum_holds_at_any_time(long maximum) {
        for (Instant now : new Instant[] {Instant.MIN, Instant.EPOCH, NOW, Instant.MAX}) {
            for (String value :
                    new String[] {"0", "1", "9223372036", "9223372037", "9".repeat(100), "Fri, 31 Dec 9999 23:59:59 GMT"
                    }) {
                OptionalLong wait = RetryAfter.nanos(fields("Retry-After", value), now, maximum);
                assertThat(wait.orElseThrow()).isBetween(0L, maximum);
            }
        }
    }

    @Test
    void no_bytes_whatever_make_it_throw_or_leave_its_bounds() {
        Random random = Fields.random("no_bytes_whatever_make_it_throw_or_leave_its_bounds");
        for (int i = 0; i < 50_000; i++) {
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                value.append(random.nextInt(4) > 0 ? (char) ('0' + random.nextInt(10)) : (char) random.nextInt(256));
            }
            RetryAfter.nanos(fields("Retry-After", value.toString()), NOW, MAXIMUM)
                    .ifPresent(wait -> assertThat(wait).isBetween(0L, MAXIMUM));
        }
    }
}
