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

/** Failures as exceptions of the JDK's client, for code that distinguishes them by type. Pure functions. */
public final class ClientFaults {
    private ClientFaults() {}

    /**
     * Returns the exception with which a future fails after such a failure. Its type is that of the JDK's client, and
     * each caller gets an exception of its own. An exception of the application's code is its cause.
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
            case "java.io.IOException" -> new IOException(failure.message()); // a proxy refused the tunnel
            default ->
                first.startsWith("javax.net.ssl.")
                        ? new SSLException(failure.message())
                        : new ConnectException(failure.message());
        };
    }

    /**
     * Returns the exception of a broken connection. Callers examine the causes of an IOException to see whether a
     * connection ended or was reset.
     */
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
     * Returns the exception that {@code send} throws where the future of {@code sendAsync} fails with the given one.
     * The JDK's client throws an exception of the type of the failure if that type is its own, else an IOException. The
     * failure becomes its cause. This method does so too; errors also become IOExceptions.
     *
     * @throws IllegalArgumentException when the failure is one, because {@code send} throws it as such
     * @throws SecurityException when the failure is one, because {@code send} throws it as such
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
