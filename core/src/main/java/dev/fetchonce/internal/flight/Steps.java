package dev.fetchonce.internal.flight;

import java.util.concurrent.locks.LockSupport;

/**
 * The marked steps of the flight protocol. In production they do nothing but park; the interleaving tests put a
 * scheduler of their own here and drive the very code that runs in production through every order of steps.
 */
interface Steps {
    Steps NONE = new Steps() {};

    /** Reached just before the step of this name. Never called with a lock held. */
    default void at(String step) {}

    /** Parks the current thread for at most that long; like any park it may return early. */
    default void park(Waiters waiters, long nanos) {
        LockSupport.parkNanos(waiters, nanos);
    }
}
