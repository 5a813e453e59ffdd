package dev.fetchonce.benchmarks.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The targets of the backoff hold in simulated outages, for every seed that is tried. */
class OutageSimulationTest {
    private static final Trouble UNAVAILABLE = new Trouble.Answers(503, -1);

    private static List<OutageResult> runs(OutageCase outage) {
        return IntStream.range(0, outage.urls() > 1_000 ? 2 : 20)
                .mapToObj(seed -> OutageSimulation.run(outage, seed))
                .toList();
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 16", "1, 600, 140", "100, 5, 70", "100, 600, 560", "10000, 5, 70", "10000, 600, 560"})
    void a_host_that_answers_with_statuses_gets_few_requests(int urls, int length, int most) {
        assertThat(runs(OutageCase.of("503", UNAVAILABLE, urls, seconds(length))))
                .allSatisfy(result -> {
                    assertThat(result.requests()).isBetween(1L, (long) most);
                    assertThat(result.failedCalls()).isZero();
                    assertThat(result.worstWaitNanos())
                            .isLessThanOrEqualTo(seconds(1).toNanos());
                });
    }

    @ParameterizedTest
    @CsvSource({"1, 2, 0.3", "1, 30, 0.3", "1, 600, 2.3", "100, 30, 1.3", "10000, 30, 2.1"})
    void a_host_that_refuses_connections_gets_no_request_and_is_found_again(int urls, int length, double fresh) {
        assertThat(runs(OutageCase.of("refused", new Trouble.Refuses(), urls, seconds(length))))
                .allSatisfy(result -> {
                    assertThat(result.requests()).isZero();
                    assertThat(result.connects()).isPositive();
                    assertThat(result.failedCalls()).isZero();
                    assertThat(result.lastFreshNanos())
                            .isBetween(0L, seconds(fresh).toNanos());
                });
    }

    @ParameterizedTest
    @CsvSource({"0.5", "2", "10", "60", "600"})
    void a_url_is_fresh_within_a_tenth_of_the_outage(double length) {
        long most = Math.min(seconds(length / 10 + 0.5).toNanos(), seconds(10.5).toNanos());
        assertThat(runs(OutageCase.of("503", UNAVAILABLE, 1, seconds(length))))
                .allSatisfy(result -> assertThat(result.lastFreshNanos()).isBetween(0L, most));
    }

    @Test
    void where_an_answer_is_stored_only_the_first_failing_fetch_has_callers_that_wait() {
        for (Trouble trouble : List.of(UNAVAILABLE, new Trouble.Hangs(), new Trouble.Refuses())) {
            assertThat(runs(OutageCase.of("trouble", trouble, 4, seconds(60))))
                    .allSatisfy(result -> assertThat(result.waitedLater()).isFalse());
        }
    }

    @Test
    void a_requested_wait_ends_when_it_says() {
        assertThat(runs(OutageCase.of("503", new Trouble.Answers(503, 1), 4, seconds(10))))
                .allSatisfy(result -> assertThat(result.lastFreshNanos())
                        .isBetween(0L, seconds(1.3).toNanos()));
    }
}
