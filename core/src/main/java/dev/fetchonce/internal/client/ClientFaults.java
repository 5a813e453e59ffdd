package dev.fetchonce.internal.client;

import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.Failure.Met;
import dev.fetchonce.internal.http.failure.Failure.Threw;
import dev.fetchonce.internal.http.failure.Failure.Unknown;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Failures in the words of the JDK's client, so that code which tells them apart by type goes on doing so. Pure functions. */
public final class ClientFaults {
    private ClientFaults() {}

    /**
     * What a future fails with where a fetch failed so: of the type that the JDK's client has for it, always an exception of
     * the caller's own. What code of the application threw is its cause.
     */
    public static IOException of(Failure failure) {
        return switch (failure.cause()) {
            case Threw threw -> new IOException(failure.message(), threw.what());
            case Met met -> of(failure, met.types());
            case Unknown unknown -> of(failure, List.of());
        };
    }

    private static IOException of(Failure failure, List<String> types) {
        return switch (failure.reason()) {
            case TIMEOUT, PATIENCE, BUSY -> new HttpTimeoutException("request timed out");
            case CONNECT ->
                types.isEmpty() ? new ConnectException(failure.message()) : connecting(failure, types.getFirst());
            case PROTOCOL ->
                !types.isEmpty() && types.getFirst().equals("java.io.IOException")
                        ? new IOException(failure.message())
                        : new ProtocolException(failure.message());
            case BROKEN -> types.isEmpty() ? new IOException(failure.message()) : broken(failure, types);
            case TOO_LARGE, STATUS, REDIRECT, UNDECODABLE, TOO_MANY_WAITERS, CLOSED, APPLICATION, INTERNAL ->
                new IOException(failure.message());
        };
    }

    private static IOException connecting(Failure failure, String first) {
        return switch (first) {
            case "java.net.http.HttpConnectTimeoutException" ->
                new HttpConnectTimeoutException("HTTP connect timed out");
            case "javax.net.ssl.SSLHandshakeException" -> new SSLHandshakeException(failure.message());
            case "java.net.SocketException" -> new SocketException(failure.message());
            case "java.io.IOException" -> new IOException(failure.message()); // a proxy refused the way
            default ->
                first.startsWith("javax.net.ssl.")
                        ? new SSLException(failure.message())
                        : new ConnectException(failure.message());
        };
    }

    /** Callers look behind an IOException to see whether a connection ended or was reset. */
    private static IOException broken(Failure failure, List<String> types) {
        List<IOException> chain = new ArrayList<>();
        for (String type : types) {
            chain.add(
                    switch (type) {
                        case "java.io.EOFException" -> new EOFException(failure.message());
                        case "java.net.SocketException" -> new SocketException(failure.message());
                        default -> new IOException(failure.message());
                    });
        }
        for (int i = 1; i < chain.size(); i++) {
            chain.get(i - 1).initCause(chain.get(i));
        }
        return chain.getFirst();
    }

    /**
     * What {@code send} throws where the future of {@code sendAsync} fails with this: the JDK's client throws one of the same
     * type if that is one of its own, else an IOException, and hangs what was there behind it. So does this; errors become
     * IOExceptions too.
     *
     * @throws IllegalArgumentException when it is one, which {@code send} throws as such
     * @throws SecurityException the same
     */
    public static IOException thrown(Throwable failure) {
        String message = failure.getMessage();
        return switch (failure) {
            case IllegalArgumentException argument -> throw new IllegalArgumentException(message, argument);
            case SecurityException security -> throw new SecurityException(message, security);
            case HttpConnectTimeoutException connect -> after(new HttpConnectTimeoutException(message), connect);
            case HttpTimeoutException late -> new HttpTimeoutException(message);
            case ConnectException refused -> after(new ConnectException(message), refused);
            case SSLHandshakeException handshake -> new SSLHandshakeException(message, handshake);
            case SSLException tls -> new SSLException(message, tls);
            case ProtocolException protocol -> after(new ProtocolException(message), protocol);
            default -> new IOException(message, failure);
        };
    }

    private static IOException after(IOException same, IOException cause) {
        same.initCause(cause);
        return same;
    }
}
