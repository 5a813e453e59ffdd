package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.flight.Boarding.Joined;
import org.junit.jupiter.api.Test;

class BoardingTest {
    private final Boarding boarding = new Boarding(Boarding.Rule.NONE);

    @Test
    void the_last_who_leaves_the_queue_gives_it_up_for_good() {
        assertThat(boarding.join()).isEqualTo(Joined.ABOARD);
        assertThat(boarding.queue()).isTrue();
        assertThat(boarding.leave()).isFalse();
        assertThat(boarding.leave()).isTrue();
        assertThat(boarding.givenUp()).isTrue();
        assertThat(boarding.join()).isEqualTo(Joined.TOO_LATE);
        assertThat(boarding.board()).isFalse();
    }

    @Test
    void before_the_queue_it_is_given_up_by_nobody_and_may_do_without_one() {
        assertThat(boarding.leave()).isFalse();
        assertThat(boarding.givenUp()).isFalse();
        assertThat(boarding.board()).isTrue();
    }

    @Test
    void it_does_not_queue_for_nobody() {
        assertThat(boarding.leave()).isFalse();
        assertThat(boarding.queue()).isFalse();
        assertThat(boarding.givenUp()).isTrue();
        assertThat(boarding.join()).isEqualTo(Joined.TOO_LATE);
    }

    @Test
    void once_boarded_it_is_given_up_by_nobody() {
        assertThat(boarding.queue()).isTrue();
        assertThat(boarding.board()).isTrue();
        assertThat(boarding.leave()).isFalse();
        assertThat(boarding.givenUp()).isFalse();
        assertThat(boarding.join()).isEqualTo(Joined.ABOARD);
        assertThat(boarding.leave()).isFalse();
    }

    @Test
    void as_many_as_may_wait_and_no_more() {
        Boarding small = new Boarding(new Boarding.Rule(2, Abandoned.LANDS));
        assertThat(small.join()).isEqualTo(Joined.ABOARD);
        assertThat(small.join()).isEqualTo(Joined.FULL);
        assertThat(small.queue()).isTrue();
        assertThat(small.join()).isEqualTo(Joined.FULL);
        assertThat(small.leave()).isFalse();
        assertThat(small.join()).isEqualTo(Joined.ABOARD);
    }

    @Test
    void where_what_is_abandoned_is_cancelled_the_last_who_leaves_gives_it_up_once_boarded() {
        Boarding strict = new Boarding(new Boarding.Rule(10, Abandoned.IS_CANCELLED));
        assertThat(strict.board()).isTrue();
        assertThat(strict.join()).isEqualTo(Joined.ABOARD);
        assertThat(strict.leave()).isFalse();
        assertThat(strict.leave()).isTrue();
        assertThat(strict.join()).isEqualTo(Joined.TOO_LATE);
    }

    @Test
    void where_what_is_abandoned_is_cancelled_nobody_boards_for_nobody() {
        Boarding strict = new Boarding(new Boarding.Rule(10, Abandoned.IS_CANCELLED));
        assertThat(strict.leave()).as("while it prepares").isFalse();
        assertThat(strict.board()).isFalse();
        assertThat(strict.givenUp()).isTrue();
    }

    @Test
    void what_was_left_to_the_background_is_given_up_by_nobody_whatever_the_rule() {
        for (Abandoned rule : Abandoned.values()) {
            for (boolean queues : new boolean[] {true, false}) {
                Boarding left = new Boarding(new Boarding.Rule(1, rule));
                left.toBackground();
                assertThat(left.join()).as("who has left does not count").isEqualTo(Joined.ABOARD);
                assertThat(left.join()).isEqualTo(Joined.FULL);
                assertThat(left.leave()).as("while it prepares").isFalse();
                if (queues) {
                    assertThat(left.queue()).as("for nobody").isTrue();
                    assertThat(left.join()).isEqualTo(Joined.ABOARD);
                    assertThat(left.leave()).as("in the queue").isFalse();
                }
                assertThat(left.board()).as("for nobody").isTrue();
                assertThat(left.join()).isEqualTo(Joined.ABOARD);
                assertThat(left.leave()).as("once boarded").isFalse();
                assertThat(left.givenUp()).isFalse();
            }
        }
    }
}
