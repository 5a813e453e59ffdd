package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.FlightTableInsides;
import dev.fetchonce.internal.store.MemoryStoreInsides;

/** The package-private parts of an engine, for tests of other packages. */
public final class EngineInsides {
    private EngineInsides() {}

    public static void check(Engine engine) {
        FlightTableInsides.check(engine.flights());
        MemoryStoreInsides.check(engine.store());
        if (engine.parts().permits().origins() != 0) {
            throw new IllegalStateException("a permit was not given back");
        }
    }

    public static long count(Engine engine, dev.fetchonce.Reason reason) {
        return engine.counters().failures().getOrDefault(reason, 0L);
    }
}
