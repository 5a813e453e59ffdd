package dev.fetchonce.internal.flight;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Interrupts the thread that set it, at a deadline or when it is rung before, unless it was stopped. Whoever set it waits
 * without a timer of its own, stops it in the end, and learns then whether an interrupt was this one. Thread-safe.
 */
public final class Alarm {
    /*
     * SET -> RINGS -> RANG   by whoever rings it: the interrupt lies between the two
     * SET -> STOPPED         by the thread that set it, which after that is not interrupted by it any more
     */
    private enum State {
        SET,
        RINGS,
        RANG,
        STOPPED
    }

    private final Thread thread = Thread.currentThread();
    private final Deadline at;
    private final AtomicReference<State> state = new AtomicReference<>(State.SET);

    /** Sets one for the current thread; somebody has to {@link #look}. */
    Alarm(Deadline at) {
        this.at = at;
    }

    /** Rings it if its time has come. */
    void look(long now) {
        if (at.nanos() - now <= 0) {
            ring();
        }
    }

    /** Rings it now, unless it has rung or was stopped. */
    public void ring() {
        if (state.compareAndSet(State.SET, State.RINGS)) {
            thread.interrupt();
            state.set(State.RANG);
        }
    }

    /**
     * Stops it, on the thread that set it. What is left of its interrupt is taken away.
     *
     * @return whether it has rung
     */
    @SuppressWarnings(
            "ThreadPriorityCheck") // the wait is for a few instructions, of a thread that may need this one's carrier
    public boolean stop() {
        if (state.compareAndSet(State.SET, State.STOPPED)) {
            return false;
        }
        while (state.get() == State.RINGS) {
            Thread.yield(); // its interrupt comes this very moment
        }
        Thread.interrupted();
        return true;
    }
}
