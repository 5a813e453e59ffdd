package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Checkpoints;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The checkpoints of the flight protocol, and the threads that it starts, interrupts and waits for. */
public interface ProtocolSteps extends Checkpoints {
    /** The steps of production: a checkpoint does nothing. */
    ProtocolSteps NONE = new ProtocolSteps() {};

    default void interrupt(Thread thread) {
        thread.interrupt();
    }

    /**
     * Runs an action that may hang on a thread of its own. It is a platform thread, as the application's code may
     * occupy all carriers of virtual threads.
     */
    default void apart(Runnable what) {
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("fetchonce-interrupt")
                    .inheritInheritableThreadLocals(false)
                    .start(what);
        } catch (OutOfMemoryError e) { // the system has no thread left
            what.run();
        }
    }

    /**
     * Returns the values of the map in the order of a walk: here that of the map, in a test one order for every run.
     */
    default <T> Iterable<T> ordered(Map<Thread, T> byThread) {
        return byThread.values();
    }

    /** Starts the watchdog and returns its thread; a test may return null and start no thread. */
    default @Nullable Thread watch(Watchdog watchdog) {
        try {
            return Thread.ofPlatform()
                    .daemon()
                    .name("fetchonce-watch")
                    .inheritInheritableThreadLocals(false)
                    .start(watchdog);
        } catch (OutOfMemoryError e) { // the system has no thread left: a virtual thread serves
            return Thread.ofVirtual()
                    .name("fetchonce-watch")
                    .inheritInheritableThreadLocals(false)
                    .start(watchdog);
        }
    }

    /**
     * Waits at most 10 ms for a thread to end; where the thread has not started, waits one millisecond.
     *
     * @param over returns whether the caller has no thread left to wait for; for tests
     */
    default void join(Thread thread, BooleanSupplier over) throws InterruptedException {
        if (thread.getState() == Thread.State.NEW) {
            Thread.sleep(1);
        } else {
            thread.join(Duration.ofMillis(10));
        }
    }
}
