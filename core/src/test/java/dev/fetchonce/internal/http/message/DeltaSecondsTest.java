package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaSecondsTest {
    @Nested
    @DisplayName("RFC 9111 §1.2.2 delta-seconds")
    class Section_1_2_2 {
        @ParameterizedTest
        @CsvSource({
            "0, 0",
            "1, 1",
            "003600, 3600",
            "0000000000000000000000000000000005, 5",
            "2147483647, 2147483647",
            "2147483648, 2147483648",
            "2147483649, 2147483648",
            "4294967296, 2147483648",
            "9223372036854775807, 2147483648",
            "9223372036854775808, 2147483648",
            "18446744073709551617, 2147483648",
            "99999999999999999999999999999999999999, 2147483648",
        })
        void digits_are_a_number_and_what_is_too_great_is_two_to_the_31(String text, long expected) {
            assertThat(DeltaSeconds.parse(text)).hasValue(expected);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "-1",
                    "-0",
                    "+1",
                    "1.0",
                    "1.5",
                    "1e3",
                    "0x10",
                    "100a",
                    "a100",
                    "1 2",
                    " 1",
                    "1 ",
                    "1,2",
                    "\"1\"",
                    "'1'",
                    "\u0661",
                    "\u00b2",
                    "\uff11",
                    "1\u0000",
                    "-9223372036854775809"
                })
        void anything_else_is_no_number(String text) {
            assertThat(DeltaSeconds.parse(text)).isEmpty();
        }

        @Test
        void tens_of_thousands_of_digits_are_too_great_and_so_many_zeros_are_zero() {
            assertThat(DeltaSeconds.parse("9".repeat(60_000))).hasValue(DeltaSeconds.MAXIMUM);
            assertThat(DeltaSeconds.parse("0".repeat(60_000))).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-9223372036854775808, 0",
        "-1, 0",
        "0, 0",
        "1, 1000000000",
        "2147483648, 2147483648000000000",
        "2147483649, 2147483648000000000",
        "9223372036854775807, 2147483648000000000",
    })
    void as_nanoseconds_they_never_overflow(long seconds, long nanos) {
        assertThat(DeltaSeconds.nanos(seconds)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25T12:00:00Z, 2026-11-25T12:00:00Z, 0",
        "2026-11-25T12:00:00Z, 2026-11-25T12:00:01Z, 1000000000",
        "2026-11-25T12:00:00.750Z, 2026-11-25T12:00:01.250Z, 500000000",
        "2026-11-25T12:00:00.250Z, 2026-11-25T12:00:01.750Z, 1500000000",
        "2026-11-25T12:00:01Z, 2026-11-25T12:00:00Z, 0",
        "1969-12-31T23:59:59Z, 1970-01-01T00:00:01Z, 2000000000",
        "1970-01-01T00:00:00Z, 2038-01-19T03:14:08Z, 2147483648000000000",
        "1970-01-01T00:00:00Z, 2038-01-19T03:14:08.5Z, 2147483648000000000",
        "0001-01-01T00:00:00Z, 9999-12-31T23:59:59Z, 2147483648000000000",
    })
    void between_two_moments_lies_what_is_not_negative_and_not_too_great(Instant from, Instant to, long nanos) {
        assertThat(DeltaSeconds.nanosBetween(from, to)).isEqualTo(nanos);
    }

    @Test
    void the_ends_of_time_are_no_exception() {
        assertThat(DeltaSeconds.nanosBetween(Instant.MIN, Instant.MAX)).isEqualTo(DeltaSeconds.MAXIMUM_NANOS);
        assertThat(DeltaSeconds.nanosBetween(Instant.MAX, Instant.MIN)).isZero();
    }
}
