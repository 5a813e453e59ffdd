package dev.fetchonce.internal.flight;

/**
 * An exception of a thread that asked for the value of its own flight and would wait for itself. The separate class
 * names the fault in logs that show class names only.
 */
public final class SelfJoinException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    SelfJoinException(Object key) {
        super("the flight for " + key
                + " asks for its own result: it would wait for itself. Do not call the cache for a"
                + " URL from code that the cache runs to fetch that URL");
    }
}
