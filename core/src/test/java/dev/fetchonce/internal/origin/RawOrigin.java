package dev.fetchonce.internal.origin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin on loopback that sends given bytes, and reports when its client has closed a connection. */
public final class RawOrigin implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final AtomicInteger requests = new AtomicInteger();

    /** A script that answers a request, once its head was read. */
    interface Script {
        void answer(Connection connection) throws IOException, InterruptedException;
    }

    /** The server's end of a connection. */
    static final class Connection {
        private final Socket socket;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Connection(Socket socket) {
            this.socket = socket;
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends this text again and again until the client has closed the connection. */
        void drip(String text) throws IOException, InterruptedException {
            while (!ended.isDone()) {
                send(text);
                Thread.sleep(1); // the pace of the bytes; no thread waits for it
            }
        }

        /** Ends the stream in good order. */
        void end() throws IOException {
            socket.close();
        }

        /** Ends the connection with a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Reads the head of a request. Returns false when the client has closed the connection. */
        private boolean head() throws IOException {
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return false;
                }
                head.write(b);
            }
            return true;
        }
    }

    RawOrigin(Script script) throws IOException {
        Thread.ofVirtual().start(() -> accept(script));
    }

    /** Returns an origin that answers every request with these bytes and keeps the connection open. */
    public static RawOrigin answering(String bytes) throws IOException {
        return new RawOrigin(connection -> connection.send(bytes));
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Connection connection = new Connection(server.accept());
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection, script));
            } catch (IOException e) {
                return; // the origin is closed
            }
        }
    }

    private void serve(Connection connection, Script script) {
        try {
            while (connection.head()) {
                requests.incrementAndGet();
                asked.complete(null);
                Thread.ofVirtual().start(() -> {
                    try {
                        script.answer(connection);
                    } catch (IOException | InterruptedException e) {
                        // the reading thread meets it as well
                    }
                });
            }
        } catch (IOException e) {
            // a reset has ended the connection
        } finally {
            connection.ended.complete(null);
        }
    }

    public URI uri() {
        return URI.create(name() + "/a?secret");
    }

    String name() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    int connections() {
        return connections.size();
    }

    public int requests() {
        return requests.get();
    }

    /** Waits until a request has come. */
    void awaitRequest() throws Exception {
        asked.get(60, TimeUnit.SECONDS);
    }

    /** Waits until no connection is open. */
    void awaitEnded() throws Exception {
        for (Connection connection : connections) {
            connection.ended.get(60, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.socket.close();
        }
    }
}
