package dev.fetchonce.internal.flight;

import org.jspecify.annotations.Nullable;

/**
 * The work of one flight. Every call that may start a flight brings a new object, as the identity of the object names
 * the leader. Each method may be called from a different thread; {@link #run} runs on the flight's own thread.
 *
 * @param <V> the value of a flight, failures included: a waiter never gets an exception of the work
 */
public interface FlightWork<V> {
    /** Returns the name of the work, which the name of the flight's thread ends with; empty for no name. */
    default String name() {
        return "";
    }

    /**
     * Looks for a value a second time; it finds the value of a flight that landed since the first look. The table calls
     * it once. Meanwhile no other thread can install a flight for the key, unless the flight is for one caller alone. The call comes from the thread that installed
     * the flight, or from the flight's own thread where the flight has waited for another flight to end.
     *
     * @return a value that makes the flight superfluous, or null when the flight must go on
     */
    @Nullable
    V secondLook();

    /**
     * Begins the flight on the thread that installed it; not called where the flight must wait for another flight
     * first. The work may queue for its permit now, while the flight has no thread: thousands of parked threads would
     * cost more than their fetches.
     *
     * @param start the start of the flight's thread; the work calls it once, at once or when it has its permit
     */
    default void begin(Flight<V> me, Start start) {
        start.now();
    }

    /** The action that starts the thread of a flight. Thread-safe. */
    interface Start {
        /**
         * Starts the thread; throws nothing.
         *
         * @return false when the flight was called off meanwhile, or when the start failed, which ends the flight. The
         *     permit then goes to the next place in the line
         */
        boolean now();
    }

    /**
     * Brings the value. It calls {@link Flight#toQueued} when it must queue for a permit, and {@link Flight#toRunning}
     * once it has the permit. It ends when one of these methods returns false. It calls {@link Flight#recordSent}
     * just before it asks for the value. An interrupt calls the work off.
     *
     * @throws Exception any unforeseen failure; {@link #describeFailure} turns it into a value
     */
    FlightResult<V> run(Flight<V> me) throws Exception;

    /**
     * Gives back the permit that it holds, if any. It is the last call on the flight's thread, even where {@link #run}
     * did not run.
     */
    default void release() {}

    /**
     * Records that the flight has ended, with a value or a failure. The thread that ended the flight calls it once. It
     * must be quick and throw nothing.
     */
    default void ended() {}

    /**
     * Returns whether the work may take longer than the exchange time of its table, or for ever. Such a flight is given
     * up when its last waiter leaves, even where the {@link AbandonPolicy} of its table lets flights land.
     */
    default boolean unbounded() {
        return false;
    }

    /**
     * Returns whether the flight that a refresh puts in the place of this flight waits for its end. If not, this flight
     * is detached, as it must not land after the new flight.
     */
    default boolean awaited() {
        return true;
    }

    /**
     * Returns the result of a flight that ended otherwise than by a result of {@link #run}.
     *
     * @param why the throwable of {@link #run}; or a TimeoutException: the flight hung; an InterruptedException: the
     *     flight was called off, as its last waiter left; a CancellationException: the table was closed; or the
     *     throwable of the start of its thread
     */
    FlightResult<V> describeFailure(Throwable why);
}
