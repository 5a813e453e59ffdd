package dev.fetchonce.internal.engine;

import dev.fetchonce.Served;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.BodyDelivery;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The answer of the engine to one caller; each API translates it into its own types. */
public sealed interface Answer {
    /**
     * A response.
     *
     * @param response the response served; it need not be stored any more
     * @param key the key under which the response is, or would be, stored
     * @param served how the response became the answer
     * @param ageNanos its age when it was served
     * @param consecutiveFailures the number of consecutive failures since it was stored
     * @param nextAttempt the earliest time at which a request to the origin is allowed, on the wall clock; empty when
     *     it is allowed now
     * @param status how the cache handled the request, in the words of RFC 9211
     */
    record Response(
            StoredResponse response,
            CacheKey key,
            Served served,
            long ageNanos,
            int consecutiveFailures,
            Optional<Instant> nextAttempt,
            CacheStatus status)
            implements Answer {
        /** Returns this answer, marked as stale if the redirect that led to it was stale. */
        public Response after(Response redirect) {
            return redirect.served().stale() && !served.stale()
                    ? new Response(
                            response,
                            key,
                            redirect.served(),
                            ageNanos,
                            redirect.consecutiveFailures(),
                            redirect.nextAttempt(),
                            status)
                    : this;
        }
    }

    /**
     * A response whose body arrives while its one caller reads it.
     *
     * @param target the URL of the request
     * @param code the status code
     * @param at the time of arrival, on the wall clock
     * @param body the delivery of the body; the caller attaches or abandons it
     * @param status how the cache handled the request, in the words of RFC 9211
     */
    record Streaming(
            TargetUri target,
            int code,
            HttpHeaders headers,
            ConnectionInfo connection,
            Instant at,
            BodyDelivery body,
            CacheStatus status)
            implements Answer {}

    /**
     * No response, or a response that is a failure.
     *
     * @param nextAttempt the earliest time at which a request to the origin is allowed, on the wall clock; empty when
     *     it is allowed now
     * @param answered the response that is the failure, or null when there is no response
     */
    record Failed(
            Failure failure,
            Optional<Instant> nextAttempt,
            @Nullable Response answered) implements Answer {}
}
