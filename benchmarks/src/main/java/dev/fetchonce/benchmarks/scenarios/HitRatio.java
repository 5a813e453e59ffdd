package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/** The scenario in which one caller replays a trace. The cache has room for a part of its documents. */
final class HitRatio implements Scenario {
    private static final int DOCUMENTS = 2_000;
    private static final double SKEW = 0.9;

    /** The number of requests between two scans. A scan asks for so many documents once each. */
    private static final int SCAN_EVERY = 400;

    private static final int SCAN = 400;
    private static final int[] PERCENT = {1, 5, 10, 25, 50};
    private static final long SEED = 17;

    private final String name;
    private final Scans scans;

    private enum Scans {
        NONE,
        LONG
    }

    private HitRatio(String name, Scans scans) {
        this.name = name;
        this.scans = scans;
    }

    static Scenario zipf() {
        return new HitRatio(Names.ZIPF_TRACE, Scans.NONE);
    }

    static Scenario scanHeavy() {
        return new HitRatio(Names.SCAN_TRACE, Scans.LONG);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean admits(Entrant entrant) {
        return entrant.has(Entrant.Trait.BOUNDED);
    }

    @Override
    public int rounds() {
        return 1;
    }

    @Override
    public void perform(Stage stage) throws Exception {
        for (int percent : PERCENT) {
            int room = DOCUMENTS * percent / 100;
            try (Contender contender = stage.open(Settings.AMPLE.room(room, Limits.KIBIBYTE))) {
                IntSupplier trace = trace();
                int requests = stage.scale().of(200, 20_000);
                replay(stage, contender, trace, requests / 4); // fills the cache
                stage.origin().reset();
                replay(stage, contender, trace, requests);
                long missed = stage.origin().counts().requests();
                stage.report(Names.ofWorkingSet(percent), Names.HIT_RATIO, 100 * (1 - (double) missed / requests));
            }
        }
    }

    /** Returns the trace, which is the same in each run. */
    private IntSupplier trace() {
        Zipf zipf = new Zipf(DOCUMENTS, SKEW, new SplittableRandom(SEED));
        return switch (scans) {
            case NONE -> zipf;
            case LONG -> new ScanHeavy(zipf);
        };
    }

    private static void replay(Stage stage, Contender contender, IntSupplier trace, int requests) {
        for (int i = 0; i < requests; i++) {
            String url = stage.origin().url(Kind.DOC, Limits.KIBIBYTE, trace.getAsInt(), Limits.DAY);
            Calls.made(contender.call(url));
        }
    }

    /** A trace with scans. A scan asks for a long row of documents once each. */
    private static final class ScanHeavy implements IntSupplier {
        private final IntSupplier usual;
        private int asked;
        private int once = DOCUMENTS;

        ScanHeavy(IntSupplier usual) {
            this.usual = usual;
        }

        @Override
        public int getAsInt() {
            return asked++ % (SCAN_EVERY + SCAN) < SCAN_EVERY ? usual.getAsInt() : ++once;
        }
    }
}
