package dev.fetchonce.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * An origin on loopback that speaks HTTP/2 over TLS. A script sends each frame, valid or not. The origin decodes no
 * header fields, so a script knows a request by its number. A thread of its own reads each connection to the end.
 */
public final class Http2Origin implements AutoCloseable {
    /** Frame types (RFC 9113 §6). */
    public static final int DATA = 0;

    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    /** Flags. */
    public static final int END_STREAM = 1;

    public static final int ACK = 1;
    public static final int END_HEADERS = 4;

    /** Error codes (RFC 9113 §7). */
    public static final int NO_ERROR = 0;

    public static final int INTERNAL_ERROR = 2;
    public static final int REFUSED_STREAM = 7;
    public static final int ENHANCE_YOUR_CALM = 11;

    private static final int PREFACE = 24;
    private static final int LARGEST_FRAME = 16_384;
    private static final int INITIAL_WINDOW = 65_535;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            // Platform threads: a virtual thread that blocks in a DataOutputStream keeps its carrier on JDK 21.
            Thread.ofPlatform().daemon().name("http2-", 0).factory());
    private final ServerSocket listener;
    private final SSLContext context;
    private volatile Script script = request -> request.answer(200, "[1]");
    private volatile Opening opening = Connection::settings;

    /** A script that answers one request, on a thread of its own. */
    @FunctionalInterface
    public interface Script {
        void play(Request request) throws Exception;
    }

    /** A script that sends the first frames on a connection. */
    @FunctionalInterface
    public interface Opening {
        void play(Connection connection) throws IOException;
    }

    /** Starts an origin at 127.0.0.1 that shows the certificate of the context. */
    public Http2Origin(SSLContext context) {
        this.context = context;
        try {
            listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 4096);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Sets the script for all later requests. */
    public Http2Origin on(Script play) {
        script = play;
        return this;
    }

    /** Sets the script for the start of all later connections; without it a connection starts with empty SETTINGS. */
    public Http2Origin opening(Opening play) {
        opening = play;
        return this;
    }

    /** Sets the maximum number of concurrent streams that all later connections announce. */
    public Http2Origin streams(int maximum) {
        return opening(connection -> connection.send(
                SETTINGS, 0, 0, new byte[] {0, MAX_CONCURRENT_STREAMS, 0, 0, (byte) (maximum >> 8), (byte) maximum}));
    }

    public String url(String target) {
        return "https://127.0.0.1:" + listener.getLocalPort() + target;
    }

    public URI uri(String target) {
        return URI.create(url(target));
    }

    /** Returns all requests so far, in about the order in which they came. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Returns all connections so far. */
    public List<Connection> connections() {
        return List.copyOf(connections);
    }

    /** Returns the number of connections that neither side has ended. */
    public int open() {
        return (int) connections.stream().filter(Connection::open).count();
    }

    private void accept() {
        try {
            while (true) {
                Socket plain = listener.accept();
                SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
                tls.setUseClientMode(false);
                Connection connection = new Connection(plain, tls);
                connections.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException e) {
            // the listener is closed
        }
    }

    private void serve(Connection connection) {
        try (SSLSocket socket = connection.socket) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[PREFACE]);
            connection.out = new DataOutputStream(socket.getOutputStream());
            opening.play(connection);
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = new byte[lengthAndType >>> 8];
                in.readFully(payload);
                take(connection, lengthAndType & 0xFF, flags, stream, payload);
            }
        } catch (IOException e) {
            // one of the two sides has ended the connection
        } finally {
            connection.ended.countDown();
        }
    }

    private void take(Connection connection, int type, int flags, int stream, byte[] payload) throws IOException {
        switch (type) {
            case HEADERS -> {
                Request request = new Request(connection, stream, numbers.incrementAndGet());
                connection.requests.put(stream, request);
                requests.add(request);
                threads.execute(() -> play(request));
            }
            case SETTINGS -> {
                if (flags != ACK) {
                    connection.take(payload);
                    connection.acknowledge();
                }
            }
            case PING -> {
                if (flags != ACK) {
                    connection.send(PING, ACK, 0, payload);
                }
            }
            case RST_STREAM -> connection.requests.get(stream).reset.countDown();
            case WINDOW_UPDATE -> connection.window(stream).release(number(payload, 0));
            default -> {}
        }
    }

    private void play(Request request) {
        try {
            script.play(request);
        } catch (Exception e) {
            // the client has gone; the reading thread meets that as well
        }
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0x7F) << 24
                | (bytes[at + 1] & 0xFF) << 16
                | (bytes[at + 2] & 0xFF) << 8
                | bytes[at + 3] & 0xFF;
    }

    private static byte[] bytes(int number) {
        return new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }

    /** Returns a header block of literals that go into no table (RFC 7541 §6.2.2); names and values take turns. */
    public static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            literal(fields[i], block);
            literal(fields[i + 1], block);
        }
        return block.toByteArray();
    }

    private static void literal(String text, ByteArrayOutputStream block) {
        int length = text.length();
        block.write(Math.min(length, 127));
        if (length >= 127) {
            int rest = length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.write(rest & 127 | 128);
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Connection connection : connections) {
                connection.plain.close(); // a close of the TLS socket would wait for a thread that writes to it
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
        threads.close();
    }

    /** A connection, seen from the origin. */
    public static final class Connection {
        private final Socket plain;
        private final SSLSocket socket;
        private final Map<Integer, Request> requests = new ConcurrentHashMap<>();
        private final Semaphore window = new Semaphore(INITIAL_WINDOW);
        private final ReentrantLock writing = new ReentrantLock();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile int initialWindow = INITIAL_WINDOW;
        private volatile DataOutputStream out;

        private Connection(Socket plain, SSLSocket socket) {
            this.plain = plain;
            this.socket = socket;
        }

        public boolean open() {
            return ended.getCount() > 0;
        }

        /** Returns the number of requests on this connection. */
        public int requests() {
            return requests.size();
        }

        /** Sends one frame; the frame need not be valid. */
        public void send(int type, int flags, int stream, byte[] payload) throws IOException {
            writing.lock();
            try {
                ByteArrayOutputStream frame = new ByteArrayOutputStream();
                DataOutputStream to = new DataOutputStream(frame);
                to.writeInt(payload.length << 8 | type);
                to.writeByte(flags);
                to.writeInt(stream);
                to.write(payload);
                out.write(frame.toByteArray());
            } finally {
                writing.unlock();
            }
        }

        /** Announces the defaults: sends empty SETTINGS. */
        public void settings() throws IOException {
            send(SETTINGS, 0, 0, new byte[0]);
        }

        private void acknowledge() throws IOException {
            send(SETTINGS, ACK, 0, new byte[0]);
        }

        /** Announces that no stream after this one is answered: sends GOAWAY. */
        public void goAway(int lastStream, int error) throws IOException {
            byte[] payload = Arrays.copyOf(bytes(lastStream), 8);
            System.arraycopy(bytes(error), 0, payload, 4, 4);
            send(GOAWAY, 0, 0, payload);
        }

        /** Sends a text, which need not be a frame. */
        public void raw(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Ends the connection in good order. */
        public void end() throws IOException {
            socket.close();
        }

        private void take(byte[] settings) {
            for (int i = 0; i < settings.length; i += 6) {
                if (settings[i + 1] == INITIAL_WINDOW_SIZE) {
                    initialWindow = number(settings, i + 2);
                }
            }
        }

        private Semaphore window(int stream) {
            return stream == 0 ? window : requests.get(stream).window;
        }
    }

    /** A request that has come, and the means to answer it. */
    public static final class Request {
        private final Connection connection;
        private final int stream;
        private final int number;
        private final Semaphore window;
        private final CountDownLatch reset = new CountDownLatch(1);

        private Request(Connection connection, int stream, int number) {
            this.connection = connection;
            this.stream = stream;
            this.number = number;
            this.window = new Semaphore(connection.initialWindow);
        }

        public Connection connection() {
            return connection;
        }

        public int stream() {
            return stream;
        }

        /** Returns the number of this request among all requests of this origin, from 1. */
        public int number() {
            return number;
        }

        /** Returns whether the client has reset the stream. */
        public boolean wasReset() {
            return reset.getCount() == 0;
        }

        /** Sends a whole and valid answer. */
        public void answer(int status, String body, String... fields) throws IOException, InterruptedException {
            head(0, status, fields);
            data(END_STREAM, body);
        }

        /** Sends the head of an answer. */
        public Request head(int flags, int status, String... fields) throws IOException {
            String[] all = new String[fields.length + 2];
            all[0] = ":status";
            all[1] = String.valueOf(status);
            System.arraycopy(fields, 0, all, 2, fields.length);
            return block(flags, all);
        }

        /** Sends a header block, in as many frames as it takes. */
        public Request block(int flags, String... fields) throws IOException {
            byte[] block = Http2Origin.block(fields);
            for (int from = 0; from < block.length; from += LARGEST_FRAME) {
                int to = Math.min(block.length, from + LARGEST_FRAME);
                int all = (from == 0 ? flags : 0) | (to == block.length ? END_HEADERS : 0);
                connection.send(from == 0 ? HEADERS : CONTINUATION, all, stream, Arrays.copyOfRange(block, from, to));
            }
            return this;
        }

        /** Sends one piece of the body, once the client's windows have room for it. */
        public Request data(int flags, String text) throws IOException, InterruptedException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            window.acquire(bytes.length);
            connection.window.acquire(bytes.length);
            return send(DATA, flags, bytes);
        }

        /** Sends a body without an end, until the client resets the stream or the connection ends. */
        public void endless() throws Exception {
            while (!wasReset() && connection.open()) {
                data(0, "x".repeat(LARGEST_FRAME));
            }
        }

        /** Resets the stream: the origin does not answer. */
        public Request reset(int error) throws IOException {
            return send(RST_STREAM, 0, bytes(error));
        }

        /** Sends one frame on the stream of the request; the frame need not be valid. */
        public Request send(int type, int flags, byte[] payload) throws IOException {
            connection.send(type, flags, stream, payload);
            return this;
        }
    }
}
