package dev.fetchonce.internal.flight;

/**
 * A flight's own thread asked for what the flight is to bring, and would wait for itself. A class of its own, so that its
 * name tells what happened where only class names are shown.
 */
public final class SelfJoinException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    SelfJoinException(Object key) {
        super("the flight for " + key
                + " asks for its own result: it would wait for itself. Do not call the cache for a"
                + " URL from code that the cache runs to fetch that URL");
    }
}
