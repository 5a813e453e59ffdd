package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.FlightTableInsides;
import dev.fetchonce.internal.store.MemoryStoreInsides;

/** The package-private parts of an engine, for tests of other packages. */
public final class EngineInsides {
    private EngineInsides() {}

    public static void check(CacheCore core) {
        core.inspection().checkInvariants();
        FlightTableInsides.check(core.inspection().flights());
        MemoryStoreInsides.check(core.inspection().store());
    }
}
