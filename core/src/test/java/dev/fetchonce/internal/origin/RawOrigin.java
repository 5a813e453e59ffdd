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

/** An origin on loopback that sends the very bytes it is told to, and says when its client has closed a connection. */
public final class RawOrigin implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final AtomicInteger requests = new AtomicInteger();

    /** What to do with a request, whose head has been read. */
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

        /** Sends this again and again until the client has closed the connection. */
        void drip(String text) throws IOException, InterruptedException {
            while (!ended.isDone()) {
                send(text);
                Thread.sleep(1); // paces what is sent; nothing waits for it
            }
        }

        /** Ends the stream as one should. */
        void end() throws IOException {
            socket.close();
        }

        /** Ends the connection with a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Reads a request's head; false when the client has closed the connection. */
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

    /** An origin that answers every request with these bytes and keeps the connection open. */
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
                return; // closed
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
                        // the reader sees it as well
                    }
                });
            }
        } catch (IOException e) {
            // ended by a reset
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

    /** Waits until no connection is open any more. */
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
