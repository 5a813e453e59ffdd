package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.HttpCachingOptions;
import dev.fetchonce.internal.http.caching.HttpCachingRules;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import tools.jackson.databind.JsonNode;

/** Requests, responses and policies for the tests of this package. */
final class Samples {
    static final TargetUri TARGET = TargetUri.parse("http://h/a?secret");
    static final CacheKey PLAIN = CacheKey.plain(TARGET);
    static final CacheKey MINE = new CacheKey(TARGET.text(), TARGET.text(), TARGET.text() + " me", "me");
    static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    static final Duration PATIENCE = Duration.ofMinutes(10);
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final long IF_ERROR = 100 * SECOND;
    static final BackoffDelay DELAY = new BackoffDelay(SECOND, 60 * SECOND);

    private Samples() {}

    /** Returns a request of the API of values, without credentials. */
    static CacheRequest request(String... namesAndValues) {
        return request(PLAIN, TIMEOUT, CallerKind.VALUE_API, fields(namesAndValues));
    }

    /** Returns a request with credentials. */
    static CacheRequest personal(String... namesAndValues) {
        return request(MINE, TIMEOUT, CallerKind.VALUE_API, fields(namesAndValues));
    }

    /** Returns a request of this kind of caller. */
    static CacheRequest by(CallerKind kind, String... namesAndValues) {
        return request(PLAIN, TIMEOUT, kind, fields(namesAndValues));
    }

    /** Returns a request whose exchange may take this time. */
    static CacheRequest within(Duration timeout) {
        return request(PLAIN, timeout, CallerKind.VALUE_API, fields());
    }

    private static CacheRequest request(CacheKey key, Duration timeout, CallerKind kind, HttpHeaders headers) {
        return new CacheRequest(
                TARGET,
                key,
                headers,
                Optional.empty(),
                Reuse.Demand.of(RequestDirectives.of(headers)),
                PATIENCE,
                Deadline.after(PATIENCE),
                Optional.empty(),
                timeout,
                null,
                kind,
                Seeds.NONE);
    }

    /** Returns a request that will decode the response to this type. */
    static CacheRequest wanting(Type type) {
        return wanting(type, request().demand());
    }

    /** Returns a request that refuses the stored response, unless the last attempt is younger than this. */
    static CacheRequest refreshing(long seconds) {
        return wanting(JsonNode.class, Reuse.Demand.afresh(seconds * SECOND));
    }

    private static CacheRequest wanting(Type type, Reuse.Demand demand) {
        CacheRequest request = request();
        return new CacheRequest(
                request.target(),
                request.key(),
                request.headers(),
                request.version(),
                demand,
                request.patience(),
                request.until(),
                request.softTimeout(),
                request.timeout(),
                type,
                request.callerKind(),
                Seeds.NONE);
    }

    /** Returns a validity of this freshness lifetime, which allows stale use after an error for 100 s. */
    static Validity lasting(long seconds, Validity.Sharing sharing, Validity.Placement placement) {
        return new Validity(seconds * SECOND, 0, 0, 0, IF_ERROR, Validity.Staleness.ALLOWED, sharing, false, placement);
    }

    /** Returns a validity of this freshness lifetime, for all callers with the key of the request. */
    static Validity lasting(long seconds) {
        return lasting(seconds, Validity.Sharing.ALWAYS, Validity.Placement.PARTITION);
    }

    /** Returns a response received at noon, at 0 on the monotonic clock, with a body of 4 bytes. */
    static StoredResponse response(int status, Validity validity, String... namesAndValues) {
        return response(status, validity, "null", 0, fields(), namesAndValues);
    }

    /** Returns a response to a request with these fields. */
    static StoredResponse to(HttpHeaders request, Validity validity, String... namesAndValues) {
        return response(200, validity, "null", 0, request, namesAndValues);
    }

    /** Returns a success with this body. */
    static StoredResponse holding(String body, Validity validity, long received, String... namesAndValues) {
        return response(200, validity, body, received, fields(), namesAndValues);
    }

    private static StoredResponse response(
            int status, Validity validity, String body, long received, HttpHeaders request, String... namesAndValues) {
        HttpHeaders headers = fields(namesAndValues);
        return new StoredResponse(
                TARGET.text(),
                status,
                StoredFields.kept(headers),
                new Representation(body.getBytes(UTF_8), headers, new ContentCodings(1_000, Map.of())),
                rules().selection(headers, request),
                validity,
                received,
                NOON,
                ConnectionInfo.PLAIN);
    }

    static HttpCachingRules rules() {
        return HttpCachingRules.of(new HttpCachingOptions(false, 0.1, SECOND, List.of()), 0, IF_ERROR);
    }

    /** Returns the policy of a private cache by the rules of HTTP. */
    static CachePolicy http() {
        return policy(rules(), FailureRule::outage);
    }

    /** Returns the policy of a private cache by the rules of HTTP, with this staleIfStatus. */
    static CachePolicy http(IntPredicate staleIfStatus) {
        return policy(rules(), staleIfStatus);
    }

    /** Returns the policy of a cache with a TTL of 60 s, and of 30 s for a 404. */
    static CachePolicy ttl() {
        return policy(
                new TtlFreshness(
                        uri -> Duration.ofSeconds(60),
                        0,
                        Duration.ZERO,
                        Duration.ofNanos(IF_ERROR),
                        Map.of(404, Duration.ofSeconds(30))),
                FailureRule::outage);
    }

    /** Returns the policy with this answer to the question whether waiters share a failure. */
    static CachePolicy sharing(boolean errors, IntPredicate staleIfStatus) {
        return policy(rules(), staleIfStatus, errors);
    }

    private static CachePolicy policy(FreshnessPolicy freshness, IntPredicate staleIfStatus) {
        return policy(freshness, staleIfStatus, true);
    }

    private static CachePolicy policy(FreshnessPolicy freshness, IntPredicate staleIfStatus, boolean shareErrors) {
        return new CachePolicy(
                "c",
                freshness,
                TIMEOUT,
                TIMEOUT,
                PATIENCE,
                Optional.empty(),
                new FailurePolicy(
                        DELAY,
                        Duration.ofHours(1),
                        false,
                        0,
                        Optional.empty(),
                        shareErrors,
                        1,
                        4,
                        staleIfStatus,
                        AbandonPolicy.LANDS,
                        100));
    }
}
