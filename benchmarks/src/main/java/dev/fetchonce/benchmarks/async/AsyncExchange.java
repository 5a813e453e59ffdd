package dev.fetchonce.benchmarks.async;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to origins. One timeout bounds an exchange from connecting to the last byte of the body. Thread-safe.
 */
final class AsyncExchange {
    private final Machinery machinery;
    private final Duration timeout;
    private final int maximumBodyBytes;

    AsyncExchange(Machinery machinery, Duration timeout, int maximumBodyBytes) {
        this.machinery = machinery;
        this.timeout = timeout;
        this.maximumBodyBytes = maximumBodyBytes;
    }

    /** The outcome of an exchange. */
    sealed interface Reply {
        /** A complete response. */
        record Whole(HttpResponse<byte[]> response) implements Reply {}

        /** No complete response. */
        record Broken(Failure failure) implements Reply {}
    }

    /**
     * Sends a request. The future completes on a thread of the executor. It completes exceptionally only when the
     * executor takes no more work.
     *
     * @param origin the name of the origin in messages
     */
    CompletableFuture<Reply> send(HttpRequest request, String origin) {
        CompletableFuture<HttpResponse<byte[]>> sent =
                machinery.client().sendAsync(request, head -> LimitedBody.of(head, maximumBodyBytes));
        // HttpRequest.timeout ends with the head of the response. Only a cancelled future of the client itself closes
        // the connection.
        AtomicBoolean late = new AtomicBoolean(); // the future does not always report that it was cancelled
        Alarm alarm = machinery.after(timeout.toNanos(), () -> {
            late.set(true);
            sent.cancel(true);
        });
        return sent.handleAsync(
                (response, e) -> {
                    alarm.stop();
                    return late.get() && response == null ? late(origin) : reply(origin, response, e);
                },
                machinery.executor());
    }

    private Reply late(String origin) {
        return new Reply.Broken(
                Failure.of(Reason.TIMEOUT, origin + " did not answer completely within " + timeout + " (timeout)"));
    }

    private static Reply reply(String origin, @Nullable HttpResponse<byte[]> response, @Nullable Throwable e) {
        if (response != null) {
            return new Reply.Whole(response);
        }
        Throwable inner = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        Throwable why = inner == null ? new IllegalStateException("neither response nor failure") : inner;
        return new Reply.Broken(Failure.of(reason(why), origin + " could not be read from", why));
    }

    private static Reason reason(Throwable e) {
        return switch (e) {
            case LimitedBody.TooLargeException tooLarge -> Reason.TOO_LARGE;
            case HttpConnectTimeoutException late -> Reason.CONNECT;
            case ConnectException refused -> Reason.CONNECT;
            case UnknownHostException unknown -> Reason.CONNECT;
            case UnresolvedAddressException unknown -> Reason.CONNECT;
            case SSLException tls -> Reason.CONNECT;
            case ProtocolException protocol -> Reason.PROTOCOL;
            case IllegalArgumentException parsing -> Reason.PROTOCOL;
            // the client wraps the exception of a body subscriber
            case IOException io -> cause(io) instanceof IOException inner ? reason(inner) : Reason.BROKEN;
            default -> Reason.INTERNAL;
        };
    }

    private static @Nullable Throwable cause(IOException e) {
        return e.getCause();
    }
}
