package dev.fetchonce.internal.flight;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The thread of one flight and its state. The thread starts once, when the flight may begin; it never starts when the
 * flight was called off before. Thread-safe.
 *
 * @param <V> the value of the flight
 */
class FlightThread<V> implements Runnable {
    /*
     * WAITS -> STARTED by the leader, or by the thread that hands the permit on. WAITS -> DISMISSED by the thread that
     * calls the flight off. One compare-and-set decides: a permit that is handed on either has its thread or goes to
     * the next place in the line.
     *
     * STARTED -> FLIES -> LANDED by the flight's thread. STARTED -> DISMISSED by the thread whose start failed. A start
     * may throw although the thread runs, so one compare-and-set decides between FLIES and DISMISSED too.
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
    private final ActiveFlights<V> activeFlights;
    private final FlightLifecycle<V> lifecycle;
    private final ProtocolSteps steps;
    private final Interrupts interrupts;
    private final UnexpectedErrors unexpectedErrors;
    private final Thread thread;

    FlightThread(
            Flight<V> flight,
            ActiveFlights<V> activeFlights,
            FlightLifecycle<V> lifecycle,
            ProtocolSteps steps,
            Interrupts interrupts,
            UnexpectedErrors unexpectedErrors,
            ThreadFactory threads) {
        this.flight = flight;
        this.activeFlights = activeFlights;
        this.lifecycle = lifecycle;
        this.steps = steps;
        this.interrupts = interrupts;
        this.unexpectedErrors = unexpectedErrors;
        this.thread = threads.newThread(this);
    }

    Thread thread() {
        return thread;
    }

    /** Does all duties of the flight's thread; each duty runs even where an earlier one throws. */
    @Override
    public void run() {
        if (!state.compareAndSet(State.STARTED, State.FLIES)) {
            return; // the start failed, which ended the flight
        }
        try {
            runFlight();
        } catch (Throwable e) {
            unexpectedErrors.add(e);
            lifecycle.end(flight, e);
        }
        state.set(State.LANDED);
        activeFlights.leave(flight);
        unexpectedErrors.report();
    }

    private void runFlight() {
        try {
            takeName();
            flight.run(); // FutureTask.run, which calls FlightTable.onFlightThread unless the flight has ended
        } finally {
            try {
                flight.finish();
            } finally {
                flight.work().release();
            }
        }
    }

    /** Names the thread by the work, for thread dumps; a flight that never runs costs no name. */
    private void takeName() {
        String work = flight.work().name();
        if (!work.isEmpty()) {
            thread.setName(thread.getName() + ' ' + work);
        }
    }

    /**
     * Starts the thread. Where the start fails, for want of memory for example, the flight ends, so that its waiters
     * get an outcome. Throws nothing, as the thread that hands a permit on may call it.
     *
     * @return whether the thread runs now; false as well when the flight was called off before
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
                lifecycle.end(flight, e);
                activeFlights.leave(flight);
            }
            return state.get() != State.DISMISSED;
        }
    }

    boolean mayStart() {
        return state.compareAndSet(State.WAITS, State.STARTED);
    }

    /**
     * Interrupts the thread. Where the thread has not started, prevents its start and takes the flight out of those
     * that are active. The thread that ends the flight calls it after the release of the waiters; the flight's thread
     * may have ended before. Throws nothing.
     */
    void callOff() {
        state.compareAndSet(State.WAITS, State.DISMISSED);
        if (over()) {
            activeFlights.leave(flight);
        } else {
            interrupt();
        }
    }

    private void interrupt() {
        try {
            interrupts.send(thread, () -> {});
        } catch (Throwable e) { // an OutOfMemoryError for example
            unexpectedErrors.add(e);
        }
    }

    /** Returns whether the thread has done all its duties, or will never start. */
    boolean over() {
        State now = state.get();
        return now == State.LANDED || now == State.DISMISSED;
    }
}
