package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.message.Fields;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffDelayTest {
    private static final BackoffDelay DELAY = new BackoffDelay(500, 10_000);

    @ParameterizedTest
    @CsvSource({
        "0,                   500",
        "4999,                500",
        "5009,                500",
        "5010,                501",
        "50000,               5000",
        "99999,               9999",
        "100000,              10000",
        "9223372036854775807, 10000",
    })
    void the_longest_wait_is_a_tenth_of_the_failing_time_within_both_bounds(long failing, long expected) {
        assertThat(DELAY.longest(failing)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0,      0,   250",
        "0,      0.5, 375",
        "0,      1,   500",
        "50000,  0,   2500",
        "50000,  0.5, 3750",
        "50000,  1,   5000",
        "999999, 0,   5000",
        "999999, 1,   10000",
        "0,      NaN, 250",
        "0,      -1,  250",
        "0,      2,   500",
    })
    void the_second_half_of_a_wait_is_random(long failing, double u, long expected) {
        assertThat(DELAY.wait(failing, u)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "1, 1, 1", "2, 0, 1", "3, 0, 1", "3, 0.5, 2", "3, 1, 3"})
    void a_wait_of_a_few_nanoseconds_is_between_its_half_and_its_whole(long only, double u, long expected) {
        assertThat(new BackoffDelay(only, only).wait(0, u)).isEqualTo(expected);
    }

    @Test
    void a_wait_of_any_bounds_neither_overflows_nor_leaves_them() {
        Random random = Fields.random("a_wait_of_any_bounds_neither_overflows_nor_leaves_them");
        for (int i = 0; i < 50_000; i++) {
            long first = 1 + (random.nextLong() >>> random.nextInt(2, 64)) % Deadline.LONGEST;
            BackoffDelay delay = new BackoffDelay(first, random.nextLong(first, Deadline.LONGEST + 1));
            long failing = random.nextLong() >>> random.nextInt(1, 64);
            double u = Fields.oneOf(random, 0.0, Math.nextDown(1.0), 1.0, random.nextDouble());
            long longest = delay.longest(failing);
            assertThat(longest).as("%s, %d", delay, failing).isBetween(first, delay.maximumNanos());
            assertThat(delay.wait(failing, u)).as("%s, %d", delay, failing).isBetween(longest / 2, longest);
            assertThat(delay.longest(Math.max(failing, failing + 1_000)))
                    .as("a longer failing time has no shorter wait")
                    .isGreaterThanOrEqualTo(longest);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "-1, 10", "10, 9", "1, 4611686018427387905", "1, -1"})
    void bounds_that_make_no_sense_are_refused(long first, long maximum) {
        assertThatThrownBy(() -> new BackoffDelay(first, maximum))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from " + first + " to " + maximum + " ns");
    }
}
