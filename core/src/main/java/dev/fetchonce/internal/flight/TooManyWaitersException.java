package dev.fetchonce.internal.flight;

/** As many wait for a flight as may. Has no stack, as many may meet it when there is no time for that. */
public final class TooManyWaitersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyWaitersException() {
        super("as many wait for this flight as may", null, false, false);
    }
}
