package dev.fetchonce.internal.origin;

import dev.fetchonce.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Functions that read the kind of a failure from an exception of the JDK's client. Many of these exceptions have no
 * message, a message of no help, or a message that quotes bytes of the origin. Pure functions.
 */
final class ClientExceptions {
    private static final Pattern TUNNEL_REFUSED = Pattern.compile("Tunnel failed, got: ([0-9]{3})");

    private ClientExceptions() {}

    /**
     * Returns the original exception of the client. The JDK's {@code send} throws a new exception with the original as
     * its cause and with an equal message. The new exception is of the original's kind, or a plain IOException. Other
     * clients throw the CompletionException of a future.
     *
     * @return the cause; empty where the exception has another form
     */
    static Optional<Throwable> original(Exception thrown) {
        return Optional.ofNullable(thrown.getCause())
                .filter(cause -> thrown instanceof CompletionException || repeats(thrown, cause));
    }

    private static boolean repeats(Exception thrown, Throwable cause) {
        return (thrown.getClass() == IOException.class || thrown.getClass().isInstance(cause))
                && Objects.equals(thrown.getMessage(), cause.getMessage());
    }

    /** Returns whether a client reports an interrupt of its thread by this exception. */
    static boolean interrupted(IOException e) {
        return e instanceof ClosedByInterruptException
                || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException));
    }

    /** Returns whether the JDK's client refuses by this a 204 whose fields announce a body. */
    static boolean bodyOn204(Throwable e) {
        return e.getClass() == IOException.class && says(e, "with 204 response");
    }

    /**
     * Returns the kind of failure.
     *
     * @param connected whether a head had come; the failure is then not one of connecting
     */
    static Reason reason(Throwable e, boolean connected) {
        Reason reason = reason(e);
        return reason == Reason.CONNECT && connected ? Reason.BROKEN : reason;
    }

    private static Reason reason(Throwable e) {
        return switch (e) {
            case BoundedBodySubscriber.RefusedBodyException tooLarge -> Reason.TOO_LARGE;
            case HttpConnectTimeoutException connect -> Reason.CONNECT;
            case HttpTimeoutException late -> Reason.TIMEOUT;
            case ConnectException refused -> Reason.CONNECT;
            case UnknownHostException unknown -> Reason.CONNECT;
            case UnresolvedAddressException unknown -> Reason.CONNECT;
            case SSLException tls -> Reason.CONNECT;
            case ProtocolException protocol -> Reason.PROTOCOL;
            // from the client's parser, for bytes of the origin: a length of 10^19, an invalid chunk size
            case IllegalArgumentException parsing -> Reason.PROTOCOL;
            case IOException io ->
                tooManyFiles(io) || tunnelRefused(io)
                        ? Reason.CONNECT
                        : malformed(io) ? Reason.PROTOCOL : Reason.BROKEN;
            case UncheckedIOException io -> Reason.BROKEN;
            default -> Reason.INTERNAL;
        };
    }

    /** Returns the description of a failure, as the end of a sentence that begins with the name of the URL. */
    static String what(Reason reason, Throwable e) {
        return switch (reason) {
            case TIMEOUT -> " did not answer within the timeout of the request or of the HTTP client";
            case CONNECT -> " could not be connected to: " + connecting(e);
            case TOO_LARGE -> " sent too large a body: " + e.getMessage();
            case PROTOCOL -> " sent no valid HTTP";
            case BROKEN ->
                any(e, at -> says(at, "too many concurrent streams"))
                        ? " allows fewer concurrent HTTP/2 streams than connectionsPerOrigin allows exchanges"
                        : ": the connection broke before the answer was complete";
            default -> ": the exchange failed inside the HTTP client";
        };
    }

    private static String connecting(Throwable e) {
        if (any(e, at -> at instanceof UnresolvedAddressException || at instanceof UnknownHostException)) {
            return "its host name is unknown";
        }
        if (e instanceof HttpConnectTimeoutException) {
            return "no connection was made in time";
        }
        if (e instanceof SSLException) {
            return "TLS could not be set up";
        }
        if (tunnelRefused(e)) {
            return "the proxy refused the tunnel to it" + tunnelStatus(e);
        }
        return tooManyFiles(e)
                ? "this process has too many files and sockets open"
                : "it refused the connection, or is not reachable";
    }

    /**
     * Returns whether the proxy answered a CONNECT with neither a success nor a 407; the client reports it by this
     * message.
     */
    private static boolean tunnelRefused(Throwable e) {
        return any(
                e, at -> TUNNEL_REFUSED.matcher(String.valueOf(at.getMessage())).matches());
    }

    private static String tunnelStatus(Throwable e) {
        Matcher told = TUNNEL_REFUSED.matcher(String.valueOf(e.getMessage()));
        return told.matches() ? " with status " + told.group(1) : "";
    }

    private static boolean tooManyFiles(Throwable e) {
        return any(e, at -> at instanceof SocketException && says(at, "too many open files"));
    }

    /**
     * Returns whether the client could not parse the response. It throws plain IOExceptions for many syntax errors, and
     * an EOFException for a response that ends too early.
     */
    private static boolean malformed(IOException e) {
        return !(e instanceof SocketException)
                && any(
                        e,
                        at -> !(at instanceof EOFException)
                                && (says(at, "invalid ")
                                        || says(at, "illegal ")
                                        || says(at, "unexpected content length")
                                        || says(at, "chunk header")
                                        || at instanceof NumberFormatException));
    }

    private static boolean any(Throwable e, Predicate<Throwable> test) {
        return Stream.iterate(e, at -> at != null, Throwable::getCause).limit(8).anyMatch(test);
    }

    private static boolean says(Throwable e, String words) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains(words);
    }
}
