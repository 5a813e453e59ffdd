package dev.fetchonce.internal.flight;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Flies one flight, on a thread of its own that is started once, when the flight may begin; or never, when the flight was
 * called off before. Thread-safe.
 *
 * @param <V> what the flight brings
 */
class FlightThread<V> implements Runnable {
    /*
     * WAITS -> STARTED by the leader, or by whoever hands on what the flight queued for; WAITS -> DISMISSED by who calls it
     * off. One compare-and-set, so that what was handed on either has its thread or goes to the next in the line.
     * STARTED -> FLIES -> LANDED by its thread; STARTED -> DISMISSED by who started it, where that failed: a start may throw
     * and the thread run all the same, so both say which of the two it is.
     */
    private enum State {
        WAITS,
        STARTED,
        FLIES,
        LANDED,
        DISMISSED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITS);
    private final Flight<V> flight;
    private final RunningFlights<V> aloft;
    private final FlightLifecycle<V> endings;
    private final ProtocolSteps steps;
    private final Interrupts interrupts;
    private final UnexpectedErrors unforeseen;
    private final Thread thread;

    FlightThread(
            Flight<V> flight,
            RunningFlights<V> aloft,
            FlightLifecycle<V> endings,
            ProtocolSteps steps,
            Interrupts interrupts,
            UnexpectedErrors unforeseen,
            ThreadFactory threads) {
        this.flight = flight;
        this.aloft = aloft;
        this.endings = endings;
        this.steps = steps;
        this.interrupts = interrupts;
        this.unforeseen = unforeseen;
        this.thread = threads.newThread(this);
    }

    Thread thread() {
        return thread;
    }

    /** All that the flight's thread does: each of its duties, whatever becomes of the one before. */
    @Override
    public void run() {
        if (!state.compareAndSet(State.STARTED, State.FLIES)) {
            return; // its start has failed, and the flight ended by that
        }
        try {
            fly();
        } catch (Throwable e) {
            unforeseen.met(e);
            endings.end(flight, e);
        }
        state.set(State.LANDED);
        aloft.leave(flight);
        unforeseen.tell();
    }

    private void fly() {
        try {
            flight.run(); // does nothing when the flight was ended meanwhile
        } finally {
            try {
                flight.finish();
            } finally {
                flight.work().release();
            }
        }
    }

    /**
     * Starts the thread. Where that fails, for want of memory say, the flight ends: nobody may be left waiting. Throws
     * nothing, as it may be called by who hands on what the flight queued for.
     *
     * @return whether it runs now; false as well when the flight was called off before
     */
    boolean start() {
        try {
            steps.at("start");
            if (!mayStart()) {
                return false;
            }
            thread.start();
            return true;
        } catch (Throwable e) {
            if (state.compareAndSet(State.STARTED, State.DISMISSED)
                    || state.compareAndSet(State.WAITS, State.DISMISSED)) {
                endings.end(flight, e);
                aloft.leave(flight);
            }
            return state.get() != State.DISMISSED;
        }
    }

    boolean mayStart() {
        return state.compareAndSet(State.WAITS, State.STARTED);
    }

    /**
     * Interrupts the thread; or keeps it from being started, and then the flight is aloft no longer. Called by whoever ends
     * the flight once it has let all go, which the end of the thread may have come before. Throws nothing.
     */
    void callOff() {
        state.compareAndSet(State.WAITS, State.DISMISSED);
        if (over()) {
            aloft.leave(flight);
        } else {
            interrupt();
        }
    }

    private void interrupt() {
        try {
            interrupts.send(thread, () -> {});
        } catch (Throwable e) { // out of memory, say
            unforeseen.met(e);
        }
    }

    /** Whether its thread has done all that it does, or never starts. */
    boolean over() {
        State now = state.get();
        return now == State.LANDED || now == State.DISMISSED;
    }
}
