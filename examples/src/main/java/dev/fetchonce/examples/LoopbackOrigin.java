package dev.fetchonce.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An origin to try things on: the JDK's own HTTP server on 127.0.0.1, a virtual thread a request. Every document has a
 * strong ETag and is answered with 304 to whoever has it already. It takes its time over an answer, as origins do, so that
 * a crowd that comes while it thinks can be seen.
 *
 * <p>It can be stopped, which cuts its connections and refuses new ones, and started again on the same port. Publishing is
 * thread-safe; starting, stopping and closing are for one thread.
 */
public final class LoopbackOrigin implements AutoCloseable {
    private static final Duration PORT_PATIENCE = Duration.ofSeconds(2);

    static {
        // The server writes head and body apart: with Nagle's algorithm the body waits for the client's delayed ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Map<String, Document> documents = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Duration delay;
    private int port; // 0, which lets the system choose, until it has chosen
    private @Nullable HttpServer server; // null while stopped

    private LoopbackOrigin(Duration delay) {
        this.delay = delay;
    }

    /**
     * Starts an origin with nothing published.
     *
     * @param delay how long it takes over each answer
     */
    public static LoopbackOrigin start(Duration delay) throws IOException, InterruptedException {
        LoopbackOrigin origin = new LoopbackOrigin(delay);
        origin.start();
        return origin;
    }

    /** Starts it again after {@link #stop()}, on the port it had. */
    public void start() throws IOException, InterruptedException {
        HttpServer fresh = bound();
        fresh.setExecutor(threads);
        fresh.createContext("/", this::answer);
        fresh.start();
        server = fresh;
        port = fresh.getAddress().getPort();
    }

    /** Stops listening and cuts all connections. What is published, and the counts, stay. */
    public void stop() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
        threads.close();
    }

    /**
     * Puts a document at a path, or a new version of it.
     *
     * @param path such as {@code /flags.json}
     * @param contentType such as {@code application/json}
     * @param text the document
     * @return the document, which counts its requests from its first version on
     */
    public Document publish(String path, String contentType, String text) {
        Document document = documents.computeIfAbsent(path, Document::new);
        document.become(contentType, text);
        return document;
    }

    /**
     * {@linkplain #publish Publishes} JSON.
     *
     * @return the URL it is at
     */
    public String json(String path, String text) {
        publish(path, "application/json", text);
        return url(path);
    }

    /** The document at a path where something was published. */
    public Document document(String path) {
        Document document = documents.get(path);
        if (document == null) {
            throw new IllegalArgumentException("nothing was published at " + path);
        }
        return document;
    }

    /** The URL of a path, whether something is there or not. */
    public String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private HttpServer bound() throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        long giveUp = System.nanoTime() + PORT_PATIENCE.toNanos();
        while (true) {
            try {
                return HttpServer.create(address, 0);
            } catch (BindException e) { // while it was stopped, the system may have lent its port to somebody's socket
                if (port == 0 || System.nanoTime() - giveUp > 0) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Document document = documents.get(exchange.getRequestURI().getPath());
            if (document != null) {
                document.counted();
            }
            Thread.sleep(delay);
            if (document == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                document.answer(exchange);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the origin is closing: the exchange ends unanswered
        }
    }
}
