package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pauses between knocks, and the time for which a call wants them. */
class KnockPaceTest {
    private static final long MS = 1_000_000;

    @ParameterizedTest
    @CsvSource({
        // failing for ms, u, pause in ms
        "0, 0, 125",
        "0, 0.5, 187.5",
        "0, 1, 250",
        "29999, 0, 125",
        "29999, 1, 250",
        "30000, 0, 1000",
        "30000, 0.5, 1500",
        "30000, 1, 2000",
        "86400000, 1, 2000",
        "0, -1, 125",
        "0, 2, 250",
    })
    void a_pause_is_short_for_half_a_minute_and_then_long(long failing, double u, double pause) {
        assertThat(KnockPace.USUAL.pause(failing * MS, u)).isEqualTo((long) (pause * MS));
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "29999, 1000", "30000, 4000", "9223372036854, 4000"})
    void a_call_wants_knocks_for_two_pauses_and_at_least_a_second(long failing, long demand) {
        assertThat(KnockPace.USUAL.demandNanos(failing * MS)).isEqualTo(demand * MS);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "-1, 1", "2, 1"})
    void a_pace_out_of_its_bounds_is_refused(long fast, long slow) {
        assertThatThrownBy(() -> new KnockPace(fast, slow, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("knocks every " + fast + " and later every " + slow + " ns");
    }
}
