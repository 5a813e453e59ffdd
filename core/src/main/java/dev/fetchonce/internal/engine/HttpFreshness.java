package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.Assessment;
import dev.fetchonce.internal.http.caching.HttpCachingRules;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.caching.Validators;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.internal.origin.BodyMode;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of HTTP: responses are kept, and age, as their header fields say (RFC 9111).
 *
 * @param rules the rules that read the fields
 */
public record HttpFreshness(HttpCachingRules rules) implements FreshnessPolicy {
    /** The time that a response with a validator is kept without any other use: a 304 is cheap. */
    private static final long KEPT_FOR_VALIDATION = Duration.ofDays(1).toNanos();

    @Override
    public Assessment judge(
            CacheRequest request, ExchangeResult.Answered answered, ReceiptTime received, boolean conditional) {
        return rules.judge(requestContext(request), answered.status(), answered.headers(), received, conditional);
    }

    @Override
    public Optional<Validity> part(CacheRequest request, HttpHeaders headers, ReceiptTime received) {
        return rules.part(requestContext(request), headers, received);
    }

    @Override
    public Optional<Obstacle> forOne(CacheRequest request, int status, HttpHeaders headers, Instant now) {
        return rules.forOne(requestContext(request), status, headers, now);
    }

    /**
     * Lets the HTTP client read a response as it arrives when the response is for that caller alone, or too long to be
     * kept.
     */
    @Override
    public BodyMode bodyMode(CacheRequest request, int status, HttpHeaders headers, Instant now) {
        return switch (request.callerKind()) {
            case VALUE_API, BACKGROUND -> BodyMode.REFUSE_LONGER;
            case HTTP_CLIENT ->
                forOne(request, status, headers, now).isPresent() ? BodyMode.STREAM : BodyMode.STREAM_LONGER;
        };
    }

    @Override
    public List<StoredResponse> candidates(@Nullable StoredResponse pinned, List<StoredResponse> variants) {
        return Validators.candidates(pinned, variants);
    }

    @Override
    public Renewal renewed(CacheRequest request, StoredResponse stored, HttpHeaders notModified, ReceiptTime received) {
        return rules.renewed(requestContext(request), stored, notModified, received);
    }

    @Override
    public StoredResponse stored(CacheRequest request, StoredResponse response) {
        return rules.stored(requestContext(request), response);
    }

    @Override
    public VarySelection selection(HttpHeaders response, HttpHeaders request) {
        return rules.selection(response, request);
    }

    /** Returns empty, as the response may say no-store (RFC 9111 §3). */
    @Override
    public Optional<VarySelection> unseen(HttpHeaders request) {
        return Optional.empty();
    }

    @Override
    public RequestDirectives directives(HttpHeaders request) {
        return RequestDirectives.of(request);
    }

    @Override
    public long keptForValidation() {
        return KEPT_FOR_VALIDATION;
    }

    private static HttpCachingRules.RequestContext requestContext(CacheRequest request) {
        return new HttpCachingRules.RequestContext(request.key().toString(), request.target(), request.headers());
    }
}
