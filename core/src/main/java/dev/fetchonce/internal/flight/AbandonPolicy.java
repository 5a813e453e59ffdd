package dev.fetchonce.internal.flight;

/** What becomes of a flight that has boarded when nobody waits for it any more. */
public enum AbandonPolicy {
    /** It goes on, and lands. */
    LANDS,
    /** It is given up: its thread is interrupted. */
    IS_CANCELLED
}
