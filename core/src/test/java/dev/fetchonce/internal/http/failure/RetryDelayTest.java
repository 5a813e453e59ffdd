package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.http.caching.Jitter;
import dev.fetchonce.internal.http.message.Fields;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryDelayTest {
    private static final RetryDelay DELAY = new RetryDelay(250, 30_000);

    @ParameterizedTest
    @CsvSource({
        "-2147483648, 0,   0",
        "-1,          1,   0",
        "0,           0.5, 0",
        "1,           0,   125",
        "1,           0.5, 187",
        "1,           1,   250",
        "2,           0,   250",
        "2,           1,   500",
        "3,           1,   1000",
        "7,           0,   8000",
        "7,           1,   16000",
        "8,           0,   15000",
        "8,           0.5, 22500",
        "8,           1,   30000",
        "64,          1,   30000",
        "65,          1,   30000",
        "66,          1,   30000",
        "2147483647,  0,   15000",
        "2147483647,  1,   30000",
        "1,           NaN, 125",
        "1,           -1,  125",
        "1,           2,   250",
    })
    void the_waits_double_up_to_the_maximum_and_half_is_left_to_chance(int failures, double u, long expected) {
        assertThat(DELAY.wait(failures, u)).isEqualTo(expected);
    }

    @Test
    void nothing_overflows_whatever_the_bounds() {
        Random random = Fields.random("nothing_overflows_whatever_the_bounds");
        for (int i = 0; i < 20_000; i++) {
            long first = 1 + (random.nextLong() >>> random.nextInt(2, 64)) % RetryDelay.LONGEST;
            long maximum = random.nextLong(first, RetryDelay.LONGEST + 1);
            RetryDelay delay = new RetryDelay(first, maximum);
            double u = Fields.oneOf(random, 0.0, Math.nextDown(1.0), 1.0, random.nextDouble());
            long before = 0;
            for (int failures = 1; failures < 70; failures++) {
                long longest = delay.longest(failures);
                assertThat(longest).as("%s, %d failures", delay, failures).isBetween(Math.max(before, first), maximum);
                assertThat(longest / 2).isLessThanOrEqualTo(Math.max(before, first));
                assertThat(delay.wait(failures, u)).isBetween(longest / 2, longest);
                before = longest;
            }
            assertThat(before).isEqualTo(maximum);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "-1, 10", "10, 9", "1, 4611686018427387905", "1, -1"})
    void bounds_that_make_no_sense_are_refused(long first, long maximum) {
        assertThatThrownBy(() -> new RetryDelay(first, maximum))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from " + first + " to " + maximum + " ns");
    }

    @ParameterizedTest
    @CsvSource({
        "1000,                0,   1,   1000",
        "1000,                0.1, 0,   1000",
        "1000,                0.1, 0.5, 950",
        "1000,                0.1, 1,   900",
        "1000,                1,   1,   0",
        "1000,                2,   2,   0",
        "1000,                -1,  1,   1000",
        "1000,                0.5, -1,  1000",
        "1000,                NaN, 1,   1000",
        "1000,                0.5, NaN, 1000",
        "0,                   0.5, 0.5, 0",
        "1,                   0.5, 1,   1",
        "9223372036854775807, 1,   1,   0",
        "9223372036854775807, 0,   1,   9223372036854775807",
    })
    void a_lifetime_is_shortened_by_up_to_its_fraction(long ttl, double fraction, double u, long expected) {
        assertThat(Jitter.ttl(ttl, fraction, u)).isEqualTo(expected);
    }

    @Test
    void a_lifetime_is_never_negative_and_never_more_than_the_whole() {
        Random random = Fields.random("a_lifetime_is_never_negative_and_never_more_than_the_whole");
        for (int i = 0; i < 100_000; i++) {
            long ttl = random.nextLong() >>> random.nextInt(1, 64);
            double fraction = random.nextDouble();
            assertThat(Jitter.ttl(ttl, fraction, random.nextDouble()))
                    .isBetween((long) Math.floor(ttl * (1 - fraction) * (1 - 1e-12)) - 1, ttl);
        }
    }
}
