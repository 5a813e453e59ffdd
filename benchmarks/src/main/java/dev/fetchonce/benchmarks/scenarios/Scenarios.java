package dev.fetchonce.benchmarks.scenarios;

import java.util.List;

/** The scenarios. */
public final class Scenarios {
    private Scenarios() {}

    /** Returns all scenarios, in the order of the pages. */
    public static List<Scenario> all() {
        return List.of(
                new DistinctMisses(),
                new ColdUrl(),
                new PatienceStorm(),
                Trouble.failingOrigin(),
                Trouble.outage(),
                new SlowNeighbour(),
                new Revalidation(),
                new DocumentLengths(),
                new StoredDocuments(),
                new Invalidations(),
                HitRatio.zipf(),
                HitRatio.scanHeavy());
    }
}
