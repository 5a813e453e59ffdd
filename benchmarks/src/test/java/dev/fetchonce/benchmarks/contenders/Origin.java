package dev.fetchonce.benchmarks.contenders;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * An origin on loopback with a document at each path. The head of a response says how long it is fresh. Tests can hold
 * the origin and make it fail. It uses raw sockets and a platform thread for each connection, because before JDK 24 a
 * contender may hold all carriers of virtual threads.
 */
final class Origin implements AutoCloseable {
    private static final CountDownLatch OPEN = new CountDownLatch(0);
    private static final byte[] NOTHING = {};

    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger conditional = new AtomicInteger();
    private volatile CountDownLatch latch = OPEN;
    private volatile boolean failing;
    private volatile String freshness = "max-age=3600";

    Origin() throws IOException {
        listener = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** Returns the URL of a document. */
    String url(int id) {
        return "http://localhost:" + listener.getLocalPort() + "/documents/" + id;
    }

    /** Returns the document of a URL, of about 1 KB. */
    static Document document(int id) {
        return new Document(
                "" + id, "document " + id, true, Map.of("limit", id), List.of(("host-" + id + ' ').repeat(90)));
    }

    /** Returns the document as JSON. */
    static byte[] json(int id) {
        return JsonMapper.shared().writeValueAsBytes(document(id));
    }

    /** Returns the number of requests. */
    int requests() {
        return requests.get();
    }

    /** Returns the number of conditional requests. */
    int conditional() {
        return conditional.get();
    }

    /** Makes responses stale on arrival. Caches may still keep them, and they may stand in after a failure. */
    void expireAtOnce() {
        freshness = "public, max-age=0, stale-if-error=600";
    }

    /** Answers every request with a 503 from now on. */
    void fail() {
        failing = true;
    }

    /** Answers no request from now on. */
    void hold() {
        latch = new CountDownLatch(1);
    }

    /** Answers all requests again. */
    void release() {
        latch.countDown();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (Socket socket = connection) {
            socket.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = in.readLine();
            while (line != null) {
                List<String> fields =
                        in.lines().takeWhile(field -> !field.isEmpty()).toList();
                answer(line.split(" ")[1], fields, socket.getOutputStream());
                line = in.readLine();
            }
        } catch (IOException | UncheckedIOException e) {
            // The client has closed the connection, or the test is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private void answer(String path, List<String> fields, OutputStream out) throws IOException, InterruptedException {
        boolean asksForChanges =
                fields.stream().anyMatch(field -> field.toLowerCase().startsWith("if-none-match:"));
        if (asksForChanges) {
            conditional.incrementAndGet();
        }
        requests.incrementAndGet();
        latch.await();
        byte[] body = json(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
        if (failing) {
            send("503 Service Unavailable", "Content-Length: 0\r\n", NOTHING, out);
        } else if (asksForChanges) {
            send("304 Not Modified", known(), NOTHING, out);
        } else {
            String content = "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n";
            send("200 OK", known() + content, body, out);
        }
    }

    private String known() {
        return "Cache-Control: " + freshness + "\r\nETag: \"1\"\r\n";
    }

    private static void send(String status, String fields, byte[] body, OutputStream out) throws IOException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        String head = "HTTP/1.1 " + status + "\r\nDate: " + date + "\r\n" + fields + "\r\n";
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        whole.writeBytes(body);
        out.write(whole.toByteArray());
    }

    @Override
    public void close() throws IOException {
        release();
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
