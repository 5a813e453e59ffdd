package dev.fetchonce.internal.flight;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Flies one flight, on a thread of its own that is started once, when the flight may begin; or never, when the flight was
 * called off before. Thread-safe.
 *
 * @param <V> what the flight brings
 */
class Pilot<V> implements Runnable {
    /*
     * WAITS -> STARTED by the leader, or by whoever hands on what the flight queued for; WAITS -> DISMISSED by who calls it
     * off. One compare-and-set, so that what was handed on either has its thread or goes to the next in the line.
     */
    private enum State {
        WAITS,
        STARTED,
        DISMISSED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITS);
    private final Flight<V> flight;
    private final Aloft<V> aloft;
    private final Endings<V> endings;
    private final Steps steps;
    private final Thread thread;

    Pilot(Flight<V> flight, Aloft<V> aloft, Endings<V> endings, Steps steps, ThreadFactory threads) {
        this.flight = flight;
        this.aloft = aloft;
        this.endings = endings;
        this.steps = steps;
        this.thread = threads.newThread(this);
    }

    Thread thread() {
        return thread;
    }

    /** All that the flight's thread does. */
    @Override
    public void run() {
        try {
            flight.run(); // does nothing when the flight was ended meanwhile
            flight.finish();
        } finally {
            try {
                flight.work().giveBack();
            } finally {
                aloft.leave(thread);
            }
        }
    }

    /**
     * Starts the thread. Where that fails, for want of memory say, the flight ends: nobody may be left waiting.
     *
     * @return whether it runs now; false as well when the flight was called off before
     */
    boolean start() {
        steps.at("start");
        if (!mayStart()) {
            return false;
        }
        try {
            thread.start();
            return true;
        } catch (Throwable e) {
            aloft.leave(thread);
            endings.end(flight, e);
            return false;
        }
    }

    boolean mayStart() {
        return state.compareAndSet(State.WAITS, State.STARTED);
    }

    /** Interrupts the thread; or keeps it from being started, and then the flight is aloft no longer. */
    void callOff() {
        if (state.compareAndSet(State.WAITS, State.DISMISSED)) {
            aloft.leave(thread);
        } else {
            thread.interrupt();
        }
    }
}
