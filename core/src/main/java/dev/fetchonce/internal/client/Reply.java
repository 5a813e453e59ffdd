package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.http.caching.Preconditions;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.range.ByteRange;
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
 * What one caller is told: a status, fields, and the way to a body. The caller's own conditions and its range are evaluated
 * here, against the response that answers it (RFC 9111 §4.3.2, RFC 9110 §13.2.2, §14.2).
 *
 * @param head status and fields
 * @param transport over what the origin sent it, whenever that was
 * @param body to be attached or abandoned
 */
record Reply(HttpResponse.ResponseInfo head, ConnectionInfo transport, BodyDelivery body) {
    private static final byte[] NOTHING = new byte[0];

    /** The reply from a response that is whole. */
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
            case ByteRange.Part part ->
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

    /** The reply from a response that comes as it is read: not at all to who has it. */
    static Reply of(HttpRequest request, Answer.Streaming live) {
        if (Preconditions.evaluate(request.headers(), live.code(), live.headers(), live.at())
                instanceof Preconditions.NotModified same) {
            live.body().abandon(new IOException("the caller has the body"));
            return of(304, same.headers(), live.status(), live.transport(), BodyDelivery.of(NOTHING));
        }
        return of(live.code(), live.headers(), live.status(), live.transport(), live.body());
    }

    /** The reply where the origin would have to be asked, and the request does not want that (RFC 9111 §5.2.1.7). */
    static Reply gatewayTimeout(CacheStatus status) {
        HttpHeaders none = HttpHeaders.of(Map.of("Content-Length", List.of("0")), (name, value) -> true);
        ConnectionInfo nothing = new ConnectionInfo(HttpClient.Version.HTTP_1_1, null);
        return of(504, none, status, nothing, BodyDelivery.of(NOTHING));
    }

    private static Reply of(
            int status, HttpHeaders headers, CacheStatus handled, ConnectionInfo transport, BodyDelivery body) {
        return new Reply(new BodyReplay.Head(status, told(headers, handled), transport.version()), transport, body);
    }

    private static Reply of(int status, Supplier<HttpHeaders> headers, Answer.Response given, byte[] body) {
        ConnectionInfo transport = given.response().transport();
        var head = new LazyHead(status, transport.version(), () -> told(headers.get(), given));
        return new Reply(head, transport, BodyDelivery.of(body));
    }

    private static HttpHeaders told(HttpHeaders headers, Answer.Response given) {
        return fromStore(given)
                ? with(headers, handling(headers, given.status()), Map.entry("Age", age(given)))
                : told(headers, given.status());
    }

    /** The fields, with how this cache handled the request after what caches further up say (RFC 9211 §2). */
    static HttpHeaders told(HttpHeaders headers, CacheStatus status) {
        return with(headers, handling(headers, status));
    }

    private static Map.Entry<String, String> handling(HttpHeaders headers, CacheStatus status) {
        return Map.entry("Cache-Status", status.appended(headers.allValues("cache-status")));
    }

    private static String age(Answer.Response given) {
        return Long.toString(TimeUnit.NANOSECONDS.toSeconds(given.ageNanos()));
    }

    /** Whether the origin has neither sent nor confirmed it for this very call (RFC 9111 §4). */
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
            fields.remove(field.getKey()); // so that the name is spelled like this
            fields.put(field.getKey(), List.of(field.getValue()));
        }
        return HttpHeaders.of(fields, (each, its) -> true);
    }
}
