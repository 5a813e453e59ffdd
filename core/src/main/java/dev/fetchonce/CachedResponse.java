package dev.fetchonce;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.json.CharsetParameter;
import dev.fetchonce.internal.json.JsonCharset;
import dev.fetchonce.internal.json.UndecodableException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * A successful response (2xx) as one caller got it, and how it came to be the answer. Immutable and thread-safe; nothing
 * that can be done with it changes what other callers get. It keeps its body alive, and stays valid after the cache has
 * dropped the response or was closed.
 */
public final class CachedResponse {
    private final Engine engine;
    private final Answer.Response given;
    private final StoredResponse response;

    CachedResponse(Engine engine, Answer.Response given) {
        this.engine = engine;
        this.given = given;
        this.response = given.response();
    }

    /**
     * The status code.
     *
     * @return 200 to 299
     */
    public int status() {
        return response.status();
    }

    /**
     * The header fields as they are stored: without those of one connection (RFC 9111 §3.1), and updated by every 304. Where
     * the body came in a content coding, without Content-Encoding and Content-Length, as they describe what came and not
     * what {@link #bytes()} and the others give.
     *
     * @return the fields
     */
    public HttpHeaders headers() {
        return response.representation().coded()
                ? HttpHeaders.of(response.headers().map(), (name, value) -> !ofCoding(name))
                : response.headers();
    }

    private static boolean ofCoding(String name) {
        return name.equalsIgnoreCase("content-encoding") || name.equalsIgnoreCase("content-length");
    }

    /**
     * The URL that answered, in its normal form: the one that was asked, or where its redirects led.
     *
     * @return an absolute http or https URL without a fragment
     */
    public URI uri() {
        return response.uri();
    }

    /**
     * The body as a JSON tree. It is decoded once for each stored response, shared by all callers, and frozen: no public
     * method of a node, or of a view that a node returns, changes it. {@link JsonNode#deepCopy()} gives a private copy
     * that can be changed. A tree mostly takes two to five times the heap of its bytes, counted in the cache's bound.
     *
     * <p>Where another thread decodes it at this moment, waits for that one; an interrupt does not end that wait, and stays
     * pending.
     *
     * @return the tree; a body of {@code null} gives the null node
     * @throws FetchException with {@link Reason#UNDECODABLE} when the body is empty, not JSON, followed by something
     *     else, neither UTF-8 nor of a charset of one byte a character that its Content-Type names, or names a key twice; with {@link Reason#PATIENCE} when another thread decodes it for longer
     *     than {@link HttpCache.Builder#patience}
     */
    public JsonNode json() throws FetchException {
        return (JsonNode) bound(JsonNode.class);
    }

    /**
     * The body bound to a class. It is bound once for each stored response and class and shared by all callers: use
     * immutable types, such as records.
     *
     * @param type the class
     * @param <T> the class
     * @return the value
     * @throws FetchException with {@link Reason#UNDECODABLE} when the body is not JSON ({@link #json()} says when), is
     *     {@code null}, or does not fit the class; with {@link Reason#PATIENCE} as there
     */
    @SuppressWarnings("unchecked") // a Class describes its T; Class.cast would refuse the primitive ones
    public <T> T as(Class<T> type) throws FetchException {
        return (T) bound(OptionChecks.given("type", type));
    }

    /**
     * The body bound to a generic type, such as {@code new TypeReference<List<Flag>>() {}}. Otherwise as
     * {@link #as(Class)}: the value is shared by all callers, so it must not be changed.
     *
     * @param type the type
     * @param <T> the type
     * @return the value
     * @throws FetchException as {@link #as(Class)}
     */
    @SuppressWarnings("unchecked") // a TypeReference describes its T
    public <T> T as(TypeReference<T> type) throws FetchException {
        return (T) bound(OptionChecks.given("type", type).getType());
    }

