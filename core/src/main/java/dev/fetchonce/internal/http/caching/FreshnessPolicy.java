package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules by which responses are kept and age. Thread-safe. */
public interface FreshnessPolicy {
    /**
     * Returns the assessment of a response to this request.
     *
     * @param conditional whether the request carried the conditions of a stored response
     */
    Assessment judge(
            RequestContext request, int status, HttpHeaders response, ReceiptTime received, boolean conditional);

    /**
     * Returns the stored responses whose validators a request may carry.
     *
     * @param pinned the stored response that the request selects, or null
     * @param variants all stored responses of its URL
     */
    List<StoredResponse> candidates(@Nullable StoredResponse pinned, List<StoredResponse> variants);

    /** Returns the validity of a 206 that may be kept; empty when it must not be kept. */
    Optional<Validity> part(RequestContext request, HttpHeaders headers, ReceiptTime received);

    /** Returns why a response with such a head is for its own caller only; empty when it is not. Must not throw. */
    Optional<Obstacle> forOne(RequestContext request, int status, HttpHeaders headers, Instant now);

    /** Returns the stored response, renewed by a 304 with these fields. */
    Renewal renewed(RequestContext request, StoredResponse stored, HttpHeaders notModified, ReceiptTime received);

    /** Returns the form of a response to this request that is kept. */
    StoredResponse stored(RequestContext request, StoredResponse response);

    /** Returns the requests for which a response with these fields to such a request is selected. */
    VarySelection selection(HttpHeaders response, HttpHeaders request);

    /**
     * Returns the requests for which a response with unreadable fields is selected.
     *
     * @param request the fields of the request that it answers
     * @return empty when such a response is not stored
     */
    Optional<VarySelection> unseen(HttpHeaders request);

    /** Returns the directives of a request about the responses it accepts. */
    RequestDirectives directives(HttpHeaders request);

    /** Returns how long a response with a validator is kept beyond any other use, in nanoseconds. */
    long keptForValidation();

    /** Returns how long a response can be of use after its arrival, in nanoseconds. */
    default long usefulNanos(StoredResponse response) {
        return Math.max(response.validity().usefulNanos(Deadline.LONGEST), keptForValidation());
    }
}
