package dev.fetchonce.benchmarks.soak;

import java.lang.management.ManagementFactory;

/** The heap that is in use once all garbage is gone. */
final class Heap {
    private static final int MEBIBYTE = 1 << 20;

    private Heap() {}

    /** Collects the garbage, and returns how many MiB are left. */
    static long collected() {
        System.gc();
        return used();
    }

    /** Returns how many MiB are in use, garbage included. */
    static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBIBYTE;
    }
}
