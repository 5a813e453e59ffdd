package dev.fetchonce.internal.origin;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.DurationText;
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
import java.time.Duration;
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
 * What an exception of the JDK's client tells of an exchange: many of them carry no message, one that is of no help, or one
 * that quotes what the origin sent. Pure functions.
 */
final class ClientExceptions {
    private static final Pattern TUNNEL_REFUSED = Pattern.compile("Tunnel failed, got: ([0-9]{3})");

    private ClientExceptions() {}

    /**
     * What the client met. Its {@code send} throws a new exception of the same kind, or a plain one where there is no such
     * kind, with the same message and with that as the cause; others throw what a future told them.
     *
     * @return that cause; empty where the exception is none of these
     */
    static Optional<Throwable> met(Exception thrown) {
        return Optional.ofNullable(thrown.getCause())
                .filter(cause -> thrown instanceof CompletionException || repeats(thrown, cause));
    }

    private static boolean repeats(Exception thrown, Throwable cause) {
        return (thrown.getClass() == IOException.class || thrown.getClass().isInstance(cause))
                && Objects.equals(thrown.getMessage(), cause.getMessage());
    }

    /** Whether a client tells by this that its thread was interrupted. */
    static boolean interrupted(IOException e) {
        return e instanceof ClosedByInterruptException
                || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException));
    }

    /** Whether the JDK's client refuses a 204 by this because its fields announce a body. */
    static boolean bodyOn204(Throwable e) {
        return e.getClass() == IOException.class && says(e, "with 204 response");
    }

    /**
     * The kind of failure.
     *
     * @param connected whether a head had come: then it is no longer a matter of connecting
     */
    static Reason reason(Throwable e, boolean connected) {
        Reason reason = reason(e);
        return reason == Reason.CONNECT && connected ? Reason.BROKEN : reason;
    }

    private static Reason reason(Throwable e) {
        return switch (e) {
            case BoundedBodySubscriber.TooLargeException tooLarge -> Reason.TOO_LARGE;
            case HttpConnectTimeoutException connect -> Reason.CONNECT;
            case HttpTimeoutException late -> Reason.TIMEOUT;
            case ConnectException refused -> Reason.CONNECT;
            case UnknownHostException unknown -> Reason.CONNECT;
            case UnresolvedAddressException unknown -> Reason.CONNECT;
            case SSLException tls -> Reason.CONNECT;
            case ProtocolException protocol -> Reason.PROTOCOL;
            // out of the client's parsing of what the origin sent: a length of 10^19, a chunk size that is none
            case IllegalArgumentException parsing -> Reason.PROTOCOL;
            case IOException io ->
                tooManyFiles(io) || tunnelRefused(io)
                        ? Reason.CONNECT
                        : malformed(io) ? Reason.PROTOCOL : Reason.BROKEN;
            case UncheckedIOException io -> Reason.BROKEN;
            default -> Reason.INTERNAL;
        };
    }

    /** What happened, as the end of a sentence that begins with the origin's name. */
    static String what(Reason reason, Throwable e, Duration timeout) {
        return switch (reason) {
            case TIMEOUT -> " did not answer within " + DurationText.of(timeout) + " (timeout)";
            case CONNECT -> " could not be connected to: " + connecting(e);
            case TOO_LARGE -> " sent too large a body: " + e.getMessage();
            case PROTOCOL -> " sent no valid HTTP";
            case BROKEN ->
                any(e, at -> says(at, "too many concurrent streams"))
                        ? " takes fewer requests at once over HTTP/2 than connectionsPerOrigin lets through"
                        : ": the connection broke before the answer was complete";
            default -> ": the exchange failed inside the HTTP client";
        };
    }

    private static String connecting(Throwable e) {
        if (any(e, at -> at instanceof UnresolvedAddressException || at instanceof UnknownHostException)) {
            return "its host name is unknown";
        }
        if (e instanceof HttpConnectTimeoutException) {
            return "no connection came about in time";
        }
        if (e instanceof SSLException) {
            return "TLS could not be agreed on";
        }
        if (tunnelRefused(e)) {
            return "the proxy refused the way to it" + tunnelStatus(e);
        }
        return tooManyFiles(e) ? "this process has too many files and sockets open" : "it refused, or is not reachable";
    }

    /** The client tells so of a CONNECT that its proxy answered with neither a success nor a 407. */
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

    /** The client throws plain IOExceptions for much of what it cannot parse, and an EOFException for what ends too early. */
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
