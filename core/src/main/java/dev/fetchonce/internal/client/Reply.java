package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.http.caching.Preconditions;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.range.ByteRange;
import dev.fetchonce.internal.http.range.ContentRange;
import dev.fetchonce.internal.http.range.MultipartRanges;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.BodyDelivery;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The reply to one caller: a status, fields, and the way to a body. It evaluates the conditions and the range of the
 * caller against the response (RFC 9111 §4.3.2, RFC 9110 §13.2.2, §14.2).
 *
 * @param head the status and the fields
 * @param connection the connection on which the origin sent the response, perhaps long ago
 * @param body the body, which must be attached or abandoned
 */
record Reply(HttpResponse.ResponseInfo head, ConnectionInfo connection, BodyDelivery body) {
    private static final byte[] NOTHING = new byte[0];

    /** Returns the reply from a whole response. */
    static Reply of(HttpRequest request, Answer.Response given) {
        StoredResponse response = given.response();
        if (Preconditions.evaluate(request.headers(), response) instanceof Preconditions.NotModified same) {
            return of(304, same::headers, given, NOTHING);
        }
        byte[] body = response.representation().wire();
        if (request.method().equals("HEAD")) {
            return of(response.status(), response::headers, given, NOTHING);
        }
        return switch (ByteRange.of(request.headers(), response)) {
            case ByteRange.Whole whole -> of(response.status(), response::headers, given, body);
            case ContentRange part ->
                of(
                        206,
                        () -> part.headers(response.headers()),
                        given,
                        Arrays.copyOfRange(body, (int) part.first(), (int) part.last() + 1));
            case ByteRange.Several several -> {
                MultipartRanges parts = MultipartRanges.of(response, several.parts());
                yield of(206, parts::headers, given, parts.body());
            }
            case ByteRange.Unsatisfiable none -> of(416, none::headers, given, NOTHING);
        };
    }

    /**
     * Returns the reply from a response that is delivered as it is read; a caller that has the response gets no body.
     */
    static Reply of(HttpRequest request, Answer.Streaming live) {
        if (Preconditions.evaluate(request.headers(), live.code(), live.headers(), live.at())
                instanceof Preconditions.NotModified same) {
            live.body().abandon(new IOException("the caller has this response already"));
            return of(304, same.headers(), live.status(), live.connection(), BodyDelivery.of(NOTHING));
        }
        return of(live.code(), live.headers(), live.status(), live.connection(), live.body());
    }

    /** Returns the reply 504 to a request that allows no request to the origin (RFC 9111 §5.2.1.7). */
    static Reply gatewayTimeout(CacheStatus status) {
        HttpHeaders none = HttpHeaders.of(Map.of("Content-Length", List.of("0")), (name, value) -> true);
        ConnectionInfo nothing = new ConnectionInfo(HttpClient.Version.HTTP_1_1, null);
        return of(504, none, status, nothing, BodyDelivery.of(NOTHING));
    }

    private static Reply of(
            int status, HttpHeaders headers, CacheStatus handled, ConnectionInfo connection, BodyDelivery body) {
        return new Reply(new BodyReplay.Head(status, told(headers, handled), connection.version()), connection, body);
    }

    private static Reply of(int status, Supplier<HttpHeaders> headers, Answer.Response given, byte[] body) {
        ConnectionInfo connection = given.response().connection();
        var head = new LazyHead(status, connection.version(), () -> told(headers.get(), given));
        return new Reply(head, connection, BodyDelivery.of(body));
    }

    private static HttpHeaders told(HttpHeaders headers, Answer.Response given) {
        return fromStore(given)
                ? with(headers, handling(headers, given.status()), Map.entry("Age", age(given)))
                : told(headers, given.status());
    }

    /**
     * Returns the fields with a Cache-Status of this cache, after those of caches nearer to the origin (RFC 9211 §2).
     */
    static HttpHeaders told(HttpHeaders headers, CacheStatus status) {
        return with(headers, handling(headers, status));
    }

    private static Map.Entry<String, String> handling(HttpHeaders headers, CacheStatus status) {
        return Map.entry("Cache-Status", status.appended(headers.allValues("cache-status")));
    }

    private static String age(Answer.Response given) {
        return Long.toString(TimeUnit.NANOSECONDS.toSeconds(given.ageNanos()));
    }

    /** Reports whether the origin neither sent nor confirmed the response for this very call (RFC 9111 §4). */
    private static boolean fromStore(Answer.Response given) {
        return switch (given.served()) {
            case FETCHED, REVALIDATED -> false;
            case HIT, COLLAPSED, STALE, STALE_ERROR, STALE_BACKOFF, STALE_PATIENCE, STALE_WHILE_REVALIDATE -> true;
        };
    }

    @SafeVarargs
    private static HttpHeaders with(HttpHeaders headers, Map.Entry<String, String>... ours) {
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(headers.map());
        for (Map.Entry<String, String> field : ours) {
            fields.remove(field.getKey()); // the name then has the spelling of this field
            fields.put(field.getKey(), List.of(field.getValue()));
        }
        return HttpHeaders.of(fields, (each, its) -> true);
    }
}
