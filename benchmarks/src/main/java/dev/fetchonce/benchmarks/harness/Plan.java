package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Scale;
import dev.fetchonce.benchmarks.scenarios.Scenario;
import dev.fetchonce.benchmarks.scenarios.Scenarios;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The order of the stints. Rounds follow one another, and in a round all contenders of a scenario follow one another. A
 * machine that is busy for a while is therefore busy for all of them.
 *
 * @param only accepts the wanted kinds of stints and contenders, such as {@code one cold URL, Methanol}
 */
record Plan(Scale scale, Predicate<String> only) {
    private static final int[] THREADS = {1, 2, 8};
    private static final int ZIPF_KEYS = 10_000;
    private static final int HIT_ROUNDS = 3;
    private static final int FIRST_GET_ROUNDS = 5;

    /**
     * The number of places by which the order turns in each round. No scenario has a multiple of that many contenders.
     */
    private static final int STEP = 7;

    List<Stint> stints() {
        return switch (scale) {
            case SMOKE ->
                Stream.of(wanted(smokeHits().stream()), smokeScenarios().stream(), wanted(firstGets().stream()))
                        .flatMap(stints -> stints)
                        .toList();
            case FULL -> wanted(rounds()).toList();
        };
    }

    private Stream<Stint> wanted(Stream<Stint> all) {
        return all.filter(stint -> wanted(stint.kind(), stint.contender()));
    }

    private boolean wanted(String scenario, String contender) {
        return only.test(scenario + ", " + contender);
    }

    private Stream<Stint> rounds() {
        List<Stint> all = new ArrayList<>();
        for (int round = 0; round < FIRST_GET_ROUNDS; round++) {
            if (round < HIT_ROUNDS) {
                for (int threads : THREADS) {
                    all.addAll(turned(hits(Names.HIT, threads, 1), round));
                    all.addAll(turned(hits(Names.HIT_ZIPF, threads, ZIPF_KEYS), round));
                }
            }
            for (Scenario scenario : Scenarios.all()) {
                if (round < scenario.rounds()) {
                    all.addAll(turned(of(scenario), round));
                }
            }
            all.addAll(turned(firstGets(), round));
        }
        return all.stream();
    }

    /**
     * Turns the order of a round. In each round another contender begins, because the machine is not equally fast all
     * the time.
     */
    private static List<Stint> turned(List<Stint> stints, int round) {
        List<Stint> turned = new ArrayList<>(stints);
        Collections.rotate(turned, -round * STEP);
        return turned;
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
                .filter(entrant -> !wantedOf(entrant).isEmpty())
                .<Stint>map(entrant -> new ScenarioStint("all scenarios", entrant, wantedOf(entrant), scale))
                .toList();
    }

    private List<Scenario> wantedOf(Entrant entrant) {
        return Scenarios.all().stream()
                .filter(scenario -> scenario.admits(entrant) && wanted(scenario.name(), entrant.name()))
                .toList();
    }

    private List<Stint> firstGets() {
        return Entrants.all().stream()
                .<Stint>map(entrant -> new FirstGetStint(entrant))
                .toList();
    }
}
