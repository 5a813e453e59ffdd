package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.http.CacheKey;
import dev.fetchonce.internal.http.Target;
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
 * @param patience the longest it waits in all
 * @param until when that is over
 * @param wanted the type it will ask the answer to be decoded to, or null when it wants the bytes
 * @param afresh whether it refuses an answer that was asked for before its call
 */
public record Ask(
        Target target,
        CacheKey key,
        HttpHeaders headers,
        Optional<HttpClient.Version> version,
        Duration patience,
        Deadline until,
        @Nullable Type wanted,
        boolean afresh) {
    /** The same caller's question for another URL. */
    public Ask redirected(Target to, CacheKey toKey, HttpHeaders toHeaders) {
        return new Ask(to, toKey, toHeaders, version, patience, until, wanted, afresh);
    }
}
