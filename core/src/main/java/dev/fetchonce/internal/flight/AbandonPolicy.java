package dev.fetchonce.internal.flight;

/** The rule for a running flight whose last waiter has left. */
public enum AbandonPolicy {
    /** The flight goes on, and lands. */
    LANDS,
    /** The flight is given up: its thread is interrupted. */
    IS_CANCELLED
}
