package dev.fetchonce.benchmarks.origin;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on loopback that costs little, because both cores belong to the client. It answers as
 * {@link Asked} describes, with a virtual thread for each connection, and counts. Thread-safe.
 */
final class Origin {
    /** The connections that may wait to be accepted. Callers never connect in greater numbers at once. */
    private static final int BACKLOG = 16_384;

    private static final int LONGEST_HEAD = 8_192;

    private final ServerSocket socket;
    private final Bodies bodies = new Bodies();
    private final State state = new State();
    private final Ledger ledger = new Ledger();

    Origin() throws IOException {
        this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Serves until the process ends. */
    void serve() throws IOException {
        for (; ; ) {
            Socket client = socket.accept();
            Thread.startVirtualThread(() -> converse(client));
        }
    }

    private void converse(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] buffer = new byte[LONGEST_HEAD];
            for (int length = head(in, buffer); length > 0; length = head(in, buffer)) {
                Asked request = Asked.of(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                byte[] answer = request.control() ? told(request) : document(request);
                out.write(answer);
            }
        } catch (IOException | UncheckedIOException e) {
            // the client has closed the connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the head of the next request. No client here sends a request before it has the answer to the last. */
    private static int head(InputStream in, byte[] buffer) throws IOException {
        int length = 0;
        while (length < 4 || !ended(buffer, length)) {
            int read = in.read(buffer, length, buffer.length - length);
            if (read <= 0) {
                if (length == 0) {
                    return 0;
                }
                throw new EOFException("a head that does not end");
            }
            length += read;
        }
        return length;
    }

    private static boolean ended(byte[] buffer, int length) {
        return buffer[length - 4] == '\r' && buffer[length - 2] == '\r' && buffer[length - 1] == '\n';
    }

    private byte[] document(Asked request) throws InterruptedException {
        ledger.asked();
        boolean there = state.await(Kind.valueOf(request.kind().toUpperCase(Locale.ROOT)));
        byte[] answer = there ? found(request) : answer("503 Service Unavailable", "", new byte[0]);
        ledger.answered(answer.length);
        return answer;
    }

    private byte[] found(Asked request) {
        String fields = "Cache-Control: public, max-age=" + request.maxAge() + ", stale-if-error=86400\r\nETag: \""
                + request.id() + "\"\r\n";
        return request.conditional()
                ? answer("304 Not Modified", fields, null)
                : answer(
                        "200 OK",
                        fields + "Content-Type: application/json\r\n",
                        bodies.of(Integer.parseInt(request.bytes()), request.id()));
    }

    private static byte[] answer(String status, String fields, byte @Nullable [] body) {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        String length = body == null ? "" : "Content-Length: " + body.length + "\r\n";
        byte[] head = ("HTTP/1.1 " + status + "\r\nDate: " + date + "\r\n" + fields + length + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        if (body == null) {
            return head;
        }
        byte[] answer = new byte[head.length + body.length];
        System.arraycopy(head, 0, answer, 0, head.length);
        System.arraycopy(body, 0, answer, head.length, body.length);
        return answer;
    }

    /** Obeys a control request. The answer has the time on the clock that all processes of the machine share. */
    private byte[] told(Asked asked) {
        String word = asked.bytes();
        long now = System.nanoTime(); // read before a released client can do anything
        switch (word) {
            case "counts" -> {}
            case "reset" -> ledger.reset();
            case "hold" -> state.hold();
            case "release" -> state.release();
            default -> state.mood(Mood.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        String body = now + " " + ledger.counts().line();
        return answer("200 OK", "", body.getBytes(StandardCharsets.US_ASCII));
    }
}
