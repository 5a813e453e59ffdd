package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.BackoffKey;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.caching.RequestContext;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.lang.reflect.Type;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The request of one caller.
 *
 * @param target the URL
 * @param key the key under which the response is stored
 * @param headers the fields of the request, those added by the cache included
 * @param version the HTTP version that the caller wants, if it wants one
 * @param demand the demands of the caller on the response
 * @param patience the longest wait of the caller in all
 * @param until the end of that wait
 * @param softTimeout the time from the start of a fetch for which the caller waits where a stale response could stand
 *     in; empty when it waits for the end of the fetch
 * @param timeout the longest duration of the exchange that this request may start
 * @param wanted the type to which the caller will decode the response, or null when it wants the bytes
 * @param callerKind the kind of the caller
 * @param seeds the seeds that may stand in for the answer to this caller
 */
public record CacheRequest(
        TargetUri target,
        CacheKey key,
        HttpHeaders headers,
        Optional<HttpClient.Version> version,
        Reuse.Demand demand,
        Duration patience,
        Deadline until,
        Optional<Duration> softTimeout,
        Duration timeout,
        @Nullable Type wanted,
        CallerKind callerKind,
        Seeds seeds) {
    /** Returns the request as the freshness policy sees it. */
    RequestContext context() {
        return new RequestContext(key, target, headers);
    }

    /** Returns the places that may hold back this request. */
    BackoffKey backoffKey() {
        return new BackoffKey(key.text(), key.url(), target.origin(), key.user());
    }

    /** Returns whether the caller refuses a stored response, unless the last attempt is recent. */
    boolean afresh() {
        return demand.afresh();
    }

    /** Returns whether the caller asks for no other attempt where the last one is recent. */
    boolean acceptsRecent() {
        return demand.recentNanos() > 0;
    }

    /** Returns whether the caller refuses a response that was requested before its call. */
    boolean sinceCall() {
        return demand.afresh() && !acceptsRecent();
    }

    /** Returns whether an attempt that ended at this time is recent, so that the caller asks for no other one. */
    boolean recent(long at, long now) {
        return acceptsRecent() && now - at < demand.recentNanos();
    }

    /** Returns the request of this caller for another URL. */
    public CacheRequest redirected(TargetUri to, CacheKey toKey, HttpHeaders toHeaders) {
        return new CacheRequest(
                to,
                toKey,
                toHeaders,
                version,
                demand,
                patience,
                until,
                softTimeout,
                timeout,
                wanted,
                callerKind,
                seeds);
    }

    /**
     * Returns why a stored response cannot answer this request, or null when it can. The request wants the content, and
     * the content codings cannot be undone. The client takes a body as bytes, so it may have had such a response stored.
     */
    @Nullable
    Failure unreadable(StoredResponse stored) {
        ContentCodings.CodingException why = callerKind == CallerKind.VALUE_API && stored.success()
                ? stored.representation().unreadable()
                : null;
        return why == null ? null : stored.uncodable(why);
    }

    /**
     * Returns the response that may stand in for an answer that cannot be had: the stored one, or else the seed of the
     * request. Returns null where neither may.
     */
    @Nullable
    StoredResponse usable(@Nullable StoredResponse stored, long now) {
        if (stored == null || stored.negative()) {
            return seed();
        }
        long wanted =
                TimeUnit.SECONDS.toNanos(demand.directives().staleIfError().orElse(0));
        StoredResponse usable = Reuse.standIn(stored, wanted, now);
        return usable == null || unreadable(usable) != null ? seed() : usable;
    }

    /** Returns the seed of this request, or null. */
    @Nullable
    StoredResponse seed() {
        return seeds == Seeds.NONE ? null : seeds.of(this);
    }

    /** Returns this request with another patience, which counts from the beginning of the call as well. */
    public CacheRequest withPatience(Duration other) {
        Deadline end = until.plus(other.minus(patience));
        return new CacheRequest(
                target, key, headers, version, demand, other, end, softTimeout, timeout, wanted, callerKind, seeds);
    }

    /** Returns this request with another timeout of its exchange. */
    CacheRequest withTimeout(Duration other) {
        return new CacheRequest(
                target, key, headers, version, demand, patience, until, softTimeout, other, wanted, callerKind, seeds);
    }

    /** Returns this request for a background flight, without its demands. */
    CacheRequest inBackground(Duration longest) {
        return new CacheRequest(
                target,
                key,
                headers,
                version,
                Reuse.Demand.NONE,
                patience,
                until,
                Optional.empty(),
                longest,
                wanted,
                CallerKind.BACKGROUND,
                seeds);
    }
}
