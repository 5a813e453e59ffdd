package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.Representation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** One exchange with one origin over the JDK's client. Thread-safe. */
final class Origin {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final HttpClient client;
    private final int maximumBodyBytes;
    private final Duration timeout;

    Origin(HttpClient client, int maximumBodyBytes, Duration timeout) {
        this.client = client;
        this.maximumBodyBytes = maximumBodyBytes;
        this.timeout = timeout;
    }

    /**
     * Sends a request and waits for the whole answer.
     *
     * @param name the origin's name for messages
     * @param deadline for everything: connecting, the head and the last byte of the body
     * @throws InterruptedException when the flight is called off; the connection is closed then
     */
    Exchange exchange(HttpRequest request, String name, Deadline deadline) throws InterruptedException {
        // Not HttpRequest.timeout: up to JDK 25 it ends with the head, and the body may drip for ever.
        CompletableFuture<HttpResponse<byte[]>> answer;
        CompletableFuture<CompletableFuture<?>> sent = new CompletableFuture<>();
        try {
            answer = client.sendAsync(request, info -> body(info.headers(), sent));
        } catch (RuntimeException e) {
            sent.complete(new CompletableFuture<>());
            return broken(e, name);
        }
        sent.complete(answer);
        try {
            HttpResponse<byte[]> response = answer.get(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
            String contentType = response.headers().firstValue("content-type").orElse("");
            Representation representation = new Representation(response.body(), contentType);
            return new Exchange.Answered(response.statusCode(), response.headers(), representation);
        } catch (TimeoutException e) {
            return new Exchange.Broken(
                    Failure.of(Reason.TIMEOUT, name + " did not answer completely within " + timeout + " (timeout)"));
        } catch (CancellationException e) {
            return new Exchange.Broken(Failure.of(Reason.PROTOCOL, name + " sent a Content-Length that is none"));
        } catch (ExecutionException e) {
            return broken(e.getCause() == null ? e : e.getCause(), name);
        } finally {
            answer.cancel(true); // closes the connection of an exchange that is not complete; otherwise does nothing
        }
    }

    private Exchange broken(Throwable e, String name) {
        Reason reason = reason(e);
        String what = switch (reason) {
            case CONNECT -> " could not be connected to";
            case TIMEOUT -> " did not answer within " + timeout + " (timeout)";
            case TOO_LARGE ->
                " sent too large a body: " + e.getMessage() + ", and maximumBodyBytes is " + maximumBodyBytes;
            case PROTOCOL -> " sent no valid HTTP";
            case BROKEN -> ": the connection broke before the answer was complete";
            default -> ": the exchange failed inside the HTTP client";
        };
        return new Exchange.Broken(Failure.of(reason, name + what, e));
    }

    private static Reason reason(Throwable e) {
        return switch (e) {
            case BoundedBody.TooLargeException tooLarge -> Reason.TOO_LARGE;
            case HttpConnectTimeoutException connect -> Reason.CONNECT;
            case HttpTimeoutException late -> Reason.TIMEOUT;
            case ConnectException refused -> Reason.CONNECT;
            case UnknownHostException unknown -> Reason.CONNECT;
            case UnresolvedAddressException unknown -> Reason.CONNECT;
            case SSLException tls -> Reason.CONNECT;
            case ProtocolException protocol -> Reason.PROTOCOL;
            case NumberFormatException length -> Reason.PROTOCOL;
            case IOException io -> Reason.BROKEN;
            default -> Reason.INTERNAL;
        };
    }

    /**
     * Takes the body. A Content-Length that is none (RFC 9112 §6.3) would make the client fail and leave the connection
     * open for good, so the exchange is called off before; the client may be here before it has returned from sending.
     */
    private BoundedBody body(HttpHeaders headers, CompletableFuture<CompletableFuture<?>> sent) {
        List<String> lengths = headers.allValues("content-length");
        OptionalLong announced = OptionalLong.empty();
        if (!lengths.isEmpty()) {
            String length = lengths.getFirst();
            if (LENGTH.matcher(length).matches() && lengths.stream().allMatch(length::equals)) {
                announced = OptionalLong.of(Long.parseLong(length));
            } else {
                sent.join().cancel(true);
            }
        }
        return new BoundedBody(maximumBodyBytes, announced);
    }
}
