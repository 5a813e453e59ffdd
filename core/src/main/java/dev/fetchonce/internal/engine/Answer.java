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

/** What the engine answers to one caller; each face says it in its own language. */
public sealed interface Answer {
    /**
     * A response.
     *
     * @param response what is served; it need not be stored any more
     * @param key under what it is, or would be, stored
     * @param served how it came to be the answer
     * @param ageNanos its age when it was served
     * @param errors how many fetches had failed in a row since it was stored
     * @param nextAttempt when the origin will be asked again at the earliest, on the wall clock; empty when now
     * @param status how it was handled, in the words of RFC 9211
     */
    record Response(
            StoredResponse response,
            CacheKey key,
            Served served,
            long ageNanos,
            int errors,
            Optional<Instant> nextAttempt,
            CacheStatus status)
            implements Answer {
        /** The same, but stale if the redirect that led to it was. */
        public Response after(Response redirect) {
            return redirect.served().stale() && !served.stale()
                    ? new Response(
                            response,
                            key,
                            redirect.served(),
                            ageNanos,
                            redirect.errors(),
                            redirect.nextAttempt(),
                            status)
                    : this;
        }
    }

    /**
     * A response that comes as it is read, for this caller alone.
     *
     * @param target what was asked for
     * @param code the status code
     * @param at when it came, on the wall clock
     * @param body the way to its body, which is the caller's to attach or abandon
     * @param status how it was handled, in the words of RFC 9211
     */
    record Streaming(
            TargetUri target,
            int code,
            HttpHeaders headers,
            ConnectionInfo transport,
            Instant at,
            BodyDelivery body,
            CacheStatus status)
            implements Answer {}

    /**
     * No response, or one that is a failure.
     *
     * @param nextAttempt when the origin will be asked again at the earliest, on the wall clock; empty when now
     * @param answered the response that is the failure, where there is one
     */
    record Failed(
            Failure failure,
            Optional<Instant> nextAttempt,
            @Nullable Response answered) implements Answer {}
}
