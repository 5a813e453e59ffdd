package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.Assessment;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.internal.origin.BodyMode;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** By which rules answers are kept, and age. Thread-safe. */
public sealed interface FreshnessPolicy permits HttpFreshness, TtlFreshness {
    /** What an answer to this question is good for. */
    Assessment judge(CacheRequest ask, ExchangeResult.Answered answered, ReceiptTime received, boolean conditional);

    /**
     * The stored responses whose validators a request may carry.
     *
     * @param pinned what it would be answered with, or null
     * @param variants all that is stored for its URL
     */
    List<StoredResponse> candidates(@Nullable StoredResponse pinned, List<StoredResponse> variants);

    /** The life of a 206 that may be kept. */
    Optional<Validity> part(CacheRequest ask, HttpHeaders headers, ReceiptTime received);

    /** Why an answer with such a head is for the one who asked for it alone; empty where it is not. Must not throw. */
    Optional<Obstacle> forOne(CacheRequest ask, int status, HttpHeaders headers, Instant now);

    /** What is done with the body of an answer with such a head; must not throw. */
    BodyMode intake(CacheRequest ask, int status, HttpHeaders headers, Instant now);

    /** The stored response, confirmed by a 304 with these fields. */
    Renewal renewed(CacheRequest ask, StoredResponse stored, HttpHeaders notModified, ReceiptTime received);

    /** What of an answer to this question is kept. */
    StoredResponse stored(CacheRequest ask, StoredResponse response);

    /** For which requests an answer with these fields to such a request is selected. */
    VarySelection selection(HttpHeaders response, HttpHeaders request);

    /**
     * For which requests an answer is selected of whose fields none is seen.
     *
     * @param request the fields of the request that it answers
     * @return empty where such an answer is not stored
     */
    Optional<VarySelection> unseen(HttpHeaders request);

    /** What a request says about the answers it wants. */
    RequestDirectives directives(HttpHeaders request);

    /** For how long what can be validated is kept beyond any use of its own, in nanoseconds. */
    long keptForValidation();
}
