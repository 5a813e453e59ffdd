package dev.fetchonce.internal.http.failure;

import dev.fetchonce.Reason;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A description of a failed fetch, which all waiters share. It holds a live exception only if code of the application
 * threw it; this class never changes that exception.
 *
 * @param reason the kind
 * @param status the status code of the response, if there was one
 * @param rateLimited whether the response says that its user has reached a {@linkplain RateLimit limit}
 * @param message one sentence that names the URL without its query, the refused or failed step, and the thing that the
 *     caller waited
 *     for
 * @param cause the cause of the failure
 */
public record Failure(Reason reason, OptionalInt status, boolean rateLimited, String message, Cause cause) {
    private static final int DEEPEST = 5;

    /** The beginning of the names of the exceptions of TLS. */
    private static final String TLS = "javax.net.ssl.";

    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    /** The cause of a failure. */
    public sealed interface Cause {}

    /** The cause of a failure whose message says all. */
    public record Unknown() implements Cause {}

    /**
     * Exceptions as the names of their classes. Their texts may quote an origin's data and are not kept.
     *
     * @param types the names of the classes, the outermost first
     */
    public record Met(List<String> types) implements Cause {
        /** Copies the names. */
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
     * An exception or error from code that the application gave to the cache, with its text and its stack.
     *
     * @param what the thrown object itself
     */
    public record Threw(Throwable what) implements Cause {}

    /**
     * Returns the failure of a response with such a status. A 407 comes not from the origin but from the proxy on the
     * way (RFC 9110 §15.5.8).
     *
     * @param url the requested URL, without its query
     * @param headers the fields of the response
     */
    public static Failure answered(String url, int status, HttpHeaders headers) {
        return new Failure(
                Reason.STATUS,
                OptionalInt.of(status),
                RateLimit.reached(status, headers),
                status == PROXY_AUTHENTICATION_REQUIRED
                        ? url
                                + " was not asked: the proxy answered with status 407 and requires a"
                                + " Proxy-Authorization field"
                        : url + " answered with status " + status,
                new Unknown());
    }

    /** Returns a failure without a response. */
    public static Failure of(Reason reason, String message) {
        return new Failure(reason, OptionalInt.empty(), false, message, new Unknown());
    }

    /** Returns a failure without a response that this exception caused. */
    public static Failure of(Reason reason, String message, Throwable cause) {
        return new Failure(reason, OptionalInt.empty(), false, message, Met.of(cause));
    }

    /** Returns the failure of a caller or a fetch that waits for a URL of this name while the cache is closed. */
    public static Failure closed(String name) {
        return of(Reason.CLOSED, "the cache was closed while " + name + " was awaited");
    }

    /** Returns a failure that is a response with this status, of which no fields matter. */
    public static Failure of(int status, String message) {
        return new Failure(Reason.STATUS, OptionalInt.of(status), status == 429, message, new Unknown());
    }

    /**
     * Returns a failure that code of the application may have caused.
     *
     * @param what the exception of that code, or null when it threw no exception
     */
    public static Failure threw(Reason reason, String message, @Nullable Throwable what) {
        return what == null
                ? of(reason, message)
                : new Failure(reason, OptionalInt.empty(), false, message, new Threw(what));
    }

    /** Returns this failure with a longer message. */
    public Failure and(String more) {
        return new Failure(reason, status, rateLimited, message + ", " + more, cause);
    }

    /** Reports whether code of the application failed, which says nothing about the origin. */
    public boolean ofApplication() {
        return switch (reason) {
            case APPLICATION -> true;
            case UNDECODABLE -> cause instanceof Threw;
            default -> false;
        };
    }

    /** Reports whether the connection was accepted, but TLS could not be set up on it. */
    boolean ofTls() {
        return cause instanceof Met met && met.types().stream().anyMatch(type -> type.startsWith(TLS));
    }

    /** Returns the failure for use after its flight: it only describes an exception of the application. */
    public Failure remembered() {
        return cause instanceof Threw threw
                ? new Failure(reason, status, rateLimited, message, Met.of(threw.what()))
                : this;
    }
}
