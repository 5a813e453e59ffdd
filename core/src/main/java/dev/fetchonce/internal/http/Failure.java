package dev.fetchonce.internal.http;

import dev.fetchonce.Reason;
import java.util.OptionalInt;

/**
 * A description of what went wrong, shared by all who waited. It holds no {@link Throwable}, so that nothing can be hung
 * onto it and no stack is kept alive.
 *
 * @param reason the kind
 * @param status the status code of the answer, where there was one
 * @param message one sentence that names the origin, what was refused or failed, and what was waited for
 * @param cause the classes of the exceptions behind it, or empty
 */
public record Failure(Reason reason, OptionalInt status, String message, String cause) {
    /** A failure without an answer. */
    public static Failure of(Reason reason, String message) {
        return new Failure(reason, OptionalInt.empty(), message, "");
    }

    /** A failure that an exception tells of. */
    public static Failure of(Reason reason, String message, Throwable cause) {
        return new Failure(reason, OptionalInt.empty(), message, text(cause));
    }

    /** A failure that is an answer. */
    public static Failure of(int status, String message) {
        return new Failure(Reason.STATUS, OptionalInt.of(status), message, "");
    }

    /** The same failure, with something more to say. */
    public Failure and(String more) {
        return new Failure(reason, status, message + ", " + more, cause);
    }

    /**
     * The classes of an exception and of its causes, such as
     * {@code java.net.ConnectException: java.nio.channels.ClosedChannelException}. Never their text: it may quote what an
     * origin sent, or what an application keeps secret.
     */
    private static String text(Throwable cause) {
        StringBuilder text = new StringBuilder(cause.getClass().getName());
        Throwable inner = cause.getCause();
        for (int depth = 0; inner != null && depth < 4; depth++) {
            text.append(": ").append(inner.getClass().getName());
            inner = inner.getCause();
        }
        return text.toString();
    }
}
