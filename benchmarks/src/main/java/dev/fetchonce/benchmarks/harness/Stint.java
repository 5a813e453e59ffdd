package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.origin.OriginAt;
import java.util.List;

/** What one process is started for. */
interface Stint {
    /** What it is about; all of the same kind take about the same time. */
    String kind();

    /** Who is measured. */
    String contender();

    /**
     * Starts the process and waits for it.
     *
     * @param origin whom it asks; nobody else does meanwhile
     * @return what it measured
     * @throws StintFailed when it did not end well
     */
    List<Measured> perform(OriginAt origin) throws StintFailed, InterruptedException;
}
