package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The seeds of a cache: responses that the application gave to its builder. A seed stands in for the answer to a plain
 * request while the origin has not answered. It is not in the store, it is never fresh, and no request carries
 * conditions for it. Thread-safe.
 */
public final class Seeds {
    private static final HttpHeaders NO_FIELDS = HttpHeaders.of(Map.of(), (name, value) -> true);

    /** The seeds of a cache without seeds. */
    public static final Seeds NONE = new Seeds(NO_FIELDS);

    private static final String CONTENT_TYPE = "application/json";

    private static final HttpHeaders JSON =
            HttpHeaders.of(Map.of("Content-Type", List.of(CONTENT_TYPE)), (name, value) -> true);

    /** The use of a seed: it is stale from the beginning, and stands in without end. */
    private static final Validity STALE = new Validity(
            0, 0, 0, 0, 0, Validity.Staleness.UNENDING, Validity.Sharing.ALWAYS, false, Validity.Placement.PARTITION);

    private final HttpHeaders plain;

    /** The seeds in use, by the normal forms of their URLs, which are the keys of plain requests. */
    private final Map<String, StoredResponse> live = new ConcurrentHashMap<>();

    private Seeds(HttpHeaders plain) {
        this.plain = plain;
    }

    /**
     * Returns these seeds, which age from now on.
     *
     * @param bodies JSON documents by their URLs; the seeds take the arrays over
     * @param plain the fields of a plain request
     * @param allowedUrls the URLs that a call may have; code of the application
     * @throws IllegalArgumentException when a body is not JSON, or a URL is not allowed
     */
    public static Seeds of(
            Map<TargetUri, byte[]> bodies,
            HttpHeaders plain,
            Predicate<URI> allowedUrls,
            JsonBinder binder,
            ContentCodings codings,
            CacheClock clock) {
        if (bodies.isEmpty()) {
            return NONE;
        }
        Seeds seeds = new Seeds(plain);
        bodies.forEach((target, body) -> {
            String name = "the seed of " + target.name();
            if (!allowedUrls.test(target.uri())) {
                throw new IllegalArgumentException(
                        name + " is refused: allowedUrls does not allow its URL, so no call could get it");
            }
            try {
                binder.check(body, CONTENT_TYPE);
            } catch (UndecodableException e) {
                throw new IllegalArgumentException(
                        name + " is refused. " + e.getMessage() + ". A seed must be one whole JSON document in UTF-8");
            }
            seeds.add(target.text(), body, codings, clock);
        });
        return seeds;
    }

    private void add(String url, byte[] body, ContentCodings codings, CacheClock clock) {
        live.put(
                url,
                new StoredResponse(
                        url,
                        200,
                        JSON,
                        new Representation(body, JSON, codings),
                        VarySelection.ofTtl(JSON, plain),
                        STALE,
                        clock.now(),
                        clock.instant(),
                        ConnectionInfo.PLAIN));
    }

    /** Returns the seed of this request, or null: a request with fields of its own has no seed. */
    @Nullable
    StoredResponse of(CacheRequest request) {
        return !live.isEmpty() && request.headers().equals(plain)
                ? live.get(request.target().text())
                : null;
    }

    /**
     * Retires the seed of a URL for which the origin has given a success, or a status that revokes the response. A seed
     * that is retired never comes back.
     *
     * @param key the key of the request: an answer for callers with fields of their own retires no seed
     */
    void landed(CacheKey key, LandingPlan plan) {
        switch (plan.outcome()) {
            case FlightOutcome.Fetched fetched -> answered(key, fetched.response());
            case FlightOutcome.Streaming streaming -> {
                ExchangeResult.Live exchange = streaming.exchange();
                answered(key, exchange.status(), exchange.headers());
            }
            case FlightOutcome.Outgrown outgrown -> answered(key, outgrown.status(), NO_FIELDS);
            case FlightOutcome.Failed failed -> {
                if (plan.backoff() instanceof BackoffUpdate.Failed update
                        && FailureRule.revokes(update.failure())
                        && !update.covered()) {
                    live.remove(key.text());
                }
            }
            case FlightOutcome.Undecodable undecodable -> {}
            case FlightOutcome.Growing growing -> {} // the rest of the body has its own landing
            case FlightOutcome.AlreadyStored found -> {}
            case FlightOutcome.Rekeyed rekeyed -> {}
            case FlightOutcome.Overtaken overtaken -> {}
            case FlightOutcome.BackedOff backedOff -> {}
        }
    }

    private void answered(CacheKey key, StoredResponse response) {
        answered(key.of(response.terms().placement()), response.status(), response.headers());
    }

    private void answered(CacheKey key, int status, HttpHeaders headers) {
        if (StatusCodes.success(status) || FailureRule.revokes(Failure.answered(key.toString(), status, headers))) {
            live.remove(key.text());
        }
    }

    /** Retires all seeds. */
    void close() {
        live.clear();
    }
}
