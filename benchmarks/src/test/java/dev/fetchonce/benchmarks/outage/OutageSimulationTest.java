package dev.fetchonce.benchmarks.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The targets of the backoff hold in simulated outages, and the page about them has the figures of this simulation. */
class OutageSimulationTest {
    private static final Path PAGE = Path.of("../docs/outages.md");
    private static final Path PLOTS = Path.of("../docs/outages");
    private static final Set<String> HANGING = Set.of(OutageCases.HANGS, OutageCases.DRIPS);
    private static final Set<String> LATE = Set.of(OutageCases.SLOW, OutageCases.VERY_SLOW);

    private static OutageSamples samples;

    @BeforeAll
    static void run_all_cases() {
        samples = OutageSamples.run();
    }

    @ParameterizedTest
    @EnumSource
    void each_case_meets_the_target_unless_the_page_explains_why_not(OutageTarget target) {
        List<OutageCase> missed = samples.all().stream()
                .filter(sample -> !target.met(sample))
                .map(OutageSample::outage)
                .toList();
        assertThat(missed).allMatch(outage -> isKnownMiss(target, outage));
    }

    private static boolean isKnownMiss(OutageTarget target, OutageCase outage) {
        boolean hangs = HANGING.contains(outage.kind());
        long seconds = outage.length().toSeconds();
        return switch (target) {
            case FAILED_CALLS, LONGEST_WAIT, LATER_WAIT, REQUESTS_WITH_STATUSES, REQUESTS_REFUSED, AFTER_REFUSAL ->
                false;
            case AFTER_REQUESTED_WAIT -> seconds > 50 && outage.urls() > 1;
            case AFTER_OTHER_TROUBLE ->
                hangs
                        || (LATE.contains(outage.kind()) && seconds <= 5)
                        || (seconds <= 1 && !LATE.contains(outage.kind()));
            case LONGEST_RECOVERY -> hangs && outage.stored();
            case LAST_URL -> hangs && outage.urls() > 1;
        };
    }

    /** A wait is a tenth of the outage, from 0.5 to 10 s: so this bound holds for each run, also where a target is missed. */
    @Test
    void a_url_that_answers_with_statuses_is_fresh_within_one_wait() {
        Duration answer = Duration.ofMillis(50);
        assertThat(samples.all())
                .filteredOn(sample -> sample.outage().trouble() instanceof Trouble.Answers)
                .allSatisfy(sample -> {
                    long tenth = sample.outage().length().toNanos() / 10;
                    long wait = Math.clamp(tenth, 500_000_000L, 10_000_000_000L);
                    long requested = sample.outage().kind().contains("Retry-After") ? 5_000_000_000L : 0;
                    assertThat(sample.most(OutageResult::firstFresh))
                            .isBetween(0L, Math.max(wait, requested) + answer.toNanos());
                });
    }

    @Test
    void a_host_that_hung_is_found_within_one_time_limit_and_one_wait() {
        assertThat(samples.all())
                .filteredOn(sample -> HANGING.contains(sample.outage().kind())
                        && sample.outage().outages() == 1)
                .allSatisfy(sample -> assertThat(sample.most(OutageResult::lastFresh))
                        .isBetween(0L, Duration.ofMillis(20_500).toNanos()));
    }

    @Test
    void a_refusing_host_is_looked_for() {
        assertThat(samples.all())
                .filteredOn(sample -> sample.outage().kind().equals(OutageCases.REFUSES))
                .allSatisfy(sample ->
                        assertThat(sample.most(OutageResult::connects)).isPositive());
    }

    @Test
    void each_failing_host_gets_requests_and_each_url_is_fresh_in_the_end() {
        assertThat(samples.all()).allSatisfy(sample -> {
            assertThat(sample.most(OutageResult::lastFresh)).isLessThan(OutageResult.NEVER);
            if (!sample.outage().kind().equals(OutageCases.REFUSES)) {
                assertThat(sample.most(OutageResult::requests)).isPositive();
            }
        });
    }

    @Test
    void a_slow_url_is_fresh_while_it_is_slow() {
        for (String kind : LATE) {
            OutageSample sample = samples.of(OutageCases.of(kind, 600));
            assertThat(sample.most(OutageResult::longestStale))
                    .isBetween(1L, Duration.ofSeconds(8).toNanos());
        }
    }

    @Test
    void other_users_are_fresh_while_one_user_has_a_rate_limit() {
        assertThat(Stream.of(OutageCases.LIMITS, OutageCases.LIMITS_UNTIL)
                        .map(kind -> samples.of(OutageCases.of(kind, 600))))
                .allSatisfy(sample -> assertThat(sample.most(OutageResult::longestStale))
                        .isBetween(1L, Duration.ofMillis(50).toNanos()));
    }

    @Test
    void equal_seeds_give_equal_results() {
        OutageCase outage = OutageCases.of(OutageCases.UNAVAILABLE, 60).urls(100);
        assertThat(OutageSample.of(outage)).isEqualTo(samples.of(outage));
    }

    @Test
    void the_page_has_the_tables_of_this_simulation() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(OutagePage.text(samples, page)).isEqualTo(page);
    }

    /** The committed plots are not compared: their letters depend on the fonts of a machine. */
    @Test
    void the_page_has_each_plot_and_a_plot_is_the_same_each_time() {
        Map<String, String> plots = OutagePlots.all(samples);
        assertThat(OutagePlots.all(samples)).isEqualTo(plots);
        assertThat(plots.keySet()).allSatisfy(file -> {
            assertThat(PAGE).content().contains("](outages/" + file + ")");
            assertThat(PLOTS.resolve(file)).content().startsWith("<svg ");
        });
    }
}
