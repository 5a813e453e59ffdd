package dev.fetchonce.benchmarks.scenarios;

import java.lang.management.ManagementFactory;

/** The heap that is in use once all garbage is gone. */
final class Footprint {
    private static final int COLLECTIONS = 2;

    private Footprint() {}

    /**
     * Returns the heap in bytes. It collects more than once, because references that one collection clears leave
     * garbage for the next.
     */
    static long bytes() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(10);
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
