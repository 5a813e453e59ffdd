package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Waiters;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The steps of production, observed: a test can wait until a number of threads have parked. */
public final class Watched implements ProtocolSteps {
    private final Semaphore parked = new Semaphore(0);
    private final Set<Thread> seen = ConcurrentHashMap.newKeySet();

    /** The number of wake-ups so far. */
    public final AtomicInteger unparked = new AtomicInteger();

    @Override
    public void park(Waiters waiters, long nanos) {
        if (seen.add(Thread.currentThread())) {
            parked.release();
        }
        LockSupport.parkNanos(waiters, nanos);
    }

    @Override
    public void unpark(Thread thread) {
        unparked.incrementAndGet();
        LockSupport.unpark(thread);
    }

    /** Waits until this number of further threads have parked, or are about to park. */
    public void awaitParked(int more) throws InterruptedException {
        assertThat(parked.tryAcquire(more, 60, TimeUnit.SECONDS)).as("parked").isTrue();
    }
}
