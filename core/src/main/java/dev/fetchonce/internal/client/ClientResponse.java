package dev.fetchonce.internal.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body went through the handler of the caller.
 *
 * @param request the last request, after redirects
 * @param head its status, fields and version
 * @param sslSession the session of the connection on which the origin sent the response, perhaps long ago
 * @param previousResponse the redirect that led to it
 * @param body the value of the handler; null where the handler made null
 * @param <T> the type of the value
 */
public record ClientResponse<T extends @Nullable Object>(
        HttpRequest request,
        HttpResponse.ResponseInfo head,
        Optional<SSLSession> sslSession,
        Optional<HttpResponse<T>> previousResponse,
        T body)
        implements HttpResponse<T> {
    @Override
    public URI uri() {
        return request.uri();
    }

    @Override
    public int statusCode() {
        return head.statusCode();
    }

    @Override
    public HttpHeaders headers() {
        return head.headers();
    }

    @Override
    public HttpClient.Version version() {
        return head.version();
    }

    /** Returns the text that the JDK's response has. */
    @Override
    public String toString() {
        return "(" + request.method() + " " + request.uri() + ") " + statusCode();
    }
}
