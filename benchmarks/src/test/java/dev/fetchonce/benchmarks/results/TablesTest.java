package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TablesTest {
    @Test
    void rows_are_contenders_and_columns_are_loads() {
        assertThat(Tables.of(Samples.misses().results(), Names.MISSES, Names.THROUGHPUT))
                .isEqualTo("""
                        Requests a second: higher is better.

                        | requests a second, 1/s | 64 callers | 10,000 callers |
                        | --- | ---: | ---: |
                        | **Fetchonce** | **14,100**<br><sub>14,000–14,300</sub> | **12,500**<br><sub>12,000–13,000</sub> |
                        | async variant | 13,000 | 13,000 |
                        | HttpClient | 5,200 | – |
                        """);
    }

    @Test
    void held_against_a_contender_it_says_who_is_better() {
        assertThat(Tables.against(Samples.misses().results(), Names.ASYNC, Names.MISSES, Names.THROUGHPUT))
                .isEqualTo("""
                        Requests a second: higher is better. In brackets: compared with async variant.

                        | requests a second, 1/s | 64 callers | 10,000 callers |
                        | --- | ---: | ---: |
                        | **Fetchonce** | **14,100** (1.09 × better)<br><sub>14,000–14,300</sub> | **12,500** (1.04 × worse)<br><sub>12,000–13,000</sub> |
                        | async variant | 13,000 | 13,000 |
                        | HttpClient | 5,200 (2.50 × worse) | – |
                        """);
    }

    @Test
    void the_lower_of_two_times_is_better_and_nothing_is_compared_with_zero() {
        Results results = new Samples()
                .add(Names.HIT, Names.ALLOCATED, Names.FETCHONCE, "a", 0.001)
                .add(Names.HIT, Names.ALLOCATED, Names.FETCHONCE, "b", 10)
                .add(Names.HIT, Names.ALLOCATED, Names.ASYNC, "a", 24)
                .add(Names.HIT, Names.ALLOCATED, Names.ASYNC, "b", 20)
                .results();
        assertThat(Tables.against(results, Names.ASYNC, Names.HIT, Names.ALLOCATED))
                .contains("| **Fetchonce** | **0** | **10.0** (2.00 × better) |");
    }

    @Test
    void where_the_contender_was_not_measured_none_is_held_against_it() {
        assertThat(Tables.against(Samples.misses().results(), Names.METHANOL, Names.MISSES, Names.THROUGHPUT))
                .isEqualTo(Tables.of(Samples.misses().results(), Names.MISSES, Names.THROUGHPUT));
    }

    @Test
    void a_count_has_no_unit_and_rounds_that_agree_no_spread() {
        Results results = new Samples()
                .add(Names.COLD, Names.REQUESTS, Names.OKHTTP, Names.callers(1), 10_003, 10_003)
                .results();
        assertThat(Tables.of(results, Names.COLD, Names.REQUESTS)).isEqualTo("""
                Requests at the origin: lower is better.

                | requests at the origin | 1 caller |
                | --- | ---: |
                | OkHttp | 10,003 |
                """);
    }

    @Test
    void what_was_not_measured_is_said() {
        assertThat(Tables.of(Samples.empty(), Names.HIT, Names.TIME)).isEqualTo("Not measured: time a call.\n");
    }
}
