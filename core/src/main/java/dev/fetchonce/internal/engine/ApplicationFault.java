package dev.fetchonce.internal.engine;

/**
 * Code that the application gave to the cache failed. The message is ours: that of an application's exception may quote a
 * token or a query.
 */
final class ApplicationFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ApplicationFault(String message) {
        super(message, null, false, false);
    }

    /** The fault of an option that threw. */
    static ApplicationFault threw(String option, RuntimeException what) {
        return new ApplicationFault(
                option + " of this cache threw " + what.getClass().getName());
    }
}
