package dev.fetchonce.benchmarks.results;

import java.lang.management.ManagementFactory;

/**
 * On what it was measured.
 *
 * @param processors how many the JVM sees
 * @param memoryBytes of the machine
 * @param system its operating system and architecture
 * @param jdk the Java runtime that was measured
 */
public record Machine(int processors, long memoryBytes, String system, String jdk) {
    /** This one. */
    public static Machine here() {
        var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                os.getTotalMemorySize(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }
}
