package dev.fetchonce.internal.flight;

import org.jspecify.annotations.Nullable;

/**
 * What one flight does. Every method may be called from a different thread; {@link #fly} runs on the flight's own.
 *
 * @param <V> what a flight brings, failures included: a waiter never sees an exception of the work
 */
public interface Work<V> {
    /**
     * The second look: called once by the thread that installed the flight, when nobody else can install one. A landing
     * that came between that thread's first look and its installing is found here.
     *
     * @return what makes the flight superfluous, or null when it must go
     */
    @Nullable
    V look();

    /**
     * Brings the value. Calls {@link Flight#board} once it has what it had to queue for, and {@link Flight#send} just
     * before it asks for the value.
     *
     * @throws Exception any failure that was not foreseen; it is turned into a value by {@link #lost}
     */
    Landing<V> fly(Flight<V> me) throws Exception;

    /** Describes an end that {@link #fly} did not decide: it threw, hung, could not start, or the table was closed. */
    Landing<V> lost(Throwable why);
}
