package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * A port of 127.0.0.1 at which an origin listens. It can refuse all connections for a while. It uses raw sockets, and a
 * virtual thread for each connection. Thread-safe, but one thread at a time refuses, listens and closes.
 */
final class Listener implements AutoCloseable {
    /**
     * The first port, below the ports that a system lends to clients. No client can take the port while the listener is
     * closed.
     */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 10_000;
    private static final int BACKLOG = 1_024;

    private final Service service;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final LongAdder requests = new LongAdder();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("soak-origin-", 0).factory());
    private final int port;
    private volatile ServerSocket socket;

    /** The answers of an origin. */
    interface Service {
        /**
         * Answers a request, or treats its connection badly.
         *
         * @throws IOException when the connection breaks
         */
        void answer(Request request, Connection connection) throws IOException, InterruptedException;
    }

    /** Listens at a random port. */
    Listener(Service service, Random random) throws IOException {
        this.service = service;
        this.socket = somewhere(random);
        this.port = socket.getLocalPort();
        serve(socket);
    }

    /** Returns the URL of a path. */
    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Returns the number of complete requests. */
    long requests() {
        return requests.sum();
    }

    /** Returns the number of open connections. */
    int connections() {
        return connections.size();
    }

    /** Resets all connections, and refuses further ones. */
    void refuse() throws IOException {
        socket.close();
        connections.forEach(Listener::reset);
    }

    /** Accepts connections again, at the port as before. */
    void listen() throws IOException {
        socket = bound(port);
        serve(socket);
    }

    @Override
    public void close() throws IOException {
        refuse();
        threads.shutdownNow();
        threads.close();
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

    private void serve(ServerSocket on) {
        threads.execute(() -> {
            try {
                while (true) {
                    Socket accepted = on.accept();
                    connections.add(accepted);
                    threads.execute(() -> converse(accepted));
                }
            } catch (IOException e) {
                // the listener was closed, so connections are refused from here on
            }
        });
    }

    private void converse(Socket accepted) {
        try (accepted) {
            Connection connection = new Connection(accepted);
            while (!connection.ended()) {
                Request request = connection.next();
                requests.increment();
                service.answer(request, connection);
            }
        } catch (IOException e) {
            // the client has closed the connection, or the origin has cut it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the origin closes
        } finally {
            connections.remove(accepted);
        }
    }

    private static ServerSocket somewhere(Random random) throws IOException {
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
