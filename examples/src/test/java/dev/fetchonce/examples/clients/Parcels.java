package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/** An origin on loopback with a few paths, which remembers each request. Thread-safe. */
final class Parcels implements AutoCloseable {
    /** The path of a response that is fresh for a minute. */
    static final String FRESH = "/fresh";

    /** The path of such a response, compressed for a client that accepts gzip. */
    static final String CODED = "/coded";

    /** The path of a response that needs a validation each time; its ETag is {@link #ETAG}. */
    static final String VALIDATED = "/validated";

    /** The path of a 503. */
    static final String BROKEN = "/broken";

    /** The path of a redirect to {@link #FRESH}, fresh for a minute. */
    static final String MOVED = "/moved";

    /** The path of server-sent events: {@link #EVENT}; the stream stays open until the origin is closed. */
    static final String EVENTS = "/events";

    /** The path of a response as at {@link #FRESH}, held until {@link #release()}. */
    static final String HELD = "/held";

    /** The body of all paths but {@link #BROKEN}. */
    static final String DOCUMENT = "{\"depot\": \"ARN2\", \"parcels\": 18211, \"city\": \"Märsta\"}";

    /** The body of {@link #BROKEN}. */
    static final String EXCUSE = "the sorter is jammed";

    /** The data of the only event. */
    static final String EVENT = "the belt is running";

    static final String ETAG = "\"18211\"";

    static {
        // The server writes head and body separately: with Nagle's algorithm the body waits for the client's delayed
        // ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** A request that arrived. */
    record Seen(String method, String path, Headers headers) {
        /** Returns the value of a field, or an empty string. */
        String field(String name) {
            String value = headers.getFirst(name);
            return value == null ? "" : value;
        }
    }

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    Parcels() {
        try {
            server = HttpServer.create(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 256);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** Returns the requests for a path so far, in the order of their arrival. */
    List<Seen> seen(String path) {
        return seen.stream().filter(each -> each.path().equals(path)).toList();
    }

    /** Waits until a request for {@link #HELD} has arrived. */
    void awaitHeld() throws InterruptedException {
        assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    }

    void release() {
        released.countDown();
    }

    /** Ends the streams of {@link #EVENTS}. */
    void endEvents() {
        closing.countDown();
    }

    @Override
    public void close() {
        released.countDown();
        closing.countDown();
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers asked = new Headers();
            asked.putAll(exchange.getRequestHeaders());
            String path = exchange.getRequestURI().getPath();
            Seen request = new Seen(exchange.getRequestMethod(), path, asked);
            seen.add(request);
            exchange.getRequestBody().readAllBytes();
            Headers fields = exchange.getResponseHeaders();
            fields.set("Content-Type", "application/json; charset=utf-8");
            switch (path) {
                case FRESH -> {
                    fields.set("Cache-Control", "max-age=60");
                    send(exchange, 200, bytes(DOCUMENT));
                }
                case CODED -> {
                    fields.set("Cache-Control", "max-age=60");
                    coded(exchange, request);
                }
                case VALIDATED -> {
                    fields.set("Cache-Control", "no-cache");
                    fields.set("ETag", ETAG);
                    boolean same = request.field("If-None-Match").equals(ETAG);
                    send(exchange, same ? 304 : 200, same ? new byte[0] : bytes(DOCUMENT));
                }
                case HELD -> {
                    arrived.countDown();
                    released.await();
                    fields.set("Cache-Control", "max-age=60");
                    send(exchange, 200, bytes(DOCUMENT));
                }
                case EVENTS -> {
                    fields.set("Content-Type", "text/event-stream");
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(bytes("data: " + EVENT + "\n\n"));
                    exchange.getResponseBody().flush();
                    closing.await();
                }
                case MOVED -> {
                    fields.set("Cache-Control", "max-age=60");
                    fields.set("Location", FRESH);
                    send(exchange, 302, new byte[0]);
                }
                default -> send(exchange, 503, bytes(EXCUSE));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void coded(HttpExchange exchange, Seen request) throws IOException {
        exchange.getResponseHeaders().set("Vary", "Accept-Encoding");
        if (!request.field("Accept-Encoding").contains("gzip")) {
            send(exchange, 200, bytes(DOCUMENT));
            return;
        }
        exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes(DOCUMENT));
        }
        send(exchange, 200, packed.toByteArray());
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
