package dev.fetchonce.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin on loopback that answers by scripts and records its requests. */
public final class FakeOrigin implements AutoCloseable {
    /** A script that answers one call, on the connection's own virtual thread. */
    @FunctionalInterface
    public interface Script {
        void answer(Call call) throws Exception;
    }

    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("origin-", 0).factory());
    private final int port;
    private volatile ServerSocket listener;

    public FakeOrigin() {
        listener = listen(0);
        port = listener.getLocalPort();
    }

    /** Sets the script for this path, for all later requests. */
    public FakeOrigin on(String path, Script script) {
        scripts.put(path, script);
        return this;
    }

    public FakeOrigin json(String path, String body, String... fields) {
        return on(path, call -> call.json(body, fields));
    }

    public String url(String target) {
        return "http://127.0.0.1:" + port + target;
    }

    public URI uri(String target) {
        return URI.create(url(target));
    }

    public int port() {
        return port;
    }

    /** Returns the number of requests for all paths. */
    public int requests() {
        return calls.size();
    }

    public int requests(String path) {
        AtomicInteger count = counts.get(path);
        return count == null ? 0 : count.get();
    }

    /** Returns the requests for a path, in the order in which they came. */
    public List<Call> calls(String path) {
        return calls.stream().filter(call -> call.path().equals(path)).toList();
    }

    /** Returns the number of connections that are open now. */
    public int connections() {
        return connections.size();
    }

    /** Returns the number of connections so far, the ended ones included. */
    public int accepted() {
        return accepted.get();
    }

    /** Refuses connections from now on, and ends the open ones. */
    public void down() {
        close(listener);
        connections.forEach(FakeOrigin::close);
        Await.until("no connection is left", () -> connections.isEmpty());
    }

    /** Accepts connections again, on its earlier port. */
    public void up() {
        listener = listen(port);
    }

    private ServerSocket listen(int onPort) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), onPort), 4096);
            threads.execute(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket socket = from.accept();
                accepted.incrementAndGet();
                connections.add(socket);
                if (from.isClosed()) { // down() may have walked the connections already
                    close(socket);
                }
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // the listener is closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
                Call call = call(head, socket);
                Script script = scripts.getOrDefault(call.path(), unknown -> unknown.status(404));
                script.answer(call);
                if (call.ended()) {
                    break;
                }
            }
        } catch (Exception e) {
            // the client has gone, or the origin is closed
        } finally {
            connections.remove(socket);
        }
    }

    private Call call(List<String> head, Socket socket) throws IOException {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : head.subList(1, head.size())) {
            String[] field = line.split(": ?", 2);
            fields.computeIfAbsent(field[0], name -> new ArrayList<>()).add(field[1]);
        }
        String target = head.getFirst().split(" ")[1];
        String path = target.split("\\?", 2)[0];
        int number = counts.computeIfAbsent(path, p -> new AtomicInteger()).incrementAndGet();
        Call call = new Call(target, fields, number, socket);
        calls.add(call);
        return call;
    }

    /** Returns the lines of a request's head, or an empty list at the end of the connection. */
    private static List<String> head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int last4 = 0;
        while (last4 != 0x0D0A0D0A) {
            int b = in.read();
            if (b < 0) {
                return List.of();
            }
            bytes.write(b);
            last4 = last4 << 8 | b;
        }
        return bytes.toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static void close(AutoCloseable what) {
        try {
            what.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        close(listener);
        connections.forEach(FakeOrigin::close);
        threads.shutdownNow();
        threads.close();
    }
}
