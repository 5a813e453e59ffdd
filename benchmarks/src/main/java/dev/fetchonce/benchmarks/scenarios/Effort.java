package dev.fetchonce.benchmarks.scenarios;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The time and processor time that this process spends from one moment on. */
final class Effort {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final long LOOK_MILLIS = 50;
    private static final long IDLE_NANOS = 2_500_000;

    private final long nanos = System.nanoTime();
    private final long cpuNanos = SYSTEM.getProcessCpuTime();

    private Effort() {}

    /** Begins a measurement now. */
    static Effort begin() {
        return new Effort();
    }

    /** Returns the time until now in seconds. */
    double seconds() {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Returns the processor time of all cores until now in seconds. */
    double cpuSeconds() {
        return (SYSTEM.getProcessCpuTime() - cpuNanos) / 1e9;
    }

    /** Waits until this process is idle: all callers wait. */
    static void awaitIdle() throws InterruptedException {
        for (int idle = 0; idle < 2; ) {
            long before = SYSTEM.getProcessCpuTime();
            Thread.sleep(LOOK_MILLIS);
            idle = SYSTEM.getProcessCpuTime() - before < IDLE_NANOS ? idle + 1 : 0;
        }
    }
}
