package dev.fetchonce.examples;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A document of a {@link LoopbackOrigin}, with the origin's counts of it. Thread-safe. */
public final class Document {
    private final String path;
    private final LongAdder requests = new LongAdder();
    private final LongAdder notModified = new LongAdder();
    private final LongAdder bodyBytes = new LongAdder();
    private volatile Version version = new Version("application/octet-stream", new byte[0]);
    private volatile @Nullable String cacheControl; // null for responses without the field

    Document(String path) {
        this.path = path;
    }

    /** Returns the path, from the first slash on. */
    public String path() {
        return path;
    }

    /** Returns the length of the present body, in bytes. */
    public int size() {
        return version.body.length;
    }

    /** Returns the number of requests that have reached the origin. */
    public long requests() {
        return requests.sum();
    }

    /** Returns the number of requests that the origin answered with 304 Not Modified. */
    public long notModified() {
        return notModified.sum();
    }

    /** Returns the number of body bytes that the origin has sent. */
    public long bodyBytes() {
        return bodyBytes.sum();
    }

    /**
     * Sets the Cache-Control field of the responses from now on.
     *
     * @param directives the value of Cache-Control, such as {@code max-age=60}
     * @return this document
     */
    public Document cacheControl(String directives) {
        cacheControl = directives;
        return this;
    }

    void become(String contentType, String text) {
        version = new Version(contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    void counted() {
        requests.increment();
    }

    void answer(HttpExchange exchange) throws IOException {
        Version now = version;
        exchange.getResponseHeaders().set("ETag", now.etag);
        String directives = cacheControl;
        if (directives != null) {
            exchange.getResponseHeaders().set("Cache-Control", directives);
        }
        if (now.etag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            notModified.increment();
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", now.contentType);
        bodyBytes.add(now.body.length);
        exchange.sendResponseHeaders(200, now.body.length == 0 ? -1 : now.body.length);
        exchange.getResponseBody().write(now.body);
    }

    /** A version of the document. Its ETag is strong: it changes with every byte. */
    private static final class Version {
        private final String contentType;
        private final byte[] body;
        private final String etag;

        Version(String contentType, byte[] body) {
            this.contentType = contentType;
            this.body = body;
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
                this.etag = '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
    }
}
