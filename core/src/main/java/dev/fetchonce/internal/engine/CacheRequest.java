package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import java.lang.reflect.Type;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one caller asks for.
 *
 * @param target the URL
 * @param key under what the answer is stored
 * @param headers the request's fields, the cache's own included
 * @param version the HTTP version the caller wants, if it wants one
 * @param demand what it asks for beyond that
 * @param patience the longest it waits in all
 * @param until when that is over
 * @param timeout the longest that the exchange takes which it may start
 * @param wanted the type it will ask the answer to be decoded to, or null when it wants the bytes
 * @param face in what language it is answered
 */
public record CacheRequest(
        TargetUri target,
        CacheKey key,
        HttpHeaders headers,
        Optional<HttpClient.Version> version,
        Reuse.Demand demand,
        Duration patience,
        Deadline until,
        Duration timeout,
        @Nullable Type wanted,
        CallerKind face) {
    /** Whether it refuses an answer that was asked for before its call. */
    boolean afresh() {
        return demand.afresh();
    }

    /** The same caller's question for another URL. */
    public CacheRequest redirected(TargetUri to, CacheKey toKey, HttpHeaders toHeaders) {
        return new CacheRequest(to, toKey, toHeaders, version, demand, patience, until, timeout, wanted, face);
    }

    /** The same question, asked by nobody, with what it demands left out. */
    CacheRequest behind(Duration longest) {
        return new CacheRequest(
                target,
                key,
                headers,
                version,
                Reuse.Demand.NONE,
                patience,
                until,
                longest,
                wanted,
                CallerKind.BACKGROUND);
    }
}
