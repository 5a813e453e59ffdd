package dev.fetchonce.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.origin.OriginProcess;
import dev.fetchonce.benchmarks.results.Metric;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Scale;
import dev.fetchonce.benchmarks.scenarios.Scenario;
import dev.fetchonce.benchmarks.scenarios.Scenarios;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the benchmarks show that does not depend on the machine: bytes that a call allocates, requests that the origin counts,
 * heap that a document takes. Measured just as a smoke run does.
 */
class GateTest {
    private static OriginProcess origin;

    @BeforeAll
    static void start() throws IOException {
        origin = OriginProcess.start();
    }

    @AfterAll
    static void end() {
        origin.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {Names.FETCHONCE + "|0.1", Names.FETCHONCE_TREE + "|0.1", Names.FETCHONCE_CLIENT + "|1200"})
    void a_fresh_hit_allocates_no_more_than(String contender, double most) throws Exception {
        List<Measured> hit = new HitStint(Names.HIT, contender, 1, 1, Scale.SMOKE, origin.at()).perform();
        assertThat(value(hit, Names.ALLOCATED, Names.threads(1)))
                .as("bytes a hit")
                .isLessThan(most);
    }

    @ParameterizedTest
    @ValueSource(strings = {Names.FETCHONCE, Names.FETCHONCE_CLIENT})
    void a_crowd_sends_one_request(String contender) throws Exception {
        List<Measured> crowd = perform(Names.COLD, contender);
        assertThat(value(crowd, Names.REQUESTS, Names.callers(10_000))).isEqualTo(1);
        assertThat(value(crowd, Names.WAITER_BYTES, Names.callers(10_000)))
                .as("heap a waiting caller")
                .isLessThan(8_000);
    }

    static List<Arguments> troubles() {
        return List.of(
                Arguments.of(Names.FAILING, Names.UNAVAILABLE, 0),
                Arguments.of(Names.FAILING, Names.HANGS, 0),
                Arguments.of(Names.OUTAGE, Names.UNAVAILABLE, 100),
                Arguments.of(Names.OUTAGE, Names.HANGS, 100));
    }

    /** Ten documents, and three URLs in trouble are the whole origin's: the others are not even asked for. */
    @ParameterizedTest
    @MethodSource("troubles")
    void an_origin_in_trouble_is_left_alone_and_covered_for(String scenario, String load, double served)
            throws Exception {
        List<Measured> trouble = perform(scenario, Names.FETCHONCE);
        assertThat(value(trouble, Names.REQUESTS, load)).isBetween(1.0, 40.0);
        assertThat(value(trouble, Names.SERVED, load)).isEqualTo(served);
    }

    @ParameterizedTest
    @ValueSource(strings = {Names.FETCHONCE, Names.FETCHONCE_CLIENT})
    void what_has_not_changed_is_not_sent_again(String contender) throws Exception {
        List<Measured> revalidation = perform(Names.REVALIDATION, contender);
        assertThat(value(revalidation, Names.WIRE_BYTES, Names.callers(64)))
                .as("bytes a call of a document of 10 KB")
                .isLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(strings = Names.FETCHONCE_CLIENT)
    void a_stored_document_takes_little_more_than_what_was_sent(String contender) throws Exception {
        List<Measured> stored = perform(Names.FOOTPRINT, contender);
        String load = Names.kilobytes(1);
        assertThat(value(stored, Names.HEAP, load)).isLessThan(value(stored, Names.CONTENT, load) + 300);
    }

    private static List<Measured> perform(String name, String contender) throws Exception {
        Entrant entrant = Entrants.named(contender);
        Scenario scenario = Scenarios.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new ScenarioStint(name, entrant, List.of(scenario), Scale.SMOKE, origin.at()).perform();
    }

    private static double value(List<Measured> measured, Metric metric, String load) {
        return measured.stream()
                .filter(each -> each.figure().metric().equals(metric.name()))
                .filter(each -> each.figure().load().equals(load))
                .mapToDouble(Measured::value)
                .findFirst()
                .orElseThrow();
    }
}
