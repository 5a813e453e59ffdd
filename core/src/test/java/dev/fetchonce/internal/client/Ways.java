package dev.fetchonce.internal.client;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.origin.BodyDelivery;
import dev.fetchonce.internal.origin.StreamingExchange;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** The ways in which a caller's handler gets a response, and the way of the JDK's client for comparison. */
final class Ways implements AutoCloseable {
    private final HttpClient plain =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final StreamingExchange exchanges = new StreamingExchange();

    /** A way of this library. */
    enum Way {
        /** From bytes in memory. */
        STORED,
        /** From the connection, before any byte of the body was read. */
        LIVE,
        /** From the gathered bytes first, then from the connection. For an empty body it equals {@link #LIVE}. */
        LIVE_AFTER_A_WHILE,
        /** From the connection, past the cache. */
        PAST;

        /** Returns whether the connection is open while the body is read. */
        boolean open() {
            return this != STORED;
        }
    }

    HandlerCases.Sender plain(URI uri) {
        return new HandlerCases.Sender() {
            @Override
            public <T> T body(BodyHandler<T> handler) throws Exception {
                return plain.send(HttpRequest.newBuilder(uri).build(), handler).body();
            }
        };
    }

    /** Returns a sender that works and throws as {@code send} of the HttpClient API does. */
    HandlerCases.Sender ours(Way way, URI uri) {
        return new HandlerCases.Sender() {
            @Override
            public <T> T body(BodyHandler<T> handler) throws Exception {
                try {
                    return through(way, uri, handler, Deadline.after(Duration.ofMinutes(1)));
                } catch (ExecutionException e) {
                    throw ClientFaults.thrown(e.getCause());
                }
            }
        };
    }

    <T> T through(Way way, URI uri, BodyHandler<T> handler, Deadline deadline) throws Exception {
        if (way == Way.STORED) {
            HttpResponse<byte[]> response =
                    plain.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
            BodyReplay.Head head = new BodyReplay.Head(response.statusCode(), response.headers(), response.version());
            return BodyReplay.through(handler, head, BodyDelivery.of(response.body()), deadline);
        }
        if (way == Way.PAST) {
            return exchanges.past(uri, handler).body();
        }
        StreamingExchange.Taken taken = way == Way.LIVE || uri.getPath().startsWith("/empty")
                ? exchanges.atOnce(uri)
                : exchanges.beyond(3, uri);
        BodyReplay.Head head = new BodyReplay.Head(taken.status(), taken.headers(), taken.version());
        return BodyReplay.through(handler, head, taken.body().claim().orElseThrow(), deadline);
    }

    @Override
    public void close() {
        exchanges.close();
        plain.shutdownNow();
    }
}
