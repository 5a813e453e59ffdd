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
 * An origin on 127.0.0.1 that is in trouble all the time, for each URL in another way, and now and then refuses every
 * connection. Raw sockets, a virtual thread a connection. Thread-safe.
 */
final class FaultyOrigin implements AutoCloseable {
    /** Below the ports that a system lends to those who connect: nobody gets ours while the listener is closed. */
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

    /** Starts it with these documents. */
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

    /** The URL of a path. */
    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** How many requests have come whole. */
    long requests() {
        return requests.sum();
    }

    /** How often it has refused every connection for a while. */
    long refusals() {
        return outages.sum();
    }

    /** How many connections are open. */
    int connections() {
        return connections.size();
    }

    /** Ends all trouble: from now on every request is answered well. */
    void calm() {
        calm = true;
        trouble.interrupt();
        try {
            trouble.join(); // which may be about to listen again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes note of a request, and says how to treat it. */
    Mood asked(String path) {
        requests.increment();
        Moods own = moods.get(path);
        return own == null || calm ? Mood.WELL : own.now();
    }

    /** The document at a path. */
    Document document(String path) {
        Document document = documents.get(path);
        if (document == null) {
            throw new IllegalArgumentException("nobody should have asked for " + path);
        }
        return document;
    }

    /** A number of milliseconds by chance. */
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
            Thread.currentThread().interrupt(); // calm now
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
                // the listener was closed: connections are refused from here on
            }
        });
    }

    private void converse(Socket socket) {
        try (socket) {
            new Conversation(this, socket).run();
        } catch (IOException e) {
            // the client has gone, or the connection was cut here
        } finally {
            connections.remove(socket);
        }
    }

    private void cut() {
        connections.forEach(FaultyOrigin::reset);
    }

    /** Ends a connection with RST in place of FIN. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is closed already
        }
    }

    private ServerSocket somewhere() throws IOException {
        while (true) {
            try {
                return bound(FIRST_PORT + random.nextInt(PORTS));
            } catch (BindException e) {
                // somebody has it; there are others
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
