package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.http.Jitter;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

/** What the application has a say in, asked and checked: the request that goes out, and how long its answer is fresh. */
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

    /**
     * How long an answer to this question is fresh, in nanoseconds; a part of that is left to chance.
     *
     * @throws ApplicationFault when its code throws, or returns null or a negative time
     */
    static long ttlNanos(Policy policy, Ask ask) {
        Duration ttl;
        try {
            ttl = policy.ttl().apply(ask.target().uri());
        } catch (RuntimeException e) {
            throw ApplicationFault.threw("the ttl function", e);
        }
        if (ttl == null || ttl.isNegative()) {
            throw new ApplicationFault("the ttl function of this cache returned " + ttl + "; it must be zero or more");
        }
        return Jitter.ttl(Deadline.nanosOf(ttl), policy.trouble().ttlJitter(), Math.random());
    }
}
