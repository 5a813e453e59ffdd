package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all flights that are aloft, time and again: rings their alarms, and wakes those whose patience has ended. So that
 * neither a flight nor who waits for one needs a timer of its own, which costs more than the rest of a miss does. Its thread
 * is a platform thread, as it must come to look also where code of the application keeps all carriers of virtual ones; it ends
 * when there has been nothing to watch for a while. Nothing else ends it: every deadline and every long patience depends on
 * it, so it takes note of a throwable and goes on. Thread-safe.
 */
final class Watchdog implements Runnable {
    /** So late is what it does. Who waits for less than {@link #SHORT} does so by itself. */
    private static final Duration PACE = Duration.ofMillis(10);

    /** The shortest wait, in nanoseconds, that is left to the watch. */
    static final long SHORT = 10 * PACE.toNanos();

    /** It rests so many times as long as it looked: a crowd of a million is looked at less often. */
    private static final int REST = 20;

    /** For so many looks at nothing it stays, lest each of a few misses a second pays for a thread. */
    static final int LINGERS = 100;

    private final RunningFlights<?> aloft;
    private final ProtocolSteps steps;
    private final UnexpectedErrors unforeseen;
    private final int lingers;
    private volatile boolean ends;

    private enum State {
        OFF,
        STARTS,
        ON
    }

    /*
     * OFF -> STARTS -> ON by who sends a flight aloft; to OFF by the watch, when nothing is. Both look at the other's
     * word after they have written their own: so one of them sees that there is a flight and no watch. STARTS is under
     * the lock: its thread may turn out not to start, and who comes meanwhile must not rely on it.
     */
    private final AtomicReference<State> state = new AtomicReference<>(State.OFF);

    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable Thread thread;

    Watchdog(RunningFlights<?> aloft, ProtocolSteps steps, UnexpectedErrors unforeseen, int lingers) {
        this.aloft = aloft;
        this.steps = steps;
        this.unforeseen = unforeseen;
        this.lingers = lingers;
    }

    /**
     * Sees to it that it is on; called once a flight is aloft.
     *
     * @throws OutOfMemoryError when no thread can be had for it: then the flight must not go
     */
    void begin() {
        if (state.get() != State.ON) {
            start();
        }
    }

    private void start() {
        starting.lock();
        try {
            if (state.compareAndSet(State.OFF, State.STARTS)) {
                thread = steps.watch(this); // here: who closes may come before it runs
                state.compareAndSet(State.STARTS, State.ON); // unless it is off again
            }
        } finally {
            state.compareAndSet(State.STARTS, State.OFF);
            starting.unlock();
        }
    }

    @Override
    public void run() {
        int idle = 0;
        do {
            long begun = System.nanoTime();
            try {
                steps.at("look");
                aloft.look(begun);
            } catch (Throwable e) { // out of memory for the walk, say
                unforeseen.met(e);
            }
            rest(Math.max(PACE.toNanos(), REST * (System.nanoTime() - begun)));
            idle = aloft.size() > 0 ? 0 : idle + 1;
        } while ((idle <= lingers && !ends) || !over());
    }

    /** Needs no memory; ends early when its thread is interrupted, by who waits for its end. */
    private static void rest(long nanos) {
        LockSupport.parkNanos(nanos);
        var unused = Thread.interrupted();
    }

    private boolean over() {
        if (aloft.size() > 0) {
            return false;
        }
        state.set(State.OFF);
        return aloft.size() == 0 || !state.compareAndSet(State.OFF, State.ON);
    }

    /** Has it end with the last flight, and waits for that if there is none; an interrupt ends the wait and stays pending. */
    void awaitEnd(Deadline deadline) {
        ends = true;
        Thread last = thread;
        if (last != null && aloft.size() == 0) {
            last.interrupt();
            try {
                last.join(Duration.ofNanos(Math.max(0, deadline.left())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
