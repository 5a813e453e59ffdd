package dev.fetchonce.internal.http.failure;

import dev.fetchonce.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A description of what went wrong, shared by all who waited. Only what code of the application threw is in it as a live
 * exception; nothing here changes that.
 *
 * @param reason the kind
 * @param status the status code of the answer, where there was one
 * @param message one sentence that names the origin, what was refused or failed, and what was waited for
 * @param cause what is behind it
 */
public record Failure(Reason reason, OptionalInt status, String message, Cause cause) {
    private static final int DEEPEST = 5;

    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    /** What is behind a failure. */
    public sealed interface Cause {}

    /** The cause of a failure of which the message says all. */
    public record Unknown() implements Cause {}

    /**
     * Exceptions by their classes. Their text may quote what an origin sent, and is not kept.
     *
     * @param types the names of the classes, the outermost first
     */
    public record Met(List<String> types) implements Cause {
        /** Keeps a copy. */
        public Met {
            types = List.copyOf(types);
        }

        /** Describes an exception and its causes. */
        static Met of(Throwable what) {
            List<String> types = new ArrayList<>();
            for (Throwable at = what; at != null && types.size() < DEEPEST; at = at.getCause()) {
                types.add(at.getClass().getName());
            }
            return new Met(types);
        }
    }

    /**
     * An exception or error of code that the application gave to the cache, with its text and its stack.
     *
     * @param what the very one that was thrown
     */
    public record Threw(Throwable what) implements Cause {}

    /**
     * A failure that is an answer with such a status. A 407 is none of the origin, but of the proxy on the way (RFC 9110 §15.5.8).
     *
     * @param url what was asked for, without its query
     */
    public static Failure answered(String url, int status) {
        return of(
                status,
                status == PROXY_AUTHENTICATION_REQUIRED
                        ? url + " was not asked: the proxy answered with status 407, it wants a Proxy-Authorization"
                        : url + " answered with status " + status);
    }

    /** A failure without an answer. */
    public static Failure of(Reason reason, String message) {
        return new Failure(reason, OptionalInt.empty(), message, new Unknown());
    }

    /** A failure that an exception tells of. */
    public static Failure of(Reason reason, String message, Throwable cause) {
        return new Failure(reason, OptionalInt.empty(), message, Met.of(cause));
    }

    /** A failure that is an answer. */
    public static Failure of(int status, String message) {
        return new Failure(Reason.STATUS, OptionalInt.of(status), message, new Unknown());
    }

    /**
     * Returns a failure behind which code of the application may be.
     *
     * @param what what that code threw, or null when it threw nothing
     */
    public static Failure threw(Reason reason, String message, @Nullable Throwable what) {
        return what == null ? of(reason, message) : new Failure(reason, OptionalInt.empty(), message, new Threw(what));
    }

    /** The same failure, with something more to say. */
    public Failure and(String more) {
        return new Failure(reason, status, message + ", " + more, cause);
    }

    /** Whether code of the application failed, which says nothing of the origin. */
    public boolean ofApplication() {
        return switch (reason) {
            case APPLICATION -> true;
            case UNDECODABLE -> cause instanceof Threw;
            default -> false;
        };
    }

    /** Returns the failure as it is remembered beyond its flight: an exception of the application is only described. */
    public Failure remembered() {
        return cause instanceof Threw threw ? new Failure(reason, status, message, Met.of(threw.what())) : this;
    }
}
