package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.caching.Assessment;
import dev.fetchonce.internal.http.caching.Disposition;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.Jitter;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.caching.RequestContext;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.internal.origin.UserCode;
import dev.fetchonce.internal.origin.UserCodeException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a TTL: responses are fresh as long as the application decides, and their header fields have no
 * influence.
 *
 * @param ttl the freshness lifetime of a response from this URL; code of the application
 * @param jitter the fraction of the lifetime that is random
 * @param whileRevalidate how long past its freshness a response may be served while it is renewed
 * @param ifError how long past its freshness a response may stand in for a failed fetch
 * @param negative the freshness lifetime of a response with such a status
 */
public record TtlFreshness(
        Function<URI, Duration> ttl,
        double jitter,
        Duration whileRevalidate,
        Duration ifError,
        Map<Integer, Duration> negative)
        implements FreshnessPolicy {

    @Override
    public Assessment judge(
            RequestContext request, int status, HttpHeaders response, ReceiptTime received, boolean conditional) {
        Disposition.Verdict verdict = Disposition.judge(
                request.key().toString(),
                request.target(),
                status,
                response,
                negative.containsKey(status),
                conditional);
        return switch (verdict) {
            case Disposition.Store store -> new Assessment(store, validity(request), Optional.empty());
            case Disposition.Pass pass ->
                new Assessment(pass, validity(request), Optional.of(Obstacle.TEMPORARY_REDIRECT));
            case Disposition.Deny deny ->
                new Assessment(
                        deny,
                        lasting(Deadline.nanosOf(Objects.requireNonNull(negative.get(status)))),
                        Optional.empty());
            case Disposition.Renew renew -> new Assessment(renew, lasting(0), Optional.empty());
            case Disposition.Refuse refuse -> new Assessment(refuse, lasting(0), Optional.of(Obstacle.FAILURE));
        };
    }

    /** Returns empty: with a TTL, no caller asks for parts. */
    @Override
    public Optional<Validity> part(RequestContext request, HttpHeaders headers, ReceiptTime received) {
        return Optional.empty();
    }

    @Override
    public Optional<Obstacle> forOne(RequestContext request, int status, HttpHeaders headers, Instant now) {
        return Optional.empty();
    }

    /** Returns only the pinned response: stored responses for other requests do not concern this one. */
    @Override
    public List<StoredResponse> candidates(@Nullable StoredResponse pinned, List<StoredResponse> variants) {
        return pinned == null ? List.of() : List.of(pinned);
    }

    @Override
    public Renewal renewed(
            RequestContext request, StoredResponse stored, HttpHeaders notModified, ReceiptTime received) {
        HttpHeaders merged = StoredFields.freshened(stored.headers(), notModified);
        return new Renewal.Kept(stored.renewed(
                merged, selection(merged, request.headers()), validity(request), received.nanos(), received.at()));
    }

    /**
     * Returns the response without its cookies, which are for its own caller: many users may share a TTL. A response
     * that is not a success becomes a failure or is followed, so it is stored without its body.
     */
    @Override
    public StoredResponse stored(RequestContext request, StoredResponse response) {
        StoredResponse kept = response.forOthers();
        return kept.success() ? kept : kept.withoutBody();
    }

    @Override
    public VarySelection selection(HttpHeaders response, HttpHeaders request) {
        return VarySelection.ofTtl(response, request);
    }

    /**
     * Returns a selection by every request field: the application has decided the lifetime, and the Vary may name any
     * field.
     */
    @Override
    public Optional<VarySelection> unseen(HttpHeaders request) {
        return Optional.of(VarySelection.ofEvery(request));
    }

    /** Returns no directives, as the application has decided. */
    @Override
    public RequestDirectives directives(HttpHeaders request) {
        return RequestDirectives.NONE;
    }

    @Override
    public long keptForValidation() {
        return 0;
    }

    /**
     * Returns the validity of a response to this request; a fraction of its lifetime is random.
     *
     * @throws UserCodeException when the application's code throws, or returns null or a negative time
     */
    private Validity validity(RequestContext request) {
        Duration lifetime = UserCode.called(
                "the ttl function", () -> ttl.apply(request.target().uri()));
        if (lifetime == null || lifetime.isNegative()) {
            throw new UserCodeException("the ttl function of this cache returned "
                    + (lifetime == null ? "null" : DurationText.of(lifetime)) + "; it must be zero or more");
        }
        long nanos = Deadline.nanosOf(lifetime);
        return lasting(jitter == 0 ? nanos : Jitter.ttl(nanos, jitter, Math.random()));
    }

    private Validity lasting(long nanos) {
        return Validity.ofTtl(nanos, Deadline.nanosOf(whileRevalidate), Deadline.nanosOf(ifError));
    }
}
