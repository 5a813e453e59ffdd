package dev.fetchonce.internal.engine;

import java.net.http.HttpRequest;
import java.util.Map;

/** The request that goes out, in which the application has a say. Pure but for that. */
final class Application {
    private Application() {}

    /**
     * The request for a question, changed as the application likes.
     *
     * @throws ApplicationFault when its code throws, or changes what it must not
     */
    static HttpRequest request(Policy policy, Ask ask) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(ask.target().uri()).GET();
        ask.headers().map().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        ask.version().ifPresent(builder::version);
        HttpRequest request;
        try {
            request = policy.requests().apply(builder.build());
        } catch (RuntimeException e) {
            throw ApplicationFault.threw("the requests function", e);
        }
        if (request == null
                || !request.method().equals("GET")
                || !request.uri().equals(ask.target().uri())) {
            throw new ApplicationFault("the requests function of this cache changed the method or the URI of a request,"
                    + " or returned null");
        }
        return request;
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
