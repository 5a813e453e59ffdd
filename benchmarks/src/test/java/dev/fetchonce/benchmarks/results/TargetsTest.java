package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.benchmarks.results.Target.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
    private static final String TYPED_HIT = "Time of a typed hit";
    private static final String TYPED_ALLOCATION = "What a typed hit allocates";
    private static final String DROP_IN = "Time of the fastest HTTP cache's hit";
    private static final String AS_IT_COMES = "Distinct misses a second, to those of HttpClient as it comes";
    private static final String BEST_PEER = "Distinct misses a second, to those of the best peer";
    private static final String PACE = "Throughput, to that of the async variant: ";
    private static final String CROWD = "From the origin's answer";
    private static final String STORM = "From the end of patience";
    private static final String HEAP = "Heap of a stored document";

    @Test
    void without_figures_none_is_measured() {
        var medians = new Medians(Samples.empty());
        assertThat(Targets.all(medians))
                .hasSize(19)
                .allSatisfy(target -> assertThat(target.verdict(medians)).isEqualTo(Verdict.NOT_MEASURED));
        assertThat(Targets.judged(Samples.empty()))
                .startsWith(
                        "| target | bound | measured | verdict | what remains, and why |\n| --- | --- | --- | --- | --- |\n")
                .contains("at most 1.25 × | 1 thread: –<br>2 threads: –<br>8 threads: –<br>1 thread, Zipf: –<br>"
                        + "2 threads, Zipf: –<br>8 threads, Zipf: – | not measured |  |\n")
                .contains("revalidation | at least 0.9 × | – | not measured |  |\n");
    }

    @Test
    void of_a_target_that_is_missed_it_is_said_why_and_a_short_run_judges_none() {
        Results results = new Samples()
                .add(Names.HIT, Names.ALLOCATED, Names.FETCHONCE, Names.threads(1), 7)
                .add(Names.PATIENCE, Names.LAST_LEAVER, Names.FETCHONCE, Names.callers(100_000), 4)
                .results();
        assertThat(Targets.judged(results))
                .contains("| at most 3 s | 100,000 callers: 4.00 s | ✘ missed | Threads are woken one by one");
        assertThat(Targets.open(results))
                .startsWith("| target | bound | measured |\n| --- | --- | --- |\n")
                .contains("| at most 3 s | 100,000 callers: 4.00 s |\n")
                .doesNotContain("missed", "woken");
    }

    @ParameterizedTest
    @CsvSource({"1.25, 1.25, MET", "1.26, 1.25, MISSED", "1.25, 1.26, MISSED"})
    void a_typed_hit_is_held_against_caffeine(double time, double zipf, Verdict expected) {
        var samples = new Samples();
        for (int threads : new int[] {1, 2, 8}) {
            samples.add(Names.HIT, Names.TIME, Names.CAFFEINE_GET, Names.threads(threads), 1)
                    .add(Names.HIT, Names.TIME, Names.FETCHONCE, Names.threads(threads), threads == 2 ? time : 1)
                    .add(Names.HIT_ZIPF, Names.TIME, Names.CAFFEINE_GET, Names.threads(threads), 1)
                    .add(Names.HIT_ZIPF, Names.TIME, Names.FETCHONCE, Names.threads(threads), threads == 8 ? zipf : 1);
        }
        assertThat(verdict(samples, TYPED_HIT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0.09, MET", "0.11, MISSED"})
    void less_than_a_tenth_of_a_byte_is_none(double bytes, Verdict expected) {
        var samples = new Samples();
        for (int threads : new int[] {1, 2, 8}) {
            samples.add(Names.HIT, Names.ALLOCATED, Names.FETCHONCE, Names.threads(threads), 0)
                    .add(Names.HIT_ZIPF, Names.ALLOCATED, Names.FETCHONCE, Names.threads(threads), bytes);
        }
        assertThat(verdict(samples, TYPED_ALLOCATION)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"100, MET", "101, MISSED"})
    void the_drop_in_client_is_held_against_the_fastest_http_cache(double time, Verdict expected) {
        var samples = new Samples();
        for (int threads : new int[] {1, 2, 8}) {
            String load = Names.threads(threads);
            for (String scenario : List.of(Names.HIT, Names.HIT_ZIPF)) {
                boolean odd = threads == 2 && scenario.equals(Names.HIT_ZIPF);
                samples.add(scenario, Names.TIME, Names.FETCHONCE_CLIENT, load, odd ? time : 100)
                        .add(scenario, Names.TIME, Names.METHANOL, load, 2_000)
                        .add(scenario, Names.TIME, Names.OKHTTP, load, 1_000);
            }
        }
        assertThat(verdict(samples, DROP_IN)).isEqualTo(expected);
        assertThat(measured(samples, DROP_IN)).endsWith(" × OkHttp (not measured: Apache HttpClient)");
    }

    @Test
    void a_load_that_is_missing_leaves_it_open_unless_another_misses() {
        var samples = misses(64, Names.HTTP_CLIENT, 500);
        assertThat(verdict(samples, AS_IT_COMES)).isEqualTo(Verdict.NOT_MEASURED);
        assertThat(measured(samples, AS_IT_COMES))
                .isEqualTo("64 callers: 2.00 ×<br>1,000 callers: –<br>10,000 callers: –");
        assertThat(verdict(misses(64, Names.HTTP_CLIENT, 501), AS_IT_COMES)).isEqualTo(Verdict.MISSED);
    }

    @ParameterizedTest
    @CsvSource({"999, MET", "1000, MISSED"})
    void the_best_peer_is_beaten_and_not_met(double theirs, Verdict expected) {
        var samples = new Samples();
        for (int callers : new int[] {64, 1_000, 10_000}) {
            samples.add(Names.MISSES, Names.THROUGHPUT, Names.FETCHONCE, Names.callers(callers), 1_000)
                    .add(Names.MISSES, Names.THROUGHPUT, Names.CAFFEINE, Names.callers(callers), theirs)
                    .add(Names.MISSES, Names.THROUGHPUT, Names.FUTURE_TASK, Names.callers(callers), 10);
        }
        assertThat(verdict(samples, BEST_PEER)).isEqualTo(expected);
        assertThat(measured(samples, BEST_PEER)).contains(" × Caffeine loading");
    }

    @ParameterizedTest
    @CsvSource({"1111, MET", "1112, MISSED"})
    void blocking_is_held_against_async_by_throughput(double theirs, Verdict expected) {
        assertThat(verdict(misses(64, Names.ASYNC, theirs), PACE + Names.MISSES))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 0, MET, ∞ ×", "0, 0, MISSED, 0/0 ×", "0, 10, MISSED, 0 ×"})
    void a_throughput_may_be_nothing(double ours, double theirs, Verdict expected, String shown) {
        var samples = new Samples()
                .add(Names.SLOW, Names.THROUGHPUT, Names.FETCHONCE, Names.callers(64), ours)
                .add(Names.SLOW, Names.THROUGHPUT, Names.ASYNC, Names.callers(64), theirs);
        assertThat(verdict(samples, PACE + Names.SLOW)).isEqualTo(expected);
        assertThat(measured(samples, PACE + Names.SLOW)).isEqualTo("64 callers: " + shown);
    }

    @ParameterizedTest
    @CsvSource({"111, MET", "112, MISSED"})
    void blocking_is_held_against_async_by_the_time_of_a_hit(double ours, Verdict expected) {
        var samples = new Samples()
                .add(Names.HIT, Names.TIME, Names.FETCHONCE, Names.threads(4), ours)
                .add(Names.HIT, Names.TIME, Names.ASYNC, Names.threads(4), 100);
        assertThat(verdict(samples, PACE + Names.HIT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"150, MET", "151, MISSED"})
    void a_crowd_is_held_against_a_bare_future_task(double ours, Verdict expected) {
        var samples = new Samples()
                .add(Names.COLD, Names.LAST_CALLER, Names.FETCHONCE, Names.callers(100_000), ours)
                .add(Names.COLD, Names.LAST_CALLER, Names.FUTURE_TASK, Names.callers(100_000), 100);
        assertThat(verdict(samples, CROWD)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"111, MET", "112, MISSED"})
    void crowds_are_held_against_those_without_threads(double ours, Verdict expected) {
        var samples = new Samples()
                .add(Names.COLD, Names.LAST_CALLER, Names.FETCHONCE, Names.callers(100_000), ours)
                .add(Names.COLD, Names.LAST_CALLER, Names.ASYNC, Names.callers(100_000), 100)
                .add(Names.PATIENCE, Names.LAST_LEAVER, Names.FETCHONCE, Names.callers(100_000), ours)
                .add(Names.PATIENCE, Names.LAST_LEAVER, Names.ASYNC, Names.callers(100_000), 100);
        assertThat(verdict(samples, "How fast all have")).isEqualTo(expected);
        assertThat(verdict(samples, "How fast all who lose patience")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"3, MET", "3.01, MISSED"})
    void a_storm_has_three_seconds(double seconds, Verdict expected) {
        var samples =
                new Samples().add(Names.PATIENCE, Names.LAST_LEAVER, Names.FETCHONCE, Names.callers(100_000), seconds);
        assertThat(verdict(samples, STORM)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1600, MET", "1601, MISSED"})
    void a_document_may_take_so_much_besides_its_content(double heap, Verdict expected) {
        var samples = new Samples()
                .add(Names.FOOTPRINT, Names.HEAP, Names.FETCHONCE_CLIENT, Names.kilobytes(1), heap)
                .add(Names.FOOTPRINT, Names.CONTENT, Names.FETCHONCE_CLIENT, Names.kilobytes(1), 1_300);
        assertThat(verdict(samples, HEAP)).isEqualTo(expected);
        assertThat(measured(samples, HEAP)).isEqualTo("1 KB: " + (int) (heap - 1_300) + " B");
    }

    private static Samples misses(int callers, String other, double theirs) {
        return new Samples()
                .add(Names.MISSES, Names.THROUGHPUT, Names.FETCHONCE, Names.callers(callers), 1_000)
                .add(Names.MISSES, Names.THROUGHPUT, other, Names.callers(callers), theirs);
    }

    private static Verdict verdict(Samples samples, String statement) {
        var medians = new Medians(samples.results());
        return target(medians, statement).verdict(medians);
    }

    private static String measured(Samples samples, String statement) {
        var medians = new Medians(samples.results());
        return target(medians, statement).measured(medians);
    }

    private static Target target(Medians medians, String statement) {
        List<Target> found = Targets.all(medians).stream()
                .filter(target -> target.statement().startsWith(statement))
                .toList();
        assertThat(found).isNotEmpty();
        return found.get(0);
    }
}
