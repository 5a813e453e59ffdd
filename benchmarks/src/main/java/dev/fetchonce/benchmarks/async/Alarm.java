package dev.fetchonce.benchmarks.async;

/** An action that runs at a later time unless it is stopped. */
@FunctionalInterface
interface Alarm {
    /** Keeps the action from running. Does nothing when the action already runs or has run. */
    void stop();
}
