package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.http.ContentCodings;
import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.Framing;
import dev.fetchonce.internal.http.Representation;
import dev.fetchonce.internal.http.Transport;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One exchange with one origin over the JDK's client. Thread-safe. */
final class Origin {
    private final OriginClient clients;
    private final int maximumBodyBytes;
    private final ContentCodings codings;
    private final Duration timeout;

    /**
     * Makes the way to all origins.
     *
     * @param timeout named in messages; each exchange has its deadline
     */
    Origin(OriginClient clients, int maximumBodyBytes, ContentCodings codings, Duration timeout) {
        this.clients = clients;
        this.maximumBodyBytes = maximumBodyBytes;
        this.codings = codings;
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
        OriginClient.Generation generation = clients.enter();
        try {
            Attempt first = new Attempt(generation, name, deadline);
            Exchange exchange = first.send(request);
            // A server that closes an HTTP/2 connection refuses the streams that it has not begun; the JDK's client
            // repeats not all of them.
            boolean refused = exchange instanceof Exchange.Broken broken
                    && broken.failure().reason() == Reason.BROKEN
                    && first.body == null
                    && request.version().orElse(generation.client().version()) == HttpClient.Version.HTTP_2;
            return refused && !deadline.passed() ? new Attempt(generation, name, deadline).send(request) : exchange;
        } finally {
            clients.leave(generation);
        }
    }

    /** One request sent, and what comes of it. */
    private final class Attempt implements HttpResponse.BodyHandler<byte[]> {
        private final OriginClient.Generation generation;
        private final String name;
        private final Deadline deadline;

        /** The client's answer, for the handler, which may run before the client has returned it. */
        private final CompletableFuture<CompletableFuture<?>> sent = new CompletableFuture<>();

        private volatile @Nullable String fault;

        /** Null until the head has come. */
        private volatile @Nullable BoundedBody body;

        Attempt(OriginClient.Generation generation, String name, Deadline deadline) {
            this.generation = generation;
            this.name = name;
            this.deadline = deadline;
        }

        Exchange send(HttpRequest request) throws InterruptedException {
            // Not HttpRequest.timeout: up to JDK 25 it ends with the head, and the body may drip for ever.
            CompletableFuture<HttpResponse<byte[]>> answer;
            try {
                answer = generation.client().sendAsync(request, this);
            } catch (RuntimeException e) {
                sent.complete(new CompletableFuture<>());
                return new Exchange.Broken(
                        Failure.of(Reason.INTERNAL, name + " cannot be asked: the HttpClient refuses the request", e));
            }
            sent.complete(answer);
            try {
                HttpResponse<byte[]> response = answer.get(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
                return fault == null ? answered(response) : disbelieved();
            } catch (TimeoutException e) {
                return new Exchange.Broken(Failure.of(
                        Reason.TIMEOUT, name + " did not answer completely within " + timeout + " (timeout)"));
            } catch (CancellationException e) {
                return disbelieved();
            } catch (ExecutionException e) {
                return fault == null ? broken(e.getCause() == null ? e : e.getCause()) : disbelieved();
            } finally {
                answer.cancel(true); // closes the connection of an exchange that is not complete; else does nothing
            }
        }

        /**
         * Takes the head. One that is not to be believed has the exchange called off here and now, which closes the
         * connection: some of them would make the client fail a moment later and leave it open for good.
         */
        @Override
        public HttpResponse.BodySubscriber<byte[]> apply(HttpResponse.ResponseInfo head) {
            fault = Framing.fault(head.statusCode(), head.headers()).orElse(null);
            if (fault != null) {
                sent.join().cancel(true);
            }
            boolean announced = fault == null && head.statusCode() != 304; // whose length is that of another body
            BoundedBody taken = new BoundedBody(
                    maximumBodyBytes, announced ? Framing.length(head.headers()) : OptionalLong.empty());
            body = taken;
            return taken;
        }

        private Exchange answered(HttpResponse<byte[]> response) {
            fault = Framing.fault(response.statusCode(), response.headers(), response.body().length)
                    .orElse(null);
            if (fault != null) {
                return disbelieved();
            }
            boolean untilClose = response.version() == HttpClient.Version.HTTP_1_1
                    && response.statusCode() != 204
                    && response.statusCode() != 304
                    && Framing.closeDelimited(response.headers());
            Representation representation = new Representation(response.body(), response.headers(), codings);
            Transport transport =
                    new Transport(response.version(), response.sslSession().orElse(null));
            return new Exchange.Answered(
                    response.statusCode(), response.headers(), representation, untilClose, transport);
        }

        private Exchange disbelieved() {
            return new Exchange.Broken(
                    Failure.of(Reason.PROTOCOL, name + " sent a response that is not to be believed: " + fault));
        }

        private Exchange broken(Throwable e) {
            if (generation.client().isTerminated()) {
                return new Exchange.Broken(Failure.of(
                        Reason.INTERNAL, name + " cannot be asked: the HttpClient of this cache was shut down"));
            }
            BoundedBody taken = body;
            BoundedBody.TooLargeException tooLarge = taken == null ? null : taken.refusal();
            return tooLarge == null ? brokenBy(e) : brokenBy(tooLarge);
        }

        private Exchange brokenBy(Throwable e) {
            Reason reason = Faults.reason(e, body != null);
            if (reason == Reason.PROTOCOL && body == null) {
                clients.leaked(generation);
            }
            String bound = reason == Reason.TOO_LARGE ? ", and maximumBodyBytes is " + maximumBodyBytes : "";
            return new Exchange.Broken(Failure.of(reason, name + Faults.what(reason, e, timeout) + bound, e));
        }
    }
}
