package dev.fetchonce.benchmarks.results;

import java.lang.management.ManagementFactory;

/**
 * The machine of a run.
 *
 * @param processors the number of processors that the JVM sees
 * @param memoryBytes the memory of the machine
 * @param system its operating system and architecture
 * @param jdk the Java runtime that was measured
 */
public record Machine(int processors, long memoryBytes, String system, String jdk) {
    /** Returns this machine. */
    public static Machine here() {
        var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                os.getTotalMemorySize(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }
}
