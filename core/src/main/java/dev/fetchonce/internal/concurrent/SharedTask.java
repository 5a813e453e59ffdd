package dev.fetchonce.internal.concurrent;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A task that a crowd may wait for: a FutureTask with {@link Waiters} in place of its own, so that a hundred thousand who
 * lose patience together cost next to nothing. Thread-safe.
 *
 * @param <V> what the task brings
 */
public abstract class SharedTask<V> extends FutureTask<V> {
    private final Waiters waiters;

    /**
     * A task that has not begun.
     *
     * @param timed the longest wait, in nanoseconds, for which nobody has to call {@link #wake}
     */
    public SharedTask(Callable<V> course, Checkpoints checkpoints, long timed) {
        super(course);
        this.waiters = new Waiters(checkpoints, timed);
    }

    /** Wakes those who have waited for as long as they wanted to; once the task is done, all who still sleep. */
    public void wake(long now) {
        if (!isDone()) {
            waiters.wake(now);
        } else if (!waiters.awake()) {
            waiters.release();
        }
    }

    /** Whether it is done and nobody sleeps any more who waited for it. */
    public boolean awake() {
        return waiters.awake();
    }

    @Override
    public void done() {
        waiters.release();
    }

    /** Waits without a limit of its own. */
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

    /** How many threads wait now; walks them all, so it is for tests and diagnosis. */
    public int waiting() {
        return waiters.count();
    }
}
