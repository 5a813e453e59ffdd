package dev.fetchonce.testing;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;

/** A measure of the live objects of this JVM, for tests of the heap. */
public final class LiveHeap {
    private LiveHeap() {}

    /**
     * Returns the bytes of all live objects, once cleaners have run.
     *
     * @param noise the greatest difference between two measures of an unchanged heap, in bytes
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

    /**
     * Returns the bytes of all live objects. Stacks and the objects with which a collector fills holes do not count.
     */
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
