package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Checkpoints;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The checkpoints of the flight protocol, and the threads that it starts, interrupts and waits for. */
public interface ProtocolSteps extends Checkpoints {
    /** Production: a checkpoint does nothing. */
    ProtocolSteps NONE = new ProtocolSteps() {};

    default void interrupt(Thread thread) {
        thread.interrupt();
    }

    /** Runs what may hang on a thread of its own: a platform thread, as code of the application may keep all carriers. */
    default void apart(Runnable what) {
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("fetchonce-interrupt")
                    .inheritInheritableThreadLocals(false)
                    .start(what);
        } catch (OutOfMemoryError e) { // no thread of the system is left
            what.run();
        }
    }

    /** What is to be walked for those threads; the order is that of the map, but a test has it the same in every run. */
    default <T> Iterable<T> ordered(Map<Thread, T> byThread) {
        return byThread.values();
    }

    /** Starts the watch, on the thread that it returns; null where there is nothing to watch. */
    default @Nullable Thread watch(Watchdog watch) {
        try {
            return Thread.ofPlatform()
                    .daemon()
                    .name("fetchonce-watch")
                    .inheritInheritableThreadLocals(false)
                    .start(watch);
        } catch (OutOfMemoryError e) { // no thread of the system is left: one of its own makes do
            return Thread.ofVirtual()
                    .name("fetchonce-watch")
                    .inheritInheritableThreadLocals(false)
                    .start(watch);
        }
    }

    /**
     * Waits a little for that thread to end; may return early, and does so when the thread is not started.
     *
     * @param over whether there is nothing left to wait for
     */
    default void join(Thread thread, BooleanSupplier over) throws InterruptedException {
        if (thread.getState() == Thread.State.NEW) {
            Thread.sleep(1);
        } else {
            thread.join(Duration.ofMillis(10));
        }
    }
}
