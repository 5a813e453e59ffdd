package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.origin.OriginAt;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Limits;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The measurement of the time from the start of a process until it has its first document. */
record FirstGetStint(Entrant entrant) implements Stint {
    @Override
    public String kind() {
        return Names.FIRST_GET;
    }

    @Override
    public String contender() {
        return entrant.name();
    }

    @Override
    public List<Measured> perform(OriginAt origin) throws StintFailed, InterruptedException {
        List<String> arguments = List.of(entrant.name(), origin.url(Kind.DOC, Limits.KIBIBYTE, 1, 1));
        AtomicLong said = new AtomicLong();
        long begun = System.nanoTime();
        try {
            ChildProcess.start(FirstGet.class, List.of(), arguments).await(line -> said.set(System.nanoTime()));
        } catch (IOException e) {
            throw new StintFailed("cannot be started: " + e.getMessage());
        }
        return List.of(new Measured(
                Names.FROM_START.figure(Names.FIRST_GET, entrant.name(), Names.ONE_PROCESS),
                (said.get() - begun) / 1e6));
    }
}
