package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.flight.TimedAlarms;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;

/** Exchanges whose bodies are handed on live, over a client of their own. */
public final class StreamingExchange implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final OriginClient client;

    public StreamingExchange() {
        this(UnaryOperator.identity());
    }

    StreamingExchange(UnaryOperator<HttpClient.Builder> configure) {
        client = OriginClient.own(Optional.empty(), configure, Duration.ofSeconds(1));
    }

    /** The response of an exchange, with its live body. */
    public record Taken(int status, HttpHeaders headers, HttpClient.Version version, StreamingBody body) {}

    /** Returns a response of whose body not a byte was gathered. */
    public Taken atOnce(URI uri) throws InterruptedException {
        return take(uri, 1 << 20, BodyMode.STREAM);
    }

    /**
     * Returns a response whose body was gathered up to the limit before it was handed on. The body must be longer than
     * the limit.
     */
    public Taken beyond(int limit, URI uri) throws InterruptedException {
        return take(uri, limit, BodyMode.STREAM_LONGER);
    }

    private Taken take(URI uri, int limit, BodyMode mode) throws InterruptedException {
        ExchangeResult exchange = exchange(uri, limit, mode);
        if (exchange instanceof ExchangeResult.Live live) {
            return new Taken(live.status(), live.headers(), live.connection().version(), live.body());
        }
        throw new AssertionError("not handed on live: " + exchange);
    }

    /** Returns the failure of an exchange. */
    public Failure failure(URI uri) throws InterruptedException {
        ExchangeResult exchange = exchange(uri, 1 << 20, BodyMode.STREAM_LONGER);
        if (exchange instanceof ExchangeResult.Broken broken) {
            return broken.failure();
        }
        throw new AssertionError("did not fail: " + exchange);
    }

    ExchangeResult exchange(URI uri, int limit, BodyMode mode) throws InterruptedException {
        return exchange(uri, limit, mode, LONG);
    }

    ExchangeResult exchange(URI uri, int limit, BodyMode mode, Duration longest) throws InterruptedException {
        Origin origin = new Origin(client, limit, new BufferAllowance(limit), new ContentCodings(limit, Map.of()));
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return origin.exchange(
                new TimedLimit(new TimedAlarms(), longest), request, "the origin", (status, headers) -> mode);
    }

    /** Sends a request past the cache, with this client. */
    public <T> HttpResponse<T> past(URI uri, HttpResponse.BodyHandler<T> handler)
            throws ExecutionException, InterruptedException {
        return new DirectExchange(client, UnaryOperator.identity(), () -> {}, new UserCodeFailures())
                .send(HttpRequest.newBuilder(uri).build(), handler, null, body -> {});
    }

    OriginClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close(LONG);
    }
}
