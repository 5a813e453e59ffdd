package dev.fetchonce.internal.flight;

/**
 * An exception for a caller that finds the maximum of waiters. It has no stack trace, as many callers may get it under
 * load.
 */
public final class TooManyWaitersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyWaitersException() {
        super("this flight has its maximum of waiters", null, false, false);
    }
}
