package dev.fetchonce.testing;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;

/** The objects of this JVM that are alive, for the tests that measure the heap. */
public final class LiveHeap {
    private LiveHeap() {}

    /**
     * What is alive once cleaners have run.
     *
     * @param noise what two measures may differ by, when nothing has changed between them
     */
    public static long settledBytes(long noise) throws Exception {
        long bytes = bytes();
        for (int i = 0; i < 10; i++) {
            long before = bytes;
            bytes = bytes();
            if (Math.abs(before - bytes) < noise) {
                return bytes;
            }
        }
        return bytes;
    }

    /** The bytes of all objects that are alive, but for stacks, and for what a collector fills holes with. */
    public static long bytes() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(cells -> cells.length >= 4 && cells[0].endsWith(":") && !cells[3].contains("jdk.internal.vm."))
                .mapToLong(cells -> Long.parseLong(cells[2]))
                .sum();
    }
}
