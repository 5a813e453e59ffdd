package dev.fetchonce.internal.origin;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A fault of the application's function: it threw, and the cause is its throwable; or it returned a forbidden value.
 */
public final class UserCodeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserCodeException(String message) {
        this(message, null);
    }

    private UserCodeException(String message, @Nullable Throwable thrown) {
        super(message, thrown, false, false);
    }

    /** Returns the fault of a function that threw. */
    public static UserCodeException threw(String option, Throwable what) {
        return new UserCodeException(
                option + " of this cache threw " + what.getClass().getName(), what);
    }

    /** Returns this fault as the failure of a fetch of the URL with this name. */
    public Failure failure(String url) {
        return Failure.threw(Reason.APPLICATION, getMessage() + ", for " + url, getCause());
    }
}
