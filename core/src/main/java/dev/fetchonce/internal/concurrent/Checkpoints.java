package dev.fetchonce.internal.concurrent;

import java.util.concurrent.locks.LockSupport;

/**
 * The marked steps of concurrent code, and its ways to park and to wake. In production they do nothing else; the interleaving
 * tests put a scheduler of their own here and drive the code that runs in production through every order of steps.
 */
public interface Checkpoints {
    /** Production: a checkpoint does nothing. */
    Checkpoints NONE = new Checkpoints() {};

    /** The longest park of all, which needs no timer. */
    long UNTIMED = Long.MAX_VALUE;

    /** Reached just before the step of this name. Never called with a lock held. */
    default void at(String step) {}

    /** Parks the current thread for at most that long; like any park it may return early. */
    default void park(Waiters waiters, long nanos) {
        if (nanos == UNTIMED) {
            LockSupport.park(waiters);
        } else {
            LockSupport.parkNanos(waiters, nanos);
        }
    }

    /** Wakes a thread that parks, or lets its next park return at once. */
    default void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }
}
