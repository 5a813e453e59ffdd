package dev.fetchonce;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.ResponseDecoder;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
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
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * A successful response (2xx) as one caller got it, and how the cache served it. Immutable and thread-safe. No use of
 * it affects the responses of other callers. It keeps its body on the heap, and stays valid after the cache drops the
 * response or is closed.
 */
public final class CachedResponse {
    private final ResponseDecoder decoder;
    private final Answer.Response given;
    private final StoredResponse response;

    CachedResponse(ResponseDecoder decoder, Answer.Response given) {
        this.decoder = decoder;
        this.given = given;
        this.response = given.response();
    }

    /**
     * Returns the status code.
     *
     * @return 200 to 299
     */
    public int status() {
        return response.status();
    }

    /**
     * Returns the stored header fields: without the fields of one connection (RFC 9111 §3.1), and updated by every 304.
     * A body that arrived in a content coding is decoded. Its Content-Encoding and Content-Length are left out then,
     * because they describe the encoded bytes and not {@link #bytes()}.
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
     * Returns the URL of the response in its normal form: the requested URL, or the target of its redirects.
     *
     * @return an absolute http or https URL without a fragment
     */
    public URI uri() {
        return response.uri();
    }

    /**
     * Returns the body as a JSON tree. The tree is decoded once for each stored response, shared by all callers, and
     * frozen. No public method of a node, or of a view that a node returns, changes it. {@link JsonNode#deepCopy()}
     * makes a private, mutable copy. A tree mostly takes two to five times the heap of its bytes, and counts in
     * {@link HttpCache.Builder#maximumBytes}.
     *
     * <p>While another thread decodes the body, the call waits for that thread. An interrupt does not end the wait and
     * stays pending.
     *
     * @return the tree; the null node for a body of {@code null}
     * @throws FetchException with {@link Reason#UNDECODABLE} when the body is empty, not JSON, or followed by other
     *     text; when it is in neither UTF-8 nor the single-byte charset that its Content-Type names; or when an object
     *     repeats a key. With {@link Reason#PATIENCE} when another thread decodes it for longer than
     *     {@link HttpCache.Builder#patience}
     */
    public JsonNode json() throws FetchException {
        return (JsonNode) bound(JsonNode.class);
    }

    /**
     * Returns the body bound to a class. The value is bound once for each stored response and class, and shared by all
     * callers. The class should therefore be immutable, such as a record. The call waits as {@link #json()} does.
     *
     * @param type the class
     * @param <T> the class
     * @return the value, never null
     * @throws FetchException with {@link Reason#UNDECODABLE} when the body is not JSON (as in {@link #json()}), is
     *     {@code null}, or does not fit the class; with {@link Reason#PATIENCE} as in {@link #json()}
     */
    @SuppressWarnings("unchecked") // a Class describes its T; Class.cast would refuse the primitive ones
    public <T> T as(Class<T> type) throws FetchException {
        return (T) bound(OptionChecks.given("type", type));
    }

    /**
     * Returns the body bound to a generic type, such as {@code new TypeReference<List<Flag>>() {}}. All callers share
     * the value, so no caller may change it. All else is as in {@link #as(Class)}.
     *
     * @param type the type
     * @param <T> the type
     * @return the value, never null
     * @throws FetchException as {@link #as(Class)}
     */
    @SuppressWarnings("unchecked") // a TypeReference describes its T
    public <T> T as(TypeReference<T> type) throws FetchException {
        return (T) bound(OptionChecks.given("type", type).getType());
    }

    private Object bound(Type type) throws FetchException {
        Deadline patience = decoder.patience();
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
            return decoder.value(response, given.key(), type, patience);
        } catch (UndecodableException e) {
            throw failed(response.undecodable(e));
        } catch (ContentCodings.CodingException e) {
            throw failed(response.uncodable(e));
        } catch (TimeoutException e) {
            throw failed(response.stillDecoding(type));
        }
    }

    private FetchException failed(Failure failure) {
        return FetchException.of(failure, uri(), trouble());
    }

    /**
     * Returns the body as the decoder of the caller decodes it. The cache remembers no value: every call decodes the
     * body again, on the calling thread, and the value belongs to the caller alone.
     *
     * @param decoder decodes the body
     * @param <T> the type of the value
     * @return the value of the decoder
     * @throws IOException the exception of the decoder
     */
    public <T> T decode(BodyDecoder<T> decoder) throws IOException {
        return OptionChecks.given("decoder", decoder).decode(stream());
    }

    /**
     * Returns the body.
     *
     * @return a copy, which belongs to the caller
     */
    public byte[] bytes() {
        return response.representation().coded() ? content() : content().clone();
    }

    /**
     * Returns a stream of the body, without a copy. The stream holds no connection and need not be closed.
     *
     * @return a new stream for each call, not thread-safe
     */
    public InputStream stream() {
        // The filter hides transferTo of the array stream, which would hand the shared array to the stream it writes
        // to.
        return new FilterInputStream(new ByteArrayInputStream(content())) {};
    }

    /**
     * Returns the body as text, in the charset that its Content-Type names. Without a known charset it is UTF-8. A body
     * that is UTF-8 and whose Content-Type says JSON is read as UTF-8, independent of the named charset (RFC 8259 §11).
     * Malformed bytes are replaced, and a byte order mark is left out. Every call decodes the body anew.
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
            throw new IllegalStateException("the content decoded on arrival and does not decode now", e);
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
     * Returns the age of the response when it was served: the time since it arrived from the origin or was last
     * confirmed. With {@link Freshness#http()} it is the current age (RFC 9111 §4.2.3), which adds the age at that
     * moment. The age of a {@linkplain HttpCache.Builder#seed seed} counts from {@link HttpCache.Builder#build()}. The
     * monotonic clock behind it includes the sleep of the machine.
     *
     * @return zero or more
     */
    public Duration age() {
        return Duration.ofNanos(given.ageNanos());
    }

    /**
     * Reports whether the response was stale: its age had reached its freshness lifetime.
     *
     * @return true when a stale response was served because no fresh one could be had, or when the response of a
     *     {@code peek} had expired
     */
    public boolean stale() {
        return given.served().stale();
    }

    /**
     * Returns how the cache served the response.
     *
     * @return how
     */
    public Served served() {
        return given.served();
    }

    /**
     * Returns how the cache handled the call, in the terms of RFC 9211.
     *
     * @return such as {@code Fetchonce; fwd=stale; fwd-status=304; stored; collapsed; ttl=59}. It says whether the call
     *     was a hit or why it went forward, and the status of the origin. It says whether the response was stored, and
     *     whether several callers shared the fetch. The {@code ttl} is the freshness left in seconds, negative for a
     *     stale response. For a response that was not stored, {@code detail} says why ({@code detail=no-store})
     */
    public String cacheStatus() {
        return given.status().text();
    }

    /**
     * Returns the trouble of the URL when the response was served: since when, how often and why its fetches have failed,
     * and the time of the next request. A response may have it while it is fresh, where an early renewal has failed.
     *
     * @return the trouble; empty when the last fetch did not fail and no backoff of the host forbids a request
     */
    public Optional<Trouble> trouble() {
        return given.trouble();
    }

    /**
     * Returns the status, the URL without its query and how the response was served, for logs.
     *
     * @return such as {@code 200 https://example.org/flags.json (HIT, 240 bytes)}
     */
    @Override
    public String toString() {
        return status() + " " + response.name() + " (" + served() + ", "
                + response.representation().length() + " bytes)";
    }
}
