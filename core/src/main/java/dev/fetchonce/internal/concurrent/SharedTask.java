package dev.fetchonce.internal.concurrent;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A FutureTask for a very large number of waiting threads. It replaces the waiter list of FutureTask by
 * {@link Waiters}, so that a hundred thousand threads whose patience ends together cost next to nothing. Thread-safe.
 *
 * @param <V> the result of the task
 */
public abstract class SharedTask<V> extends FutureTask<V> {
    private final Waiters waiters;

    /**
     * Makes a task that has not begun.
     *
     * @param timed the longest wait, in nanoseconds, that has a timer of its own; a longer wait ends by {@link #wake}
     */
    public SharedTask(Callable<V> course, Checkpoints checkpoints, long timed) {
        super(course);
        this.waiters = new Waiters(checkpoints, timed);
    }

    /**
     * Wakes the threads whose longest wait has ended; once the task is done, wakes all threads that still sleep.
     *
     * @param now the current reading of {@link System#nanoTime()}
     */
    public void wake(long now) {
        if (!isDone()) {
            waiters.wake(now);
        } else if (!waiters.awake()) {
            waiters.release();
        }
    }

    /** Returns whether the task is done and every thread that waited for it is awake. */
    public boolean awake() {
        return waiters.awake();
    }

    @Override
    public void done() {
        waiters.release();
    }

    /** Waits for the end of the task, without a limit. */
    @Override
    public V get() throws InterruptedException, ExecutionException {
        if (!isDone()) {
            waiters.await(Long.MAX_VALUE);
        }
        return super.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!isDone() && !waiters.await(unit.toNanos(timeout))) {
            throw new TimeoutException();
        }
        return super.get();
    }

    /** Returns how many threads wait now. It walks them all, so it is for tests and diagnosis. */
    public int waiting() {
        return waiters.count();
    }
}
