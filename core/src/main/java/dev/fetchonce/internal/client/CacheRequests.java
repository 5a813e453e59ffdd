package dev.fetchonce.internal.client;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.CallerKind;
import dev.fetchonce.internal.engine.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.Preconditions;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKeyFactory;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the engine is asked for a request. Immutable.
 *
 * @param keyFields what makes a request one of its own
 * @param aging by which rules a request's directives count
 * @param allowed which URLs may be asked; code of the application
 */
public record CacheRequests(CacheKeyFactory keyFields, FreshnessPolicy aging, Predicate<URI> allowed) {
    private static final Set<String> OF_A_RANGE = Set.of("range", "if-range");

    /** Longer than anybody waits. */
    private static final Duration FOR_EVER = Duration.ofNanos(Deadline.LONGEST);

    /**
     * The question that a GET, or a HEAD about the same response, asks of the cache; empty where the URL is none of its
     * affair. Its own conditions and its range are left out, as the answer is for others as well.
     *
     * @throws IllegalArgumentException when the URL may not be asked, in its normal form, as it is asked so
     */
    Optional<CacheRequest> of(HttpRequest request) {
        TargetUri target;
        try {
            target = TargetUri.of(request.uri());
        } catch (IllegalArgumentException e) {
            requireAllowed(request.uri());
            return Optional.empty(); // the JDK's client says what it thinks of it
        }
        requireAllowed(target.uri());
        HttpHeaders headers = whole(Preconditions.unconditional(request.headers()));
        Duration timeout = request.timeout().orElse(FOR_EVER);
        return Optional.of(new CacheRequest(
                target,
                keyFields.key(target, headers),
                headers,
                request.version(),
                Reuse.Demand.of(aging.directives(headers)),
                timeout,
                Deadline.after(timeout),
                timeout,
                null,
                CallerKind.HTTP_CLIENT));
    }

    private void requireAllowed(URI uri) {
        if (!allowed.test(uri)) {
            throw new IllegalArgumentException(
                    uri.getScheme() + "://" + uri.getHost() + " is not allowed (allowedUrls)");
        }
    }

    private static HttpHeaders whole(HttpHeaders request) {
        return request.allValues("range").isEmpty()
                ? request
                : HttpHeaders.of(
                        request.map(), (name, value) -> OF_A_RANGE.stream().noneMatch(name::equalsIgnoreCase));
    }
}
