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
 * An origin for experiments: the JDK's own HTTP server on 127.0.0.1, with a virtual thread for each request. Every
 * document has a strong ETag, and the origin answers 304 to a caller that has the present version. It delays its
 * responses, as origins do, so that a crowd of callers becomes visible.
 *
 * <p>A stop cuts its connections and refuses new ones; a start opens the same port again. Publishing is thread-safe.
 * One thread starts, stops and closes the origin.
 */
public final class LoopbackOrigin implements AutoCloseable {
    private static final Duration PORT_PATIENCE = Duration.ofSeconds(2);

    static {
        // The server writes head and body separately: with Nagle's algorithm the body waits for the client's delayed
        // ACK.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Map<String, Document> documents = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Duration delay;
    private int port; // 0 until the system has chosen a port
    private @Nullable HttpServer server; // null while stopped

    private LoopbackOrigin(Duration delay) {
        this.delay = delay;
    }

    /**
     * Returns a started origin without documents.
     *
     * @param delay the delay of each response
     */
    public static LoopbackOrigin start(Duration delay) throws IOException, InterruptedException {
        LoopbackOrigin origin = new LoopbackOrigin(delay);
        origin.start();
        return origin;
    }

    /** Starts the origin again after {@link #stop()}, on its former port. */
    public void start() throws IOException, InterruptedException {
        HttpServer fresh = bound();
        fresh.setExecutor(threads);
        fresh.createContext("/", this::answer);
        fresh.start();
        server = fresh;
        port = fresh.getAddress().getPort();
    }

    /** Stops listening and cuts all connections. The documents and the counts remain. */
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
     * Publishes a document at a path, or a new version of it.
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
     * @return the URL of the document
     */
    public String json(String path, String text) {
        publish(path, "application/json", text);
        return url(path);
    }

    /**
     * Returns the document at a path.
     *
     * @throws IllegalArgumentException when no document was published there
     */
    public Document document(String path) {
        Document document = documents.get(path);
        if (document == null) {
            throw new IllegalArgumentException("nothing was published at " + path);
        }
        return document;
    }

    /** Returns the URL of a path, with or without a document. */
    public String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private HttpServer bound() throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        long giveUp = System.nanoTime() + PORT_PATIENCE.toNanos();
        while (true) {
            try {
                return HttpServer.create(address, 0);
            } catch (BindException e) { // during the stop, another socket may have got the port
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
