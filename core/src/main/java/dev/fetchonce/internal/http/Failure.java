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
 * @param cause the exception behind it as text, or empty
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

    /** An exception and its causes in one line, such as {@code java.net.ConnectException: Connection refused}. */
    private static String text(Throwable cause) {
        StringBuilder text = new StringBuilder(cause.toString());
        Throwable inner = cause.getCause();
        for (int depth = 0; inner != null && depth < 4; depth++) {
            text.append("; ").append(inner);
            inner = inner.getCause();
        }
        return text.length() <= 500 ? text.toString() : text.substring(0, 500) + "...";
    }
}
