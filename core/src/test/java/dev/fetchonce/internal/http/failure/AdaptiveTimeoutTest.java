package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveTimeoutTest {
    private static final AdaptiveTimeout RULE = rule(1_000, 10_000);

    private static AdaptiveTimeout rule(long usualMillis, long longestMillis) {
        return new AdaptiveTimeout(nanos(usualMillis), nanos(longestMillis));
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private static OptionalLong learned(Long millis) {
        return millis == null ? OptionalLong.empty() : OptionalLong.of(nanos(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "true,          , 1 s (timeout)",
        "true,      2000, 2 s (a timeout that fits the exchanges before)",
        "true,      9999, 9.999 s (a timeout that fits the exchanges before)",
        "true,     10000, 10 s (firstTimeout)",
        "true,     20000, 10 s (firstTimeout)",
        "true,       500, 1 s (timeout)",
        "false,         , 10 s (firstTimeout)",
        "false,     2000, 10 s (firstTimeout)",
        "false,    20000, 10 s (firstTimeout)",
    })
    void the_limit_fits_what_is_stored_and_what_was_learned(boolean standsIn, Long learned, String limit) {
        assertThat(RULE.limit(standsIn, learned(learned))).hasToString(limit);
    }

    @ParameterizedTest
    @CsvSource({"true,", "false,", "true, 7000", "false, 7000"})
    void two_equal_times_leave_one_limit(boolean standsIn, Long learned) {
        assertThat(rule(1_000, 1_000).limit(standsIn, learned(learned))).hasToString("1 s (timeout)");
    }

    @ParameterizedTest
    @CsvSource({
        "     0,      ",
        "     1,      ",
        "   500,      ",
        "   501,  1002",
        "  1000,  2000",
        "  1300,  2600",
        "  4000,  8000",
        "  5000, 10000",
        "  5001, 10000",
        " 10000, 10000",
        "900000, 10000",
    })
    void a_response_teaches_twice_its_time(long took, Long learned) {
        assertThat(RULE.afterResponse(nanos(took))).isEqualTo(learned(learned));
    }

    @ParameterizedTest
    @CsvSource({
        "     ,   200,      ",
        "     ,  1000,  2000",
        " 2000,  2000,  4000",
        " 4000,  1000,  4000", // the exchange found no place to go on until its limit
        " 8000,  8000, 10000",
        "10000, 10000, 10000",
    })
    void a_time_out_teaches_twice_the_time_and_no_less_than_before(Long before, long had, Long learned) {
        assertThat(RULE.afterTimeout(learned(before), nanos(had))).isEqualTo(learned(learned));
    }

    @Test
    void with_two_equal_times_nothing_is_learned() {
        assertThat(rule(1_000, 1_000).afterResponse(nanos(1_000))).isEmpty();
        assertThat(rule(1_000, 1_000).afterTimeout(OptionalLong.empty(), nanos(1_000)))
                .isEmpty();
    }

    @Test
    void time_outs_in_a_row_double_the_time_up_to_the_longest() {
        OptionalLong learned = OptionalLong.empty();
        for (long expected : new long[] {1_000, 2_000, 4_000, 8_000, 10_000, 10_000}) {
            ExchangeLimit limit = RULE.limit(true, learned);
            assertThat(limit.nanos()).isEqualTo(nanos(expected));
            learned = RULE.afterTimeout(learned, limit.nanos());
        }
    }

    @Test
    void the_longest_times_do_not_overflow() {
        AdaptiveTimeout endless = new AdaptiveTimeout(1, Deadline.LONGEST);
        assertThat(endless.afterResponse(Deadline.LONGEST - 1)).hasValue(Deadline.LONGEST);
        assertThat(endless.afterResponse(Long.MAX_VALUE)).hasValue(Deadline.LONGEST);
        assertThat(endless.limit(false, OptionalLong.empty()).nanos()).isEqualTo(Deadline.LONGEST);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "-1, 1", "2, 1", "1, 4611686018427387905"})
    void times_out_of_their_bounds_are_refused(long usual, long longest) {
        assertThatThrownBy(() -> new AdaptiveTimeout(usual, longest)).isInstanceOf(IllegalArgumentException.class);
    }
}
