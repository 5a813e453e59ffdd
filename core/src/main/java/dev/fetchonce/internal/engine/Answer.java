package dev.fetchonce.internal.engine;

import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
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
     * @param trouble the failures of the URL or its origin, when it was served
     * @param status how the cache handled the request, in the words of RFC 9211
     */
    record Response(
            StoredResponse response,
            CacheKey key,
            Served served,
            long ageNanos,
            Optional<Trouble> trouble,
            CacheStatus status)
            implements Answer {
        /** Returns this answer with the failures for which it stands in, where its own URL has none. */
        public Response standingInFor(Optional<Trouble> other) {
            return trouble.isPresent() ? this : new Response(response, key, served, ageNanos, other, status);
        }

        /** Returns this answer, marked as stale if the redirect that led to it was stale. */
        public Response after(Response redirect) {
            return redirect.served().stale() && !served.stale()
                    ? new Response(response, key, redirect.served(), ageNanos, redirect.trouble(), status)
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

    /** An answer that is no success: the call has failed, or a backoff holds it back. */
    sealed interface Unsuccessful extends Answer {
        /** Returns the failure, of this call or of the calls before it. */
        Failure failure();

        /** Returns the failures of the URL or its origin, this one included where it counts. */
        Optional<Trouble> trouble();
    }

    /**
     * No response, because a backoff holds the call back.
     *
     * @param failure the last failure before the call
     */
    record Held(Failure failure, Optional<Trouble> trouble) implements Unsuccessful {}

    /**
     * No response, or a response that is a failure.
     *
     * @param answered the response that is the failure, or null when there is no response
     */
    record Failed(
            Failure failure,
            Optional<Trouble> trouble,
            @Nullable Response answered) implements Unsuccessful {}
}
