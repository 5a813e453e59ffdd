package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.origin.UserCode;
import dev.fetchonce.internal.origin.UserCodeException;
import java.net.http.HttpRequest;
import java.util.Map;

/** The requests that go out to an origin. Pure but for code of the application. */
final class OriginRequests {
    private OriginRequests() {}

    /**
     * The request for a question, changed as the application likes.
     *
     * @throws UserCodeException when its code throws, or changes what it must not
     */
    static HttpRequest request(CachePolicy policy, CacheRequest ask) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(ask.target().uri()).GET();
        ask.headers().map().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        ask.version().ifPresent(builder::version);
        HttpRequest request = builder.build();
        return policy.requests()
                .map(requests -> UserCode.changed(requests, request))
                .orElse(request);
    }

    /** The same request with the conditions of a validation. */
    static HttpRequest with(Map<String, String> conditions, HttpRequest request) {
        if (conditions.isEmpty()) {
            return request;
        }
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
        conditions.forEach(builder::setHeader);
        return builder.build();
    }
}
