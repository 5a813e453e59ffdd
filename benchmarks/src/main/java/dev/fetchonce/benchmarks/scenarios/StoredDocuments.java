package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Metric;
import dev.fetchonce.benchmarks.results.Names;

/**
 * The scenario that measures the heap of a stored document: key, fields, body, and the structures that find and drop
 * it.
 */
final class StoredDocuments implements Scenario {
    /** The bytes of a response besides its body and the lines of its fields. */
    private static final int NO_FIELDS = "HTTP/1.1 200 OK\r\n\r\n".length();

    @Override
    public String name() {
        return Names.FOOTPRINT;
    }

    @Override
    public boolean admits(Entrant entrant) {
        return entrant.has(Entrant.Trait.CACHES);
    }

    @Override
    public int rounds() {
        return 1;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        int documents = stage.scale().of(12_000, 20_000);
        Metric metric = switch (stage.entrant().kind()) {
            case VALUES -> Names.HEAP_DECODED;
            case EXCHANGES -> Names.HEAP;
        };
        try (Contender contender = stage.open(Settings.AMPLE)) {
            store(stage, contender, 500); // the structures that a contender has once, and once a thread
            long before = Footprint.bytes();
            stage.origin().reset();
            store(stage, contender, documents);
            long heap = Footprint.bytes() - before;
            String load = Names.kilobytes(1);
            stage.report(load, metric, (double) heap / documents);
            int key = stage.origin()
                    .url(Kind.DOC, Limits.KIBIBYTE, stage.ids().get(), Limits.DAY)
                    .length();
            double sent = (double) stage.origin().counts().bytes() / documents - NO_FIELDS;
            stage.report(load, Names.CONTENT, sent + key);
        }
    }

    private static void store(Stage stage, Contender contender, int documents) {
        for (int i = 0; i < documents; i++) {
            Calls.made(stage.miss(contender, Limits.KIBIBYTE));
        }
    }
}
