package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;

/** The decision whether an exchange goes on at its deadline. */
@FunctionalInterface
public interface Extension {
    /**
     * Returns the deadline from now on: a later one, or the one that has passed. The watchdog calls this method when
     * the deadline has passed, and again when the later one has passed. The method must be quick, take no lock, call no
     * code of the application and throw nothing.
     */
    Deadline deadline();
}
