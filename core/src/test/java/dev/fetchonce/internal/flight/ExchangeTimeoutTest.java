package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExchangeTimeoutTest {
    private static final long SECOND = 1_000_000_000;
    private static final Deadline LATER = Deadline.after(Duration.ofDays(1));

    private final ExchangeTimeout alarm = new ExchangeTimeout(LATER, () -> LATER, Task.INTERRUPTS);

    @Test
    void an_alarm_that_does_not_ring_is_stopped_and_leaves_no_interrupt() {
        assertThat(alarm.stop()).isFalse();
        alarm.ring();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void an_alarm_that_rings_interrupts_and_takes_its_interrupt_back_when_it_is_stopped() {
        alarm.ring();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(alarm.stop()).isTrue();
        assertThat(Thread.interrupted()).isFalse();
        alarm.ring();
        assertThat(Thread.interrupted()).as("a second time").isFalse();
    }

    @Test
    void a_look_rings_it_from_its_time_on() {
        alarm.look(LATER.nanos() - 1);
        assertThat(Thread.interrupted()).as("before").isFalse();
        alarm.look(LATER.nanos());
        assertThat(Thread.interrupted()).as("then").isTrue();
        alarm.look(LATER.nanos() + 1);
        assertThat(Thread.interrupted()).as("once").isFalse();
        assertThat(alarm.stop()).isTrue();
    }

    @Test
    void to_one_who_does_not_hear_it_rings_each_second_again() {
        for (int second = 0; second < 5; second++) {
            alarm.look(LATER.nanos() + second * SECOND);
            assertThat(Thread.interrupted()).as("second %s", second).isTrue();
            alarm.look(LATER.nanos() + second * SECOND + SECOND - 1);
            assertThat(Thread.interrupted()).as("before the next").isFalse();
        }
        assertThat(alarm.stop()).isTrue();
        alarm.look(LATER.nanos() + 10 * SECOND);
        assertThat(Thread.interrupted()).as("after the stop").isFalse();
    }

    @Test
    void an_extended_alarm_rings_at_the_later_time_alone() {
        Deadline later = LATER.plus(Duration.ofSeconds(5));
        ExchangeTimeout extended = new ExchangeTimeout(LATER, () -> later, Task.INTERRUPTS);
        extended.look(LATER.nanos());
        extended.look(later.nanos() - 1);
        assertThat(Thread.interrupted()).as("before the later time").isFalse();
        extended.look(later.nanos());
        assertThat(Thread.interrupted()).as("at the later time").isTrue();
        assertThat(extended.stop()).isTrue();
    }

    @Test
    void an_alarm_that_has_rung_or_was_stopped_asks_for_no_extension() {
        AtomicInteger asked = new AtomicInteger();
        Extension counting = () -> {
            asked.incrementAndGet();
            return LATER;
        };
        ExchangeTimeout rung = new ExchangeTimeout(LATER, counting, Task.INTERRUPTS);
        rung.look(LATER.nanos());
        assertThat(Thread.interrupted()).isTrue();
        rung.look(LATER.nanos() + SECOND);
        assertThat(Thread.interrupted()).as("a second later").isTrue();
        assertThat(asked).hasValue(1);
        assertThat(rung.stop()).isTrue();

        ExchangeTimeout stopped = new ExchangeTimeout(LATER, counting, Task.INTERRUPTS);
        assertThat(stopped.stop()).isFalse();
        stopped.look(LATER.nanos());
        assertThat(asked).hasValue(1);
    }

    /** The thread that stops an alarm gets no interrupt afterwards, however close the ring was. */
    @Test
    void a_ring_at_the_moment_of_the_stop_is_heard_whole_or_not_at_all() throws InterruptedException {
        int rang = 0;
        for (int i = 0; i < 20_000; i++) {
            ExchangeTimeout close = new ExchangeTimeout(LATER, () -> LATER, Task.INTERRUPTS);
            Thread ringer = Thread.startVirtualThread(() -> {
                close.ring();
                close.ring();
            });
            rang += close.stop() ? 1 : 0;
            assertThat(Thread.interrupted()).as("after the stop").isFalse();
            ringer.join();
            assertThat(Thread.interrupted()).as("after the ring").isFalse();
        }
        assertThat(rang).as("of 20,000").isLessThan(20_000);
    }
}
