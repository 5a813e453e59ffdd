package dev.fetchonce.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.origin.OriginProcess;
import dev.fetchonce.benchmarks.results.Metric;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Scale;
import dev.fetchonce.benchmarks.scenarios.Scenario;
import dev.fetchonce.benchmarks.scenarios.Scenarios;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests those results of the benchmarks that do not depend on the machine: allocated bytes of a call, requests at the
 * origin, and heap of a document. The measurements are those of a smoke run.
 */
class BuildGateTest {
    private static final Set<String> COUNTED =
            Set.of(Names.COLD, Names.FAILING, Names.OUTAGE, Names.REVALIDATION, Names.FOOTPRINT);

    private static final int DOCUMENTS = 10;
    private static final int PROBES_A_WAIT = 4;

    /** The waits of at least 0.25 s in the run of 1.3 s and the patience of the last callers, 0.5 s. */
    private static final int MOST_WAITS = 7;

    /** Each probe of a host that hangs takes 0.5 s besides its wait. */
    private static final int MOST_WAITS_OF_A_HANGING_HOST = 2;

    private static final Map<String, List<Measured>> BY_CONTENDER = new HashMap<>();

    private static OriginProcess origin;

    @BeforeAll
    static void measure() throws Exception {
        origin = OriginProcess.start();
        for (String contender : List.of(Names.FETCHONCE, Names.FETCHONCE_CLIENT)) {
            List<Scenario> scenarios = Scenarios.all().stream()
                    .filter(scenario -> COUNTED.contains(scenario.name()))
                    .toList();
            ScenarioStint stint = new ScenarioStint("gate", Entrants.named(contender), scenarios, Scale.SMOKE);
            BY_CONTENDER.put(contender, stint.perform(origin.at()));
        }
    }

    @AfterAll
    static void end() {
        origin.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {Names.FETCHONCE + "|0.1", Names.FETCHONCE_TREE + "|0.1", Names.FETCHONCE_CLIENT + "|3000"})
    void a_fresh_hit_allocates_no_more_than(String contender, double most) throws Exception {
        double least = Double.MAX_VALUE;
        for (int run = 0; run < 3 && least >= most; run++) { // the allocations of the compilers are counted as well
            List<Measured> hit = new HitStint(Names.HIT, contender, 1, 1, Scale.SMOKE).perform(origin.at());
            least = Math.min(least, value(hit, Names.HIT, Names.ALLOCATED, Names.threads(1)));
        }
        assertThat(least).as("bytes a hit").isLessThan(most);
    }

    @ParameterizedTest
    @ValueSource(strings = {Names.FETCHONCE, Names.FETCHONCE_CLIENT})
    void a_crowd_sends_one_request(String contender) {
        String load = Names.callers(10_000);
        assertThat(value(contender, Names.COLD, Names.REQUESTS, load)).isEqualTo(1);
        assertThat(value(contender, Names.COLD, Names.WAITER_BYTES, load))
                .as("heap a waiting caller")
                .isLessThan(7_000);
    }

    static List<Arguments> troubles() {
        return Stream.of(Names.FAILING, Names.OUTAGE)
                .flatMap(scenario -> Stream.of(
                        Arguments.of(scenario, Names.UNAVAILABLE, DOCUMENTS + PROBES_A_WAIT * MOST_WAITS),
                        Arguments.of(scenario, Names.HANGS, DOCUMENTS + PROBES_A_WAIT * MOST_WAITS_OF_A_HANGING_HOST)))
                .toList();
    }

    /**
     * Ten documents are each requested once. From then on the host is sick and gets at most four probes in each wait.
     * Without collapsing and backoffs, the 50 callers would send a thousand requests to an origin that answers 503.
     */
    @ParameterizedTest
    @MethodSource("troubles")
    void an_origin_in_trouble_is_left_alone(String scenario, String load, double most) {
        assertThat(value(Names.FETCHONCE, scenario, Names.REQUESTS, load)).isBetween(1.0, most);
    }

    /**
     * No backoff keeps the requests back. Without collapsing, the 50 callers would send more than a hundred requests.
     */
    @Test
    void callers_of_the_client_share_what_hangs() {
        assertThat(value(Names.FETCHONCE_CLIENT, Names.FAILING, Names.REQUESTS, Names.HANGS))
                .isBetween(1.0, 40.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {Names.FETCHONCE, Names.FETCHONCE_CLIENT})
    void everybody_is_served_in_an_outage(String contender) {
        assertThat(value(contender, Names.OUTAGE, Names.SERVED, Names.UNAVAILABLE))
                .isEqualTo(100);
        assertThat(value(contender, Names.OUTAGE, Names.SERVED, Names.HANGS)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {Names.FETCHONCE, Names.FETCHONCE_CLIENT})
    void what_has_not_changed_is_not_sent_again(String contender) {
        assertThat(value(contender, Names.REVALIDATION, Names.WIRE_BYTES, Names.callers(64)))
                .as("bytes a call for a document of 10 KB")
                .isLessThan(150);
    }

    @Test
    void a_stored_document_takes_little_more_than_what_was_sent() {
        String load = Names.kilobytes(1);
        assertThat(value(Names.FETCHONCE_CLIENT, Names.FOOTPRINT, Names.HEAP, load))
                .isLessThan(value(Names.FETCHONCE_CLIENT, Names.FOOTPRINT, Names.CONTENT, load) + 300);
        assertThat(value(Names.FETCHONCE, Names.FOOTPRINT, Names.HEAP_DECODED, load))
                .as("with a record of 2 KB beside it")
                .isLessThan(5_000);
    }

    private static double value(String contender, String scenario, Metric metric, String load) {
        return value(BY_CONTENDER.get(contender), scenario, metric, load);
    }

    private static double value(List<Measured> measured, String scenario, Metric metric, String load) {
        return measured.stream()
                .filter(each -> each.figure().scenario().equals(scenario))
                .filter(each -> each.figure().metric().equals(metric.name()))
                .filter(each -> each.figure().load().equals(load))
                .mapToDouble(Measured::value)
                .findFirst()
                .orElseThrow();
    }
}
