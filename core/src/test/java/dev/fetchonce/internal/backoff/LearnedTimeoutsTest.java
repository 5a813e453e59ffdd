package dev.fetchonce.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LearnedTimeoutsTest {
    private final LearnedTimeouts timeouts = new LearnedTimeouts(100);

    @Test
    void a_url_whose_usual_timeout_is_enough_takes_no_entry() {
        timeouts.put("a", OptionalLong.empty());
        assertThat(timeouts.get("a")).isEmpty();
        assertThat(timeouts.size()).isZero();
    }

    @Test
    void the_last_timeout_counts_until_the_usual_one_is_enough() {
        timeouts.put("a", OptionalLong.of(2));
        timeouts.put("a", OptionalLong.of(4));
        assertThat(timeouts.get("a")).hasValue(4);
        assertThat(timeouts.get("b")).isEmpty();
        timeouts.put("a", OptionalLong.empty());
        assertThat(timeouts.get("a")).isEmpty();
        assertThat(timeouts.size()).isZero();
    }

    @Test
    void the_number_of_timeouts_is_bounded() {
        for (int i = 0; i < 1_000; i++) {
            timeouts.put("u" + i, OptionalLong.of(i + 1));
        }
        assertThat(timeouts.size()).isBetween(1L, 100L);
    }
}
