package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Interrupts the thread that set it, at a deadline and each second after that until it is stopped, as code of an application
 * may have swallowed the first; or when somebody rings it. Whoever set it waits without a timer of its own, stops it in the end, and
 * learns then whether an interrupt was this one. Thread-safe.
 */
public final class ExchangeTimeout {
    /*
     * SET or RANG -> RINGS -> RANG   by whoever rings it, and by the thread that interrupts for it
     * SET or RANG -> STOPPED         by the thread that set it, which after that is not interrupted by it any more
     */
    private enum State {
        SET,
        RINGS,
        RANG,
        STOPPED
    }

    private static final long AGAIN = 1_000_000_000;

    /** About as long as a thread takes to start. */
    private static final long SOON = 50_000;

    private static final long SELDOM = 10_000_000;

    private final Thread thread = Thread.currentThread();
    private final Interrupts interrupts;

    /** When it rings next, by System.nanoTime. */
    private volatile long rings;

    private final AtomicReference<State> state = new AtomicReference<>(State.SET);

    /** Sets one for the current thread; somebody has to {@link #look}. */
    ExchangeTimeout(Deadline at, Interrupts interrupts) {
        this.interrupts = interrupts;
        this.rings = at.nanos();
    }

    /** Rings it if its time has come. Where that throws, the next look rings it again. */
    void look(long now) {
        if (rings - now <= 0) {
            ring();
            rings = now + AGAIN;
        }
    }

    /** Rings it now, unless it rings already or was stopped. */
    public void ring() {
        if (state.compareAndSet(State.SET, State.RINGS) || state.compareAndSet(State.RANG, State.RINGS)) {
            try {
                interrupts.send(thread, this::rang);
            } catch (Throwable e) {
                rang(); // or who stops it would wait for ever
                throw e;
            }
        }
    }

    private void rang() {
        state.set(State.RANG);
    }

    /**
     * Stops it, once, on the thread that set it. What is left of its interrupt is taken away.
     *
     * @return whether it has rung
     */
    public boolean stop() {
        if (state.compareAndSet(State.SET, State.STOPPED)) {
            return false;
        }
        long pause = SOON;
        while (!state.compareAndSet(State.RANG, State.STOPPED)) { // its interrupt comes this very moment, or hangs
            LockSupport.parkNanos(pause);
            Thread.interrupted();
            pause = Math.min(2 * pause, SELDOM);
        }
        Thread.interrupted();
        return true;
    }
}
