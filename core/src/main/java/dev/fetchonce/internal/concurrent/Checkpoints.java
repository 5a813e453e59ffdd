package dev.fetchonce.internal.concurrent;

import java.util.concurrent.locks.LockSupport;

/**
 * The marked steps of concurrent code, and its ways to park and to wake. In production a step does nothing. The
 * interleaving tests replace this object by a scheduler, which drives the production code through every order of steps.
 */
public interface Checkpoints {
    /** The checkpoints of production: a step does nothing, and a park is that of {@link LockSupport}. */
    Checkpoints NONE = new Checkpoints() {};

    /** The time of a park without a limit, in nanoseconds; it needs no timer. */
    long UNTIMED = Long.MAX_VALUE;

    /** Marks the moment just before the step of this name. The caller holds no lock. */
    default void at(String step) {}

    /** Parks the current thread for at most these nanoseconds; like any park it may return early. */
    default void park(Waiters waiters, long nanos) {
        if (nanos == UNTIMED) {
            LockSupport.park(waiters);
        } else {
            LockSupport.parkNanos(waiters, nanos);
        }
    }

    /** Wakes a parked thread; where the thread is not parked, its next park returns at once. */
    default void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }
}
