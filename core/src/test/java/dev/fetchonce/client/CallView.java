package dev.fetchonce.client;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * The view that a caller of an {@link java.net.http.HttpClient} has of a call. It is text, so that a test can compare
 * two clients.
 */
final class CallView {
    /**
     * The fields that are not compared. The cache adds some of them, and some concern one connection (RFC 9111 §3.1).
     * The JDK's client also leaves the status among the fields of an HTTP/2 response.
     */
    private static final Set<String> NOT_COMPARED = Set.of(
            "age",
            "cache-status",
            ":status",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private CallView() {}

    /**
     * Returns the view of a response.
     *
     * @param body the fate of its body
     */
    static String of(HttpResponse<?> response, String body) {
        StringJoiner seen = new StringJoiner("\n");
        seen.add(response.toString());
        seen.add("status " + response.statusCode() + ", " + response.version());
        seen.add("uri " + response.uri());
        seen.add("request " + of(response.request()));
        seen.add("TLS "
                + response.sslSession()
                        .map(session -> session.getProtocol() + " " + session.getPeerHost())
                        .orElse("none"));
        seen.add("headers " + of(response.headers()));
        seen.add("body " + body);
        response.previousResponse()
                .ifPresent(previous -> seen.add("after " + of(previous, String.valueOf(previous.body()))));
        return seen.toString();
    }

    private static String of(HttpRequest request) {
        return request.method() + " " + request.uri() + " " + request.version() + " " + request.timeout() + " "
                + request.expectContinue() + " "
                + request.bodyPublisher()
                        .map(HttpRequest.BodyPublisher::contentLength)
                        .orElse(0L) + " "
                + request.headers().map();
    }

    /** Returns the fields with the spelling of their names, because a caller sees it. */
    private static String of(HttpHeaders headers) {
        Map<String, Object> compared = new TreeMap<>();
        headers.map().forEach((name, values) -> {
            if (!NOT_COMPARED.contains(name.toLowerCase(Locale.ROOT))) {
                compared.put(name, values);
            }
        });
        return compared.toString();
    }

    /** Returns the view of an exception: its type, without its message. */
    static String of(Throwable thrown) {
        return thrown.getClass().getName();
    }
}
