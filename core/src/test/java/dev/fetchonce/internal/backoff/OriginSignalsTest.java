package dev.fetchonce.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.testing.Together;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OriginSignalsTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(10);

    private final OriginSignals signals = new OriginSignals();

    @AfterEach
    void no_origin_takes_memory() {
        assertThat(signals.size()).isZero();
    }

    @Test
    void a_signal_between_the_look_and_the_wait_ends_the_wait_at_once() throws Exception {
        OriginSignals.Signal expected = signals.expect("http://h");
        signals.give("http://h");
        signals.await("http://h", expected, LONG);
        assertThat(expected.isGiven()).isTrue();
    }

    @Test
    void a_signal_before_the_look_is_not_kept() throws Exception {
        signals.give("http://h");
        OriginSignals.Signal expected = signals.expect("http://h");
        signals.await("http://h", expected, 1);
        assertThat(expected.isGiven()).isFalse();
    }

    @Test
    void a_signal_of_another_origin_ends_no_wait() throws Exception {
        OriginSignals.Signal expected = signals.expect("http://h");
        signals.give("http://h:8080");
        assertThat(expected.isGiven()).isFalse();
        signals.await("http://h", expected, 0);
    }

    @Test
    void one_signal_wakes_all_waiters_of_an_origin() throws Exception {
        OriginSignals.Signal first = signals.expect("http://h");
        OriginSignals.Signal second = signals.expect("http://h");
        OriginSignals.Signal other = signals.expect("http://other");
        signals.give("http://h");
        signals.await("http://h", first, LONG);
        signals.await("http://h", second, LONG);
        assertThat(other.isGiven()).isFalse();
        signals.giveAll();
        signals.await("http://other", other, LONG);
    }

    @Test
    void a_waiter_that_leaves_takes_no_signal_from_the_others() throws Exception {
        OriginSignals.Signal first = signals.expect("http://h");
        OriginSignals.Signal second = signals.expect("http://h");
        signals.await("http://h", first, 0);
        assertThat(signals.size()).isOne();
        signals.give("http://h");
        signals.await("http://h", second, LONG);
    }

    @Test
    void a_waiter_of_a_given_signal_that_leaves_late_does_not_end_the_next_one() throws Exception {
        OriginSignals.Signal given = signals.expect("http://h");
        signals.give("http://h");
        OriginSignals.Signal next = signals.expect("http://h");
        signals.await("http://h", given, LONG);
        assertThat(signals.size()).isOne();
        signals.give("http://h");
        signals.await("http://h", next, LONG);
    }

    @Test
    void an_interrupted_waiter_leaves_no_trace() {
        OriginSignals.Signal expected = signals.expect("http://h");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> signals.await("http://h", expected, LONG)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void many_waiters_and_signals_lose_none_and_leave_none() {
        for (int round = 0; round < 200; round++) {
            Together.run(8, thread -> {
                try {
                    String origin = "http://h" + thread % 2;
                    OriginSignals.Signal expected = signals.expect(origin);
                    if (thread >= 4) {
                        signals.give(origin);
                    }
                    // A waiter without a signal of its own may be the last one, so only the others wait for long.
                    signals.await(origin, expected, thread >= 4 ? LONG : 0);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(signals.size()).isZero();
        }
    }
}
