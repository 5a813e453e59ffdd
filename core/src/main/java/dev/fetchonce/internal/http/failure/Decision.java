package dev.fetchonce.internal.http.failure;

/** The answer of one place to the question whether a caller may ask there now. All times are on the monotonic clock. */
public sealed interface Decision {
    /** Any caller may ask. */
    record Allow() implements Decision {}

    /** The wait is over: one caller may ask, as a probe. The first that takes the probe has it. */
    record Due() implements Decision {}

    /**
     * No caller may ask now.
     *
     * @param until the time of the next look: the end of the wait, or the time at which a probe is overdue
     */
    record Held(long until) implements Decision {}

    /**
     * The caller's URL has not failed, but its host is sick: it may ask in its turn.
     *
     * @param from the earliest time of its turn
     */
    record InTurn(long from) implements Decision {}
}
