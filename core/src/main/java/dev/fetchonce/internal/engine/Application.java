package dev.fetchonce.internal.engine;

import java.net.http.HttpRequest;
import java.util.Map;
import java.util.function.UnaryOperator;

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
        HttpRequest request = builder.build();
        return policy.requests().map(requests -> changed(requests, request)).orElse(request);
    }

    /**
     * A request, changed as the application likes.
     *
     * @throws ApplicationFault when its code throws, or changes what it must not
     */
    static HttpRequest changed(UnaryOperator<HttpRequest> requests, HttpRequest request) {
        HttpRequest changed;
        try {
            changed = requests.apply(request);
        } catch (RuntimeException e) {
            throw ApplicationFault.threw("the requests function", e);
        }
        if (changed == null
                || !changed.method().equals(request.method())
                || !changed.uri().equals(request.uri())) {
            throw new ApplicationFault("the requests function of this cache changed the method or the URI of a request,"
                    + " or returned null");
        }
        return changed;
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
