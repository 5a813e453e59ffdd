package dev.fetchonce.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final long LONGEST = 1L << 62;
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void a_span_from_now_has_that_much_left() {
        long before = System.nanoTime();
        Deadline deadline = Deadline.after(Duration.ofHours(1));
        long after = System.nanoTime();
        assertThat(deadline.nanos() - Duration.ofHours(1).toNanos()).isBetween(before, after);
        assertThat(deadline.left())
                .isPositive()
                .isLessThanOrEqualTo(Duration.ofHours(1).toNanos());
        assertThat(deadline.passed()).isFalse();
    }

    @Test
    void no_span_has_passed_at_once() {
        assertThat(Deadline.after(Duration.ZERO).passed()).isTrue();
        assertThat(Deadline.after(Duration.ofNanos(-1)).passed()).isTrue();
        assertThat(Deadline.after(Duration.ofDays(-1)).left()).isNegative();
    }

    @Test
    void a_longer_span_than_nanoseconds_can_count_is_cut() {
        assertThat(Deadline.nanosOf(FOREVER)).isEqualTo(LONGEST);
        assertThat(Deadline.nanosOf(Duration.ofNanos(LONGEST))).isEqualTo(LONGEST);
        assertThat(Deadline.nanosOf(Duration.ofNanos(LONGEST - 1))).isEqualTo(LONGEST - 1);
        assertThat(Deadline.after(FOREVER).passed()).isFalse();
        assertThat(Deadline.after(FOREVER).left()).isPositive();
    }

    @Test
    void a_clock_about_to_overflow_is_no_harm() {
        Deadline deadline = new Deadline(Long.MAX_VALUE - 5).plus(Duration.ofNanos(10));
        assertThat(deadline.nanos()).isNegative();
        assertThat(deadline.nanos() - (Long.MAX_VALUE - 5)).isEqualTo(10);
    }

    @Test
    void a_span_is_added_to_a_deadline() {
        assertThat(new Deadline(100).plus(Duration.ofNanos(11))).isEqualTo(new Deadline(111));
        assertThat(new Deadline(100).plus(Duration.ofNanos(-11))).isEqualTo(new Deadline(89));
    }
}
