package dev.fetchonce;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.CallerKind;
import dev.fetchonce.internal.engine.Seeds;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.Redirection;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKeyFactory;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A factory of the engine's requests from the arguments of a caller. It refuses arguments that the cache cannot answer.
 * Immutable.
 */
final class ValueRequests {
    /**
     * The refused request fields. The cache sends conditions of its own, and other callers cannot use a response to the
     * conditions or the range of one caller.
     */
    private static final Set<String> REFUSED =
            Set.of("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range");

    private final HttpHeaders defaultHeaders;
    private final CacheKeyFactory keyFactory;
    private final Predicate<URI> allowedUrls;
    private final Duration patience;
    private final Optional<Duration> softTimeout;
    private final Duration timeout;
    private final FreshnessPolicy freshnessPolicy;
    private final Seeds seeds;

    ValueRequests(
            HttpHeaders defaultHeaders,
            CacheKeyFactory keyFactory,
            Predicate<URI> allowedUrls,
            Duration patience,
            Duration softTimeout,
            Duration timeout,
            FreshnessPolicy freshnessPolicy,
            Seeds seeds) {
        this.defaultHeaders = defaultHeaders;
        this.keyFactory = keyFactory;
        this.allowedUrls = allowedUrls;
        this.patience = patience;
        this.softTimeout = Optional.of(softTimeout);
        this.timeout = timeout;
        this.freshnessPolicy = freshnessPolicy;
        this.seeds = seeds;
    }

    CacheRequest withDefaults(TargetUri target, @Nullable Type wanted, Reuse.Demand demand) {
        return request(target, defaultHeaders, Optional.empty(), patience, wanted, demand);
    }

    CacheRequest of(HttpRequest request, Reuse.Demand demand) {
        if (!request.method().equals("GET")) {
            throw new IllegalArgumentException("method " + request.method() + " is not supported; only GET is cached");
        }
        if (request.bodyPublisher().filter(body -> body.contentLength() != 0).isPresent()) {
            throw new IllegalArgumentException("a GET with a body is not supported: the body is not part of the key");
        }
        return request(
                TargetUri.of(request.uri()),
                effective(request.headers()),
                request.version(),
                request.timeout().orElse(patience),
                null,
                demand);
    }

    /** Returns the request of the next hop of a redirect; the patience of the caller goes on. */
    CacheRequest redirected(CacheRequest asked, Redirection.To to) {
        HttpHeaders headers = Redirection.fields(to, asked.headers(), defaultHeaders);
        return asked.redirected(to.target(), keyFactory.key(to.target(), headers), headers);
    }

    boolean allows(TargetUri target) {
        return allowedUrls.test(target.uri());
    }

    private CacheRequest request(
            TargetUri target,
            HttpHeaders headers,
            Optional<HttpClient.Version> version,
            Duration longest,
            @Nullable Type wanted,
            Reuse.Demand demand) {
        if (!allows(target)) {
            throw new IllegalArgumentException(target.name() + " is not allowed (allowedUrls)");
        }
        return new CacheRequest(
                target,
                keyFactory.key(target, headers),
                headers,
                version,
                demand.with(freshnessPolicy.directives(headers)),
                longest,
                Deadline.after(longest),
                softTimeout,
                timeout,
                wanted,
                CallerKind.VALUE_API,
                seeds);
    }

    /** Returns the fields of the cache, with those of the caller in place of fields of the same name. */
    private HttpHeaders effective(HttpHeaders theirs) {
        if (theirs.map().isEmpty()) {
            return defaultHeaders;
        }
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(defaultHeaders.map());
        theirs.map().forEach((name, values) -> {
            refuseConditions(name);
            if (!name.equalsIgnoreCase(
                    "accept-encoding")) { // the cache decodes, so it sends the codings that it decodes
                fields.put(name, values);
            }
        });
        return HttpHeaders.of(fields, (name, value) -> true);
    }

    static void refuseConditions(String name) {
        if (REFUSED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the request field " + name + " is not supported: the cache sends"
                    + " conditions of its own, and returns whole responses");
        }
    }
}
