package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Scale;
import dev.fetchonce.benchmarks.scenarios.Scenario;
import dev.fetchonce.benchmarks.scenarios.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is done in which order. Rounds take turns, and in a round all contenders of a scenario follow one another: a machine
 * that is busy for a while is so for all of them.
 *
 * @param only which kinds of stints and which contenders are wanted, such as {@code one cold URL, Methanol}
 */
record Plan(Scale scale, Predicate<String> only) {
    private static final int[] THREADS = {1, 2, 8};
    private static final int ZIPF_KEYS = 10_000;
    private static final int HIT_ROUNDS = 2;
    private static final int ZIPF_ROUNDS = 1;
    private static final int FIRST_GET_ROUNDS = 5;

    List<Stint> stints() {
        Stream<Stint> all = switch (scale) {
            case SMOKE -> Stream.of(smokeHits(), smokeScenarios(), firstGets()).flatMap(List::stream);
            case FULL -> rounds();
        };
        return all.filter(stint -> only.test(stint.kind() + ", " + stint.contender()))
                .toList();
    }

    private Stream<Stint> rounds() {
        List<Stint> all = new ArrayList<>();
        for (int round = 0; round < FIRST_GET_ROUNDS; round++) {
            for (int threads : THREADS) {
                if (round < HIT_ROUNDS) {
                    all.addAll(hits(Names.HIT, threads, 1));
                }
                if (round < ZIPF_ROUNDS) {
                    all.addAll(hits(Names.HIT_ZIPF, threads, ZIPF_KEYS));
                }
            }
            for (Scenario scenario : Scenarios.all()) {
                if (round < scenario.rounds()) {
                    all.addAll(of(scenario));
                }
            }
            all.addAll(firstGets());
        }
        return all.stream();
    }

    private List<Stint> hits(String kind, int threads, int keys) {
        Stream<String> caches = Entrants.all().stream()
                .filter(entrant -> entrant.has(Entrant.Trait.CACHES))
                .map(Entrant::name);
        return Stream.concat(Stream.of(Names.CAFFEINE_GET), caches)
                .<Stint>map(name -> new HitStint(kind, name, threads, keys, scale))
                .toList();
    }

    private List<Stint> smokeHits() {
        return Stream.of(Names.CAFFEINE_GET, Names.FETCHONCE, Names.FETCHONCE_TREE, Names.FETCHONCE_CLIENT)
                .<Stint>map(name -> new HitStint(Names.HIT, name, 1, 1, scale))
                .toList();
    }

    private List<Stint> of(Scenario scenario) {
        return Entrants.all().stream()
                .filter(scenario::admits)
                .<Stint>map(entrant -> new ScenarioStint(scenario.name(), entrant, List.of(scenario), scale))
                .toList();
    }

    private List<Stint> smokeScenarios() {
        return Entrants.all().stream()
                .<Stint>map(entrant -> new ScenarioStint(
                        "all scenarios",
                        entrant,
                        Scenarios.all().stream()
                                .filter(scenario -> scenario.admits(entrant))
                                .toList(),
                        scale))
                .toList();
    }

    private List<Stint> firstGets() {
        return Entrants.all().stream()
                .<Stint>map(entrant -> new FirstGetStint(entrant))
                .toList();
    }
}
