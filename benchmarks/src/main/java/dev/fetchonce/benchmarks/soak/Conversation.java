package dev.fetchonce.benchmarks.soak;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One connection to the {@link FaultyOrigin}. The mood of its URL decides how each request is answered. Used by one
 * thread.
 */
final class Conversation {
    private static final String CONDITION = "if-none-match: ";
    private static final int PIECES = 8;

    private final FaultyOrigin origin;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Begins on a connection that the origin has accepted and will close. */
    Conversation(FaultyOrigin origin, Socket socket) throws IOException {
        this.origin = origin;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /**
     * Answers until either side ends the connection.
     *
     * @throws IOException when the connection breaks, or ends between two requests
     */
    void run() throws IOException {
        try {
            while (!socket.isClosed()) {
                String head = head();
                Document document = origin.document(head.split(" ", 3)[1]);
                answer(document, head, origin.asked(document.path()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the origin closes
        }
    }

    private String head() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int lineBreaks = 0; lineBreaks < 4; ) { // CR LF CR LF
            int each = in.read();
            if (each < 0) {
                throw new EOFException("the client has gone");
            }
            bytes.write(each);
            lineBreaks = each == '\r' || each == '\n' ? lineBreaks + 1 : 0;
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private void answer(Document document, String head, Mood mood) throws IOException, InterruptedException {
        switch (mood) {
            case WELL -> write(good(document, head));
            case SLOW -> {
                Thread.sleep(origin.millis(20, 400));
                write(good(document, head));
            }
            case UNAVAILABLE -> write(empty("503 Service Unavailable", ""));
            case BUSY -> write(empty("503 Service Unavailable", retryAfter()));
            case GONE -> write(empty("404 Not Found", ""));
            case HANGS -> {
                while (in.read() >= 0) {
                    // until the client gives up
                }
                socket.close();
            }
            case RESETS -> FaultyOrigin.reset(socket);
            case DRIPS -> drip(good(document, head));
            case TRUNCATES -> truncate(good(document, head));
            case FLAPS -> throw new IllegalStateException("no mood for one request");
        }
    }

    /**
     * An answer.
     *
     * @param text all of it, in ASCII: a character is a byte
     * @param after the fate of the connection
     */
    private record Reply(String text, After after) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private enum After {
        GOES_ON,
        ENDS
    }

    private Reply good(Document document, String head) {
        if (origin.millis(0, 3) == 0) {
            document.publish();
        }
        long version = document.send();
        String etag = "\"" + version + "\"";
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains(CONDITION + etag)) {
            return new Reply("HTTP/1.1 304 Not Modified\r\nETag: " + etag + "\r\n\r\n", After.GOES_ON);
        }
        String body = Page.of(document.path(), version).json();
        String start = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: " + etag + "\r\n";
        return switch (origin.millis(0, 9)) {
            case 0 -> new Reply(start + "Connection: close\r\n\r\n" + body, After.ENDS);
            case 1, 2, 3 -> new Reply(start + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body), After.GOES_ON);
            default -> new Reply(start + "Content-Length: " + body.length() + "\r\n\r\n" + body, After.GOES_ON);
        };
    }

    private String chunked(String body) {
        int middle = body.length() / 2;
        return chunk(body.substring(0, middle)) + chunk(body.substring(middle)) + "0\r\n\r\n";
    }

    private static String chunk(String part) {
        return Integer.toHexString(part.length()) + "\r\n" + part + "\r\n";
    }

    private static Reply empty(String status, String fields) {
        return new Reply("HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: 0\r\n\r\n", After.GOES_ON);
    }

    private String retryAfter() {
        String when = origin.millis(0, 1) == 0
                ? "1"
                : DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.now().plusSeconds(2).atOffset(ZoneOffset.UTC));
        return "Retry-After: " + when + "\r\n";
    }

    private void write(Reply reply) throws IOException {
        out.write(reply.bytes());
        end(reply);
    }

    private void drip(Reply reply) throws IOException, InterruptedException {
        byte[] bytes = reply.bytes();
        for (int piece = 0; piece < PIECES; piece++) {
            int from = bytes.length * piece / PIECES;
            out.write(bytes, from, bytes.length * (piece + 1) / PIECES - from);
            Thread.sleep(origin.millis(1, 150));
        }
        end(reply);
    }

    private void truncate(Reply reply) throws IOException {
        out.write(reply.bytes(), 0, origin.millis(1, reply.text().length() - 1));
        if (origin.millis(0, 1) == 0) {
            FaultyOrigin.reset(socket);
        } else {
            socket.close();
        }
    }

    private void end(Reply reply) throws IOException {
        if (reply.after() == After.ENDS) {
            socket.close();
        }
    }
}
