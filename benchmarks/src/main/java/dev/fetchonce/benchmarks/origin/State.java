package dev.fetchonce.benchmarks.origin;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The state of the origin that controls change. Thread-safe. */
final class State {
    private static final long UNAVAILABLE_AFTER_MILLIS = 20;
    private static final long SLOW_MILLIS = 1_000;
    private static final long LONGEST_HANG_SECONDS = 60;

    private volatile Mood mood = Mood.WELL;
    private volatile CountDownLatch recovered = new CountDownLatch(1);
    private volatile CountDownLatch released = new CountDownLatch(0);

    /** Waits as long as a document of this kind takes. Reports whether the origin then has the document. */
    boolean await(Kind kind) throws InterruptedException {
        switch (kind) {
            case DOC -> {}
            case HELD -> released.await();
            case SLOW -> Thread.sleep(SLOW_MILLIS);
            case SICK -> {
                return awaitMood();
            }
        }
        return true;
    }

    private boolean awaitMood() throws InterruptedException {
        return switch (mood) {
            case WELL -> true;
            case UNAVAILABLE -> {
                Thread.sleep(UNAVAILABLE_AFTER_MILLIS);
                yield false;
            }
            case HANGING -> recovered.await(LONGEST_HANG_SECONDS, TimeUnit.SECONDS);
        };
    }

    void hold() {
        released = new CountDownLatch(1);
    }

    void release() {
        released.countDown();
    }

    void mood(Mood next) {
        CountDownLatch hanging = recovered;
        recovered = new CountDownLatch(1);
        mood = next;
        hanging.countDown();
    }
}
