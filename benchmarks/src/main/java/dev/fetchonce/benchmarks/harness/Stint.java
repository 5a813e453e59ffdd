package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.origin.OriginAt;
import java.util.List;

/** The work of one process. */
interface Stint {
    /** Returns the kind of the work. All stints of one kind take about as long. */
    String kind();

    /** Returns the name of the contender. */
    String contender();

    /**
     * Starts the process and waits for it.
     *
     * @param origin the origin, which no other process asks in the meantime
     * @return the measured numbers
     * @throws StintFailed when the process did not end well
     */
    List<Measured> perform(OriginAt origin) throws StintFailed, InterruptedException;
}
