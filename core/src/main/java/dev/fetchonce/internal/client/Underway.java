package dev.fetchonce.internal.client;

import dev.fetchonce.internal.flight.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client that are under way, and its end, as the JDK's client ends: no more calls are taken, then those under
 * way end, by themselves or interrupted. Thread-safe.
 */
public final class Underway {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** Each call by its thread, which may make one within another. Under the lock, as is the rest. */
    private final List<Thread> calls = new ArrayList<>();

    /** No more calls are taken. */
    private boolean shut;

    /**
     * Makes a call on this thread.
     *
     * @throws IOException when no more calls are taken
     */
    public <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
        begin();
        try {
            return work.call();
        } finally {
            end();
        }
    }

    private void begin() throws IOException {
        lock.lock();
        try {
            if (shut) {
                throw new IOException("closed");
            }
            calls.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            calls.remove(Thread.currentThread());
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more calls. */
    public void shutdown() {
        lock.lock();
        try {
            shut = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The same, and interrupts the calls under way. */
    public void shutdownNow() {
        lock.lock();
        try {
            shut = true;
            calls.forEach(Thread::interrupt); // within the lock, so that none is interrupted whose call has ended
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no more calls are taken and none is under way. */
    public boolean terminated() {
        lock.lock();
        try {
            return shut && calls.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for that.
     *
     * @return whether it came in time
     */
    public boolean awaitTermination(Duration longest) throws InterruptedException {
        Deadline deadline = Deadline.after(longest);
        lock.lockInterruptibly();
        try {
            while (!(shut && calls.isEmpty())) {
                if (deadline.passed() || ended.awaitNanos(deadline.left()) <= 0) {
                    return shut && calls.isEmpty();
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
