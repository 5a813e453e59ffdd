package dev.fetchonce.benchmarks.soak;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * An answer of an origin.
 *
 * @param text all of it, in ASCII: a character is a byte
 * @param after the fate of the connection
 */
record Reply(String text, After after) {
    /** The fate of a connection after an answer. */
    enum After {
        /** The next request may come. */
        GOES_ON,

        /** The origin closes. */
        ENDS
    }

    /** Returns the bytes on the wire. */
    byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Returns an answer without a body.
     *
     * @param fields header fields, each with its line break
     */
    static Reply empty(String status, String fields) {
        return new Reply("HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: 0\r\n\r\n", After.GOES_ON);
    }

    /** Returns the answer with the current version of a document, sometimes a new one, in one of several framings. */
    static Reply good(Document document, Request request, Random random) {
        if (random.nextInt(4) == 0) {
            document.publish();
        }
        long version = document.send();
        String etag = "\"" + version + "\"";
        if (request.condition().equals(etag)) {
            return new Reply("HTTP/1.1 304 Not Modified\r\nETag: " + etag + "\r\n\r\n", After.GOES_ON);
        }
        String body = Page.of(document.path(), version).json();
        String start = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: " + etag + "\r\n";
        return switch (random.nextInt(10)) {
            case 0 -> new Reply(start + "Connection: close\r\n\r\n" + body, After.ENDS);
            case 1, 2, 3 -> new Reply(start + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body), After.GOES_ON);
            default -> new Reply(start + "Content-Length: " + body.length() + "\r\n\r\n" + body, After.GOES_ON);
        };
    }

    private static String chunked(String body) {
        int middle = body.length() / 2;
        return chunk(body.substring(0, middle)) + chunk(body.substring(middle)) + "0\r\n\r\n";
    }

    private static String chunk(String part) {
        return Integer.toHexString(part.length()) + "\r\n" + part + "\r\n";
    }
}
