package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * An alarm that interrupts the thread that set it, at a deadline or at a call of {@link #ring}. At the deadline an
 * {@link Extension} may move it once more. After the deadline it
 * repeats the interrupt each second until it is stopped, as the application's code may swallow an interrupt. Its thread
 * waits without a timer, and stops the alarm in the end. The stop reports whether an interrupt came from this alarm.
 * Thread-safe.
 */
public final class ExchangeTimeout {
    /*
     * SET or RANG -> RINGS -> RANG   by the thread that rings it, and then by the thread that makes the interrupt.
     * SET or RANG -> STOPPED         by the thread that set it; after that the alarm does not interrupt that thread.
     */
    private enum State {
        SET,
        RINGS,
        RANG,
        STOPPED
    }

    /** The nanoseconds between two interrupts after the deadline. */
    private static final long AGAIN = 1_000_000_000;

    /** The first pause of {@link #stop}, in nanoseconds: about the time that a thread takes to start. */
    private static final long SOON = 50_000;

    /** The longest pause of {@link #stop}, in nanoseconds. */
    private static final long SELDOM = 10_000_000;

    private final Thread thread = Thread.currentThread();
    private final Extension extension;
    private final Interrupts interrupts;

    /** The moment of the next ring, as a reading of {@link System#nanoTime()}. */
    private volatile long rings;

    private final AtomicReference<State> state = new AtomicReference<>(State.SET);

    /** Sets an alarm for the current thread. The owner must have its {@link #look} called. */
    ExchangeTimeout(Deadline at, Extension extension, Interrupts interrupts) {
        this.extension = extension;
        this.interrupts = interrupts;
        this.rings = at.nanos();
    }

    /**
     * Rings the alarm if its time has come and is not extended. Where the ring throws, the next look rings again. An
     * alarm that has rung is not extended: its exchange ends.
     */
    void look(long now) {
        if (rings - now <= 0 && !extended(now)) {
            ring();
            rings = now + AGAIN;
        }
    }

    private boolean extended(long now) {
        if (state.get() != State.SET) {
            return false;
        }
        long later = extension.deadline().nanos();
        boolean goesOn = later - now > 0;
        if (goesOn) {
            rings = later;
        }
        return goesOn;
    }

    /** Rings the alarm now, unless it rings already or was stopped. */
    public void ring() {
        if (state.compareAndSet(State.SET, State.RINGS) || state.compareAndSet(State.RANG, State.RINGS)) {
            try {
                interrupts.send(thread, this::rang);
            } catch (Throwable e) {
                rang(); // otherwise stop() would wait for ever
                throw e;
            }
        }
    }

    private void rang() {
        state.set(State.RANG);
    }

    /**
     * Stops the alarm. The thread that set it calls this once. The call clears an interrupt that the alarm has made.
     *
     * @return whether the alarm has rung
     */
    public boolean stop() {
        if (state.compareAndSet(State.SET, State.STOPPED)) {
            return false;
        }
        long pause = SOON;
        while (!state.compareAndSet(State.RANG, State.STOPPED)) { // the interrupt is on its way, or hangs
            LockSupport.parkNanos(pause);
            Thread.interrupted();
            pause = Math.min(2 * pause, SELDOM);
        }
        Thread.interrupted();
        return true;
    }
}
