package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.origin.UserCode;
import dev.fetchonce.internal.origin.UserCodeException;
import java.net.http.HttpRequest;
import java.util.Map;

/** Builds the requests to an origin. Pure, except for code of the application. */
final class OriginRequests {
    private OriginRequests() {}

    /**
     * Returns the request to the origin, with the changes of the application.
     *
     * @throws UserCodeException when its code throws, or makes a change that is not allowed
     */
    static HttpRequest request(CachePolicy policy, CacheRequest cacheRequest) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(cacheRequest.target().uri()).GET();
        cacheRequest.headers().map().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        cacheRequest.version().ifPresent(builder::version);
        HttpRequest request = builder.build();
        return policy.requestCustomizer()
                .map(requests -> UserCode.changed(requests, request))
                .orElse(request);
    }

    /** Returns the request with the conditions of a validation added. */
    static HttpRequest with(Map<String, String> conditions, HttpRequest request) {
        if (conditions.isEmpty()) {
            return request;
        }
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
        conditions.forEach(builder::setHeader);
        return builder.build();
    }
}
