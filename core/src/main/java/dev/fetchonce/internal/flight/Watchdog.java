package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The watchdog of all flights that are active. It looks at them again and again, rings their alarms, and wakes the
 * waiters whose patience has ended. Neither a flight nor a waiter therefore needs a timer, which would cost more than
 * the rest of a miss.
 *
 * <p>Its thread is a platform thread, as it must run even where the application's code occupies all carriers of virtual
 * threads. The thread ends after a while without flights. Nothing else ends it: every deadline and every long patience
 * depends on it, so it records a throwable and goes on. Thread-safe.
 */
final class Watchdog implements Runnable {
    /**
     * The time between two looks, and so the usual delay of an alarm or a wake. A wait up to {@link #SHORT} has its own
     * timer.
     */
    private static final Duration PACE = Duration.ofMillis(10);

    /** The longest wait, in nanoseconds, that has a timer of its own; the watchdog ends the longer waits. */
    static final long SHORT = 10 * PACE.toNanos();

    /** The least ratio of a rest to the look before it; a look at a million waiters so happens less often. */
    private static final int REST = 20;

    /**
     * The longest rest. A look takes long in a crowd, but also where its thread gets no processor meanwhile; an alarm or
     * a wake must not wait for twenty times such a pause.
     */
    private static final Duration LONGEST_REST = Duration.ofMillis(500);

    /**
     * The number of looks without a flight before the thread ends; otherwise each of a few misses a second pays for a
     * thread.
     */
    static final int LINGERS = 100;

    private final ActiveFlights<?> activeFlights;
    private final ProtocolSteps steps;
    private final UnexpectedErrors unexpectedErrors;
    private final int lingers;
    private volatile boolean ends;

    private enum State {
        OFF,
        STARTS,
        ON
    }

    /*
     * OFF -> STARTS -> ON by the leader whose flight is active; to OFF by the watchdog, when no flight is
     * active. Each side reads the other's word after it has written its own, so one of them sees a flight without a
     * watchdog. STARTS exists under the lock only: the start of the thread may fail, and another leader must not rely
     * on it meanwhile.
     */
    private final AtomicReference<State> state = new AtomicReference<>(State.OFF);

    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable Thread thread;

    Watchdog(ActiveFlights<?> activeFlights, ProtocolSteps steps, UnexpectedErrors unexpectedErrors, int lingers) {
        this.activeFlights = activeFlights;
        this.steps = steps;
        this.unexpectedErrors = unexpectedErrors;
        this.lingers = lingers;
    }

    /**
     * Starts the watchdog unless it is on. The leader calls it once its flight is active.
     *
     * @throws OutOfMemoryError when its thread cannot start: then the flight must not go on
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
                thread = steps.watch(this); // set here, as a close may come before the thread runs
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
                activeFlights.look(begun);
            } catch (Throwable e) { // an OutOfMemoryError of the walk for example
                unexpectedErrors.add(e);
            }
            rest(Math.clamp(REST * (System.nanoTime() - begun), PACE.toNanos(), LONGEST_REST.toNanos()));
            idle = activeFlights.size() > 0 ? 0 : idle + 1;
        } while ((idle <= lingers && !ends) || !over());
    }

    /** Rests without a need of memory; {@link #awaitEnd} ends the rest early by an interrupt. */
    private static void rest(long nanos) {
        LockSupport.parkNanos(nanos);
        var unused = Thread.interrupted();
    }

    private boolean over() {
        if (activeFlights.size() > 0) {
            return false;
        }
        state.set(State.OFF);
        return activeFlights.size() == 0 || !state.compareAndSet(State.OFF, State.ON);
    }

    /**
     * Has the watchdog end with the last flight; where no flight is active, waits for its thread. An interrupt ends the
     * wait and stays pending.
     */
    void awaitEnd(Deadline deadline) {
        ends = true;
        Thread last = thread;
        if (last != null && activeFlights.size() == 0) {
            last.interrupt();
            try {
                last.join(Duration.ofNanos(Math.max(0, deadline.left())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
