package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An origin on 127.0.0.1 that is always in trouble, in another way for each URL. From time to time it refuses every
 * connection. It uses raw sockets, and a virtual thread for each connection. Thread-safe.
 */
final class FaultyOrigin implements AutoCloseable {
    /**
     * The first port, below the ports that a system lends to clients. No client can take the port while the listener is
     * closed.
     */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;
    private static final int BACKLOG = 1_024;
    private static final int SHORTEST_PEACE = 6_000;
    private static final int LONGEST_PEACE = 15_000;
    private static final int SHORTEST_OUTAGE = 300;
    private static final int LONGEST_OUTAGE = 2_000;

    private final Map<String, Document> documents;
    private final Map<String, Moods> moods;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final LongAdder requests = new LongAdder();
    private final LongAdder outages = new LongAdder();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("soak-origin-", 0).factory());
    private final Random random;
    private final int port;
    private final Thread trouble;
    private volatile ServerSocket listener;
    private volatile boolean calm;

    /** Starts an origin with these documents. */
    FaultyOrigin(List<Document> documents, Random random) throws IOException {
        this.documents = documents.stream().collect(Collectors.toMap(Document::path, Function.identity()));
        this.moods = documents.stream()
                .collect(Collectors.toMap(Document::path, document -> new Moods(new Random(random.nextLong()))));
        this.random = random;
        this.listener = somewhere();
        this.port = listener.getLocalPort();
        serve(listener);
        this.trouble = Thread.ofVirtual().name("soak-outages").start(this::outages);
    }

    /** Returns the URL of a path. */
    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Returns the number of complete requests. */
    long requests() {
        return requests.sum();
    }

    /** Returns how many times it has refused every connection for a while. */
    long refusals() {
        return outages.sum();
    }

    /** Returns the number of open connections. */
    int connections() {
        return connections.size();
    }

    /** Ends all trouble. From now on every request is answered well. */
    void calm() {
        calm = true;
        trouble.interrupt();
        try {
            trouble.join(); // this thread may be about to listen again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Counts a request, and returns the mood that answers it. */
    Mood asked(String path) {
        requests.increment();
        Moods own = moods.get(path);
        return own == null || calm ? Mood.WELL : own.now();
    }

    /**
     * Returns the document at a path.
     *
     * @throws IllegalArgumentException when there is no such document
     */
    Document document(String path) {
        Document document = documents.get(path);
        if (document == null) {
            throw new IllegalArgumentException("there is no document at " + path);
        }
        return document;
    }

    /** Returns a random number of milliseconds. */
    int millis(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    @Override
    public void close() throws IOException {
        calm();
        listener.close();
        cut();
        threads.close();
    }

    private void outages() {
        try {
            while (!calm) {
                Thread.sleep(millis(SHORTEST_PEACE, LONGEST_PEACE));
                listener.close();
                cut();
                outages.increment();
                try {
                    Thread.sleep(millis(SHORTEST_OUTAGE, LONGEST_OUTAGE));
                } finally {
                    listener = bound(port);
                    serve(listener);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the origin is calm now
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(ServerSocket on) {
        threads.execute(() -> {
            try {
                while (true) {
                    Socket socket = on.accept();
                    connections.add(socket);
                    threads.execute(() -> converse(socket));
                }
            } catch (IOException e) {
                // the listener was closed, so connections are refused from here on
            }
        });
    }

    private void converse(Socket socket) {
        try (socket) {
            new Conversation(this, socket).run();
        } catch (IOException e) {
            // the client has closed the connection, or the origin has cut it
        } finally {
            connections.remove(socket);
        }
    }

    private void cut() {
        connections.forEach(FaultyOrigin::reset);
    }

    /** Ends a connection with RST instead of FIN. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // the connection is closed already
        }
    }

    private ServerSocket somewhere() throws IOException {
        while (true) {
            try {
                return bound(FIRST_PORT + random.nextInt(PORTS));
            } catch (BindException e) {
                // another process has the port; the loop tries another one
            }
        }
    }

    private static ServerSocket bound(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