    private Object bound(Type type) throws FetchException {
        Deadline patience = engine.patience();
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return bound(type, patience);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    Object bound(Type type, Deadline patience) throws FetchException, InterruptedException {
        try {
            return engine.decoded(response, given.key(), type, patience);
        } catch (UndecodableException e) {
            throw FetchException.of(response.undecodable(e));
        } catch (ContentCodings.CodingException e) {
            throw FetchException.of(response.uncodable(e));
        } catch (TimeoutException e) {
            throw FetchException.of(response.stillDecoding(type));
        }
    }

    /**
     * The body decoded by the caller's own means. Nothing is remembered: every call decodes again, and the value is the
     * caller's alone.
     *
     * @param decoder what decodes it, on this thread
     * @param <T> the values
     * @return what the decoder returned
     * @throws IOException what the decoder threw
     */
    public <T> T decode(BodyDecoder<T> decoder) throws IOException {
        return OptionChecks.given("decoder", decoder).decode(stream());
    }

    /**
     * The body.
     *
     * @return a copy that is the caller's own
     */
    public byte[] bytes() {
        return response.representation().coded() ? content() : content().clone();
    }

    /**
     * The body to be read without a copy. It holds no connection and need not be closed.
     *
     * @return a stream of its own for each call, not thread-safe
     */
    public InputStream stream() {
        // Filtered, as the array stream's own transferTo hands the shared array to whatever stream it writes to.
        return new FilterInputStream(new ByteArrayInputStream(content())) {};
    }

    /**
     * The body as text, in the charset that its Content-Type names, or UTF-8 where that names none that is known. What says
     * that it is JSON, and is UTF-8, is read as that whatever charset is named (RFC 8259 §11). What is malformed is replaced;
     * a byte order mark is left out. Decoded anew by every call.
     *
     * @return the text
     */
    public String text() {
        byte[] content = content();
        String text = new String(content, charset(content));
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private byte[] content() {
        try {
            return response.representation().content();
        } catch (ContentCodings.CodingException e) {
            throw new IllegalStateException("the content decoded when it came, and does not any more", e);
        }
    }

    private Charset charset(byte[] content) {
        if (response.representation().saysJson()) {
            try {
                return JsonCharset.of(content, response.representation().contentType());
            } catch (UndecodableException e) {
                return named();
            }
        }
        return named();
    }

    private Charset named() {
        for (String name : CharsetParameter.of(response.representation().contentType())) {
            try {
                return Charset.forName(name);
            } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
                return StandardCharsets.UTF_8;
            }
        }
        return StandardCharsets.UTF_8;
    }

    /**
     * How old the response was when it was served: the time since it came from the origin or was last confirmed by it,
     * on a monotonic clock that counts the sleep of the machine.
     *
     * @return zero or more
     */
    public Duration age() {
        return Duration.ofNanos(given.ageNanos());
    }

    /**
     * Whether it was served although it was older than its TTL.
     *
     * @return whether a fresh answer could not be had, or, of what was peeked at, whether it had expired
     */
    public boolean stale() {
        return given.served().stale();
    }

    /**
     * How it came to be the answer.
     *
     * @return how
     */
    public Served served() {
        return given.served();
    }

    /**
     * How the cache handled the call, in the words of RFC 9211.
     *
     * @return such as {@code Fetchonce; fwd=stale; fwd-status=304; stored; collapsed; ttl=59}: whether it was a hit or why it
     *     went forward, the origin's status, whether the answer was stored, whether it was fetched for several, and for how
     *     many seconds it was fresh yet; negative when it was stale. What is not stored says why ({@code detail=no-store})
     */
    public String cacheStatus() {
        return given.status().text();
    }

    /**
     * How many fetches of it had failed in a row when it was served; those that failed together count once.
     *
     * @return zero when the last one did not fail
     */
    public int consecutiveFailures() {
        return given.errors();
    }

    /**
     * When the origin will be asked for it again at the earliest.
     *
     * @return the time on the wall clock; empty when the next call that finds it stale may ask, or is
     *     asking just now
     */
    public Optional<Instant> nextAttempt() {
        return given.nextAttempt();
    }

    /**
     * Names status, origin and how it was served, for logs.
     *
     * @return such as {@code 200 https://example.org (HIT, 240 bytes)}
     */
    @Override
    public String toString() {
        return status() + " " + response.origin() + " (" + served() + ", "
                + response.representation().length() + " bytes)";
    }
}
