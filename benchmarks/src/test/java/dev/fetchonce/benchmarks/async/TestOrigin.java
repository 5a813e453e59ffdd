package dev.fetchonce.benchmarks.async;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An origin on loopback that answers by script, each connection on a virtual thread of its own. */
final class TestOrigin implements AutoCloseable {
    /** A script that answers one request. */
    interface Script {
        Answer answer(Asked request) throws Exception;
    }

    /** An answer of the origin. A {@code Content-Length} in its fields may differ from the length of the body. */
    record Answer(int status, String fields, String body) {}

    /** A request that has arrived. */
    record Asked(String path, List<String> fields, InputStream in) {
        /** Sends nothing, and waits for the client to end the connection. */
        Answer hang() throws IOException {
            while (in.read() >= 0) {
                // bytes of the client are ignored
            }
            throw new IOException("the client has gone");
        }

        boolean has(String field) {
            return fields.stream().anyMatch(field::equalsIgnoreCase);
        }
    }

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private volatile Script script;

    TestOrigin(Script script) {
        this.script = script;
        try {
            listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    static Answer json(String body, String... fields) {
        return new Answer(
                200,
                String.join("", List.of(fields).stream().map(f -> f + "\r\n").toList()),
                body);
    }

    static Answer status(int status, String... fields) {
        return new Answer(status, json("", fields).fields(), "");
    }

    void answers(Script next) {
        script = next;
    }

    String url(String path) {
        return "http://127.0.0.1:" + listener.getLocalPort() + path;
    }

    int requests() {
        return asked.size();
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    int connections() {
        return connections.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // the origin is closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
                Asked one = new Asked(head.getFirst().split(" ")[1], head.subList(1, head.size()), in);
                asked.add(one);
                Answer answer = script.answer(one);
                String length = answer.status() == 304
                        ? ""
                        : "Content-Length: " + answer.body().length() + "\r\n";
                String text =
                        "HTTP/1.1 " + answer.status() + " X\r\n" + answer.fields() + length + "\r\n" + answer.body();
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            }
        } catch (Exception e) {
            // the client has closed the connection, or the origin is closed
        } finally {
            connections.remove(socket);
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int last = 0;
        while (last != 0x0D0A0D0A) {
            int b = in.read();
            if (b < 0) {
                return List.of();
            }
            bytes.write(b);
            last = last << 8 | b;
        }
        return bytes.toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
