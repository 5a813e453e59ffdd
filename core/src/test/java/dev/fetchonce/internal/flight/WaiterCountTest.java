package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.flight.WaiterCount.JoinResult;
import org.junit.jupiter.api.Test;

class WaiterCountTest {
    private final WaiterCount waiterCount = new WaiterCount(WaiterCount.Rule.NONE);

    @Test
    void the_last_who_leaves_the_queue_gives_it_up_for_good() {
        assertThat(waiterCount.join()).isEqualTo(JoinResult.JOINED);
        assertThat(waiterCount.toQueued()).isTrue();
        assertThat(waiterCount.leave()).isFalse();
        assertThat(waiterCount.leave()).isTrue();
        assertThat(waiterCount.givenUp()).isTrue();
        assertThat(waiterCount.join()).isEqualTo(JoinResult.ABANDONED);
        assertThat(waiterCount.toRunning()).isFalse();
    }

    @Test
    void before_the_queue_no_caller_gives_it_up_and_it_may_do_without_one() {
        assertThat(waiterCount.leave()).isFalse();
        assertThat(waiterCount.givenUp()).isFalse();
        assertThat(waiterCount.toRunning()).isTrue();
    }

    @Test
    void it_does_not_queue_without_waiters() {
        assertThat(waiterCount.leave()).isFalse();
        assertThat(waiterCount.toQueued()).isFalse();
        assertThat(waiterCount.givenUp()).isTrue();
        assertThat(waiterCount.join()).isEqualTo(JoinResult.ABANDONED);
    }

    @Test
    void once_boarded_no_caller_gives_it_up() {
        assertThat(waiterCount.toQueued()).isTrue();
        assertThat(waiterCount.toRunning()).isTrue();
        assertThat(waiterCount.leave()).isFalse();
        assertThat(waiterCount.givenUp()).isFalse();
        assertThat(waiterCount.join()).isEqualTo(JoinResult.JOINED);
        assertThat(waiterCount.leave()).isFalse();
    }

    @Test
    void as_many_as_may_wait_and_no_more() {
        WaiterCount small = new WaiterCount(new WaiterCount.Rule(2, AbandonPolicy.LANDS));
        assertThat(small.join()).isEqualTo(JoinResult.JOINED);
        assertThat(small.join()).isEqualTo(JoinResult.FULL);
        assertThat(small.toQueued()).isTrue();
        assertThat(small.join()).isEqualTo(JoinResult.FULL);
        assertThat(small.leave()).isFalse();
        assertThat(small.join()).isEqualTo(JoinResult.JOINED);
    }

    @Test
    void where_what_is_abandoned_is_cancelled_the_last_who_leaves_gives_it_up_once_boarded() {
        WaiterCount strict = new WaiterCount(new WaiterCount.Rule(10, AbandonPolicy.IS_CANCELLED));
        assertThat(strict.toRunning()).isTrue();
        assertThat(strict.join()).isEqualTo(JoinResult.JOINED);
        assertThat(strict.leave()).isFalse();
        assertThat(strict.leave()).isTrue();
        assertThat(strict.join()).isEqualTo(JoinResult.ABANDONED);
    }

    @Test
    void where_abandoned_flights_are_cancelled_a_flight_without_waiters_does_not_board() {
        WaiterCount strict = new WaiterCount(new WaiterCount.Rule(10, AbandonPolicy.IS_CANCELLED));
        assertThat(strict.leave()).as("while it prepares").isFalse();
        assertThat(strict.toRunning()).isFalse();
        assertThat(strict.givenUp()).isTrue();
    }

    @Test
    void a_flight_left_to_the_background_is_never_given_up() {
        for (AbandonPolicy rule : AbandonPolicy.values()) {
            for (boolean queues : new boolean[] {true, false}) {
                WaiterCount left = new WaiterCount(new WaiterCount.Rule(1, rule));
                left.toBackground();
                assertThat(left.join()).as("who has left does not count").isEqualTo(JoinResult.JOINED);
                assertThat(left.join()).isEqualTo(JoinResult.FULL);
                assertThat(left.leave()).as("while it prepares").isFalse();
                if (queues) {
                    assertThat(left.toQueued()).as("for nobody").isTrue();
                    assertThat(left.join()).isEqualTo(JoinResult.JOINED);
                    assertThat(left.leave()).as("in the queue").isFalse();
                }
                assertThat(left.toRunning()).as("for nobody").isTrue();
                assertThat(left.join()).isEqualTo(JoinResult.JOINED);
                assertThat(left.leave()).as("once it runs").isFalse();
                assertThat(left.givenUp()).isFalse();
            }
        }
    }
}
