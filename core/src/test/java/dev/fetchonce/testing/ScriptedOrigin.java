package dev.fetchonce.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * An origin on loopback that plays a script for each request: bytes, pauses, FIN and RST. For each connection it knows
 * the number of requests, and whether the client has closed it. A connection stays open until a script ends it. A
 * thread of its own reads each connection to the end, so the origin always sees the client's FIN or RST.
 */
public final class ScriptedOrigin implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("scripted-", 0).factory());
    private final ServerSocket listener;
    private final String scheme;

    /** A script that answers one request, on a thread of its own. */
    @FunctionalInterface
    public interface Script {
        void play(Request request) throws Exception;
    }

    /** Starts an origin at 127.0.0.1. */
    public ScriptedOrigin() {
        this("http", ServerSocketFactory.getDefault(), loopback(127, 0, 0, 1));
    }

    private ScriptedOrigin(String scheme, ServerSocketFactory factory, InetAddress address) {
        this.scheme = scheme;
        try {
            listener = factory.createServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(address, 0), 4096);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Starts an origin at 127.0.0.1 that speaks TLS. */
    public static ScriptedOrigin tls(ServerSocketFactory factory) {
        return new ScriptedOrigin("https", factory, loopback(127, 0, 0, 1));
    }

    /** Starts an origin at ::1. */
    public static ScriptedOrigin ipv6() {
        return new ScriptedOrigin(
                "http", ServerSocketFactory.getDefault(), loopback(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    }

    private static InetAddress loopback(int... address) {
        byte[] bytes = new byte[address.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) address[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a script that sends this text and leaves the connection open; a bar is a line's end. */
    public static Script sends(String lines) {
        return request -> request.send(lines);
    }

    /** Returns a script that sends this text and then FIN; a bar is a line's end. */
    public static Script ends(String lines) {
        return request -> request.send(lines).fin();
    }

    /** Returns a script that sends this text and then RST; a bar is a line's end. */
    public static Script resets(String lines) {
        return request -> request.send(lines).reset();
    }

    /** Returns the bytes of this text; a bar is a line's end. */
    public static byte[] bytes(String lines) {
        return lines.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Sets the script for this path, for all later requests. A path with a slash at its end includes the paths below
     * it.
     */
    public ScriptedOrigin on(String path, Script script) {
        scripts.put(path, script);
        return this;
    }

    public String url(String target) {
        InetAddress address = listener.getInetAddress();
        String host = address instanceof Inet6Address ? "[::1]" : address.getHostAddress();
        return scheme + "://" + host + ":" + port() + target;
    }

    public URI uri(String target) {
        return URI.create(url(target));
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Returns all requests, in the order in which they came. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Returns the requests for this path. */
    public List<Request> requests(String path) {
        return requests.stream().filter(request -> request.path().equals(path)).toList();
    }

    /** Returns all connections so far. */
    public List<Connection> connections() {
        return List.copyOf(connections);
    }

    /**
     * Returns the number of connections that neither side has ended. A connection on which the origin alone sent its
     * FIN counts.
     */
    public int open() {
        return (int) connections.stream().filter(Connection::open).count();
    }

    private Script script(String path) {
        Script script = scripts.get(path);
        for (int slash = path.lastIndexOf('/');
                script == null && slash >= 0;
                slash = path.lastIndexOf('/', slash - 1)) {
            script = scripts.get(path.substring(0, slash + 1));
        }
        return script == null ? sends("HTTP/1.1 404 -|Content-Length: 0||") : script;
    }

    private void accept() {
        try {
            while (true) {
                Connection connection = new Connection(listener.accept());
                connections.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException e) {
            // the listener is closed
        }
    }

    private void serve(Connection connection) {
        try (Socket socket = connection.socket) {
            socket.setTcpNoDelay(true);
            for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                int number = connection.requests.incrementAndGet();
                Request request = new Request(head, connection, number);
                requests.add(request);
                threads.execute(() -> play(request));
            }
        } catch (IOException e) {
            // one of the two sides has reset the connection
        } finally {
            connection.ended.countDown();
        }
    }

    private void play(Request request) {
        try {
            script(request.path()).play(request);
        } catch (Exception e) {
            // the client has gone; the reading thread meets that as well
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Connection connection : connections) {
                connection.socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
        threads.close();
    }

    /** A connection, seen from the origin. */
    public static final class Connection {
        private final Socket socket;
        private final AtomicInteger requests = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean reset;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        /** Returns the number of requests on this connection. */
        public int requests() {
            return requests.get();
        }

        public boolean open() {
            return ended.getCount() > 0;
        }

        /** Waits for the client's FIN or RST; fails when the origin itself has reset the connection. */
        public void awaitClosedByClient() throws InterruptedException {
            if (!ended.await(LONGEST.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("the client has left the connection open for " + LONGEST);
            }
            if (reset) {
                throw new AssertionError("the origin itself has reset the connection");
            }
        }

        /** Returns whether the origin has reset the connection. */
        public boolean wasReset() {
            return reset;
        }

        /** Returns the head of a request, or an empty text at the end of the connection. */
        private String head() throws IOException {
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            int last4 = 0;
            while (last4 != 0x0D0A0D0A) {
                int b = in.read();
                if (b < 0) {
                    return "";
                }
                head.write(b);
                last4 = last4 << 8 | b;
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** A request that has come, and the means to answer it. */
    public static final class Request {
        private final String head;
        private final Connection connection;
        private final int number;

        private Request(String head, Connection connection, int number) {
            this.head = head;
            this.connection = connection;
            this.number = number;
        }

        /** Returns all lines of the head as they came. */
        public String head() {
            return head;
        }

        /** Returns the path and the query as they came. */
        public String target() {
            return head.split(" ", 3)[1];
        }

        public String path() {
            return target().split("\\?", 2)[0];
        }

        public Connection connection() {
            return connection;
        }

        /** Returns the number of this request on its connection, from 1. */
        public int number() {
            return number;
        }

        /** Sends exactly these characters, in ISO 8859-1; a bar is a line's end. */
        public Request send(String lines) throws IOException {
            return send(bytes(lines));
        }

        public Request send(byte[] bytes) throws IOException {
            connection.socket.getOutputStream().write(bytes);
            return this;
        }

        /** Sends a valid JSON answer. */
        public Request json(String body) throws IOException {
            return send("HTTP/1.1 200 OK|Content-Type: application/json|ETag: \"1\"|Content-Length: " + body.length()
                    + "||" + body);
        }

        /** Sends this text byte by byte; the client then has to read each byte, or nearly each, on its own. */
        public Request oneByOne(String lines) throws Exception {
            for (byte b : bytes(lines)) {
                send(new byte[] {b});
                Thread.sleep(0, 100_000); // the pace of the bytes; no thread waits for it
            }
            return this;
        }

        /** Sends this again and again, with pauses, until the client has gone. */
        public void drip(String lines, Duration pause) throws Exception {
            while (connection.open()) {
                send(lines);
                pause(pause);
            }
        }

        /** Pauses for this time before the next bytes. */
        public Request pause(Duration pause) throws InterruptedException {
            Thread.sleep(pause);
            return this;
        }

        /** Sends FIN: ends this side in good order. The connection stays open until the client ends its side. */
        public void fin() throws IOException {
            connection.socket.shutdownOutput();
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            connection.reset = true;
            connection.socket.setSoLinger(true, 0);
            connection.socket.close();
        }
    }
}
