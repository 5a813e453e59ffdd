package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.origin.OriginAt;
import dev.fetchonce.benchmarks.results.Figure;
import dev.fetchonce.benchmarks.scenarios.Scale;
import dev.fetchonce.benchmarks.scenarios.Scenario;
import dev.fetchonce.benchmarks.scenarios.Scenarios;
import dev.fetchonce.benchmarks.scenarios.Stage;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.LogManager;
import tools.jackson.databind.json.JsonMapper;

/** The process in which one contender performs scenarios. It prints a line of JSON for each number. */
public final class Performer {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Performer() {}

    /**
     * Performs the scenarios and ends the process.
     *
     * @param args the port of the origin, the contender, the scale, and the scenarios
     * @throws Exception when a scenario cannot be performed
     */
    public static void main(String[] args) throws Exception {
        LogManager.getLogManager().reset(); // calls that fail are counted, and not logged one by one
        OriginAt origin = new OriginAt(Integer.parseInt(args[0]));
        Entrant entrant = Entrants.named(args[1]);
        Scale scale = Scale.valueOf(args[2]);
        List<String> names = List.of(args).subList(3, args.length);
        AtomicInteger ids = new AtomicInteger();
        for (Scenario scenario : Scenarios.all()) {
            if (names.contains(scenario.name())) {
                scenario.perform(new Stage(scenario.name(), entrant, origin, scale, Performer::write, ids));
            }
        }
        System.exit(0); // even if a contender leaves threads behind
    }

    private static void write(Figure figure, double value) {
        System.out.println(JSON.writeValueAsString(new Measured(figure, value)));
    }

    static Measured read(String line) {
        return JSON.readValue(line, Measured.class);
    }
}
