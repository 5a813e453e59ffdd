package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BoardingTest {
    private final Boarding boarding = new Boarding();

    @Test
    void the_last_who_leaves_the_queue_gives_it_up_for_good() {
        assertThat(boarding.join()).isTrue();
        assertThat(boarding.queue()).isTrue();
        assertThat(boarding.leave()).isFalse();
        assertThat(boarding.leave()).isTrue();
        assertThat(boarding.givenUp()).isTrue();
        assertThat(boarding.join()).isFalse();
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
        assertThat(boarding.join()).isFalse();
    }

    @Test
    void once_boarded_it_is_given_up_by_nobody() {
        assertThat(boarding.queue()).isTrue();
        assertThat(boarding.board()).isTrue();
        assertThat(boarding.leave()).isFalse();
        assertThat(boarding.givenUp()).isFalse();
        assertThat(boarding.join()).isTrue();
        assertThat(boarding.leave()).isFalse();
    }
}
