package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
    private static final Figure FIGURE = Names.TIME.figure(Names.HIT, Names.FETCHONCE, Names.threads(1));

    @Test
    void the_median_of_an_odd_count_is_the_one_in_the_middle() {
        assertThat(new Series(FIGURE, List.of(9.0, 1.0, 3.0)).median()).isEqualTo(3);
    }

    @Test
    void the_median_of_an_even_count_is_the_mean_of_two() {
        assertThat(new Series(FIGURE, List.of(9.0, 1.0, 4.0, 3.0)).median()).isEqualTo(3.5);
    }

    @Test
    void without_a_number_it_is_refused() {
        assertThatThrownBy(() -> new Series(FIGURE, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Names.HIT);
    }

    @Test
    void what_is_no_number_is_refused() {
        assertThatThrownBy(() -> new Series(FIGURE, List.of(1.0, 1 / 0.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Infinity");
    }

    @Test
    void a_run_that_has_a_figure_twice_is_refused() {
        Results twice = new Samples()
                .add(Names.HIT, Names.TIME, Names.FETCHONCE, Names.threads(1), 1)
                .add(Names.HIT, Names.TIME, Names.FETCHONCE, Names.threads(1), 2)
                .results();
        assertThatThrownBy(() -> new Medians(twice))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("measured twice");
    }
}
