package dev.fetchonce.internal.flight;

import org.jspecify.annotations.Nullable;

/**
 * What one flight does; a new one for every call that may start a flight, as it tells by its identity who did. Every method may be called from a different thread; {@link #run} runs on the flight's own.
 *
 * @param <V> what a flight brings, failures included: a waiter never sees an exception of the work
 */
public interface FlightWork<V> {
    /**
     * The second look: called once, when nobody else can install a flight, by the thread that installed this one; on the
     * flight's own, where it has waited for another to end. A landing that came since the first look is found here.
     *
     * @return what makes the flight superfluous, or null when it must go
     */
    @Nullable
    V recheck();

    /**
     * Begins, on the thread that installed the flight, unless it has to wait for another first. What it must queue for it may
     * queue for now, while it has no thread: thousands of parked ones cost more than what they are for.
     *
     * @param start to be called once, at once or when it has what it queues for
     */
    default void start(Flight<V> me, Start start) {
        start.now();
    }

    /** Starts the thread of a flight. Thread-safe. */
    interface Start {
        /**
         * Starts it; throws nothing.
         *
         * @return false when the flight was called off meanwhile, or its thread could not be started, which ends it: then
         *     what it queued for goes to the next in the line
         */
        boolean now();
    }

    /**
     * Brings the value. Calls {@link Flight#queue} when it must queue for something, {@link Flight#board} once it has
     * that, and ends when one of them returns false; {@link Flight#send} just before it asks for the value. An interrupt
     * calls it off.
     *
     * @throws Exception any failure that was not foreseen; it is turned into a value by {@link #describeFailure}
     */
    FlightResult<V> run(Flight<V> me) throws Exception;

    /** Gives back what it holds, if it does. Called last on the flight's thread, whether {@link #run} was called or not. */
    default void release() {}

    /** Takes note that its flight has ended, however it ended. Called once, on the thread that ended it; quick, throws nothing. */
    default void ended() {}

    /**
     * Whether it may take longer than its table knows of, or for ever: then it is given up when nobody waits for it any more,
     * whatever the rule of its table.
     */
    default boolean unbounded() {
        return false;
    }

    /**
     * Whether what a refresh starts in its place waits for its end first. If not, it is detached, as it must not land after
     * that.
     */
    default boolean awaited() {
        return true;
    }

    /**
     * Describes an end that {@link #run} did not decide.
     *
     * @param why what it threw; a TimeoutException: it hung; an InterruptedException: it was called off, as nobody waits
     *     for it; a CancellationException: the table was closed; or why its thread could not be started
     */
    FlightResult<V> describeFailure(Throwable why);
}
