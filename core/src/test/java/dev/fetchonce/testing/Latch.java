package dev.fetchonce.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A latch that holds threads back until the test opens it. */
public final class Latch {
    private final CountDownLatch latch = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();

    public void pass() throws InterruptedException {
        arrived.incrementAndGet();
        latch.await();
    }

    /** Passes as code that hangs does. An interrupt does not end the wait, and stays pending. */
    public void passWhateverHappens() {
        arrived.incrementAndGet();
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public void open() {
        latch.countDown();
    }

    public int arrived() {
        return arrived.get();
    }

    public void awaitArrivals(int count) {
        Await.until(count + " arrived at the latch (" + arrived() + " at first)", () -> arrived() >= count);
    }
}
