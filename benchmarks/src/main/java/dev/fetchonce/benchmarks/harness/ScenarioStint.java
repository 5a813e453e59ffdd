package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.origin.OriginAt;
import dev.fetchonce.benchmarks.scenarios.Scale;
import dev.fetchonce.benchmarks.scenarios.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One contender and the scenarios that it performs in one process.
 *
 * @param kind the name of these scenarios together
 */
record ScenarioStint(String kind, Entrant entrant, List<Scenario> scenarios, Scale scale) implements Stint {
    /** The heap. The stacks of a million waiting callers are on it. */
    private static final String HEAP = "-Xmx6g";

    /** The option that saves compilation, which would take most of a short run before it is of any use. */
    private static final String HARDLY_COMPILED = "-XX:TieredStopAtLevel=1";

    @Override
    public String contender() {
        return entrant.name();
    }

    @Override
    public List<Measured> perform(OriginAt origin) throws StintFailed, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of(Integer.toString(origin.port()), entrant.name(), scale.name()));
        scenarios.forEach(scenario -> arguments.add(scenario.name()));
        List<Measured> measured = new ArrayList<>();
        try {
            List<String> options = switch (scale) {
                case SMOKE -> List.of(HEAP, HARDLY_COMPILED);
                case FULL -> List.of(HEAP);
            };
            ChildProcess.start(Performer.class, options, arguments).await(line -> measured.add(Performer.read(line)));
        } catch (IOException e) {
            throw new StintFailed("cannot be started: " + e.getMessage());
        }
        return measured;
    }
}
