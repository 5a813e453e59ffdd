package dev.fetchonce.benchmarks.async;

/** Something that runs later unless it is stopped. */
@FunctionalInterface
interface Alarm {
    /** Has it not run, if it does not run already. */
    void stop();
}
