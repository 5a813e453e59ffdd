package dev.fetchonce.internal.client;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.CallerKind;
import dev.fetchonce.internal.engine.Seeds;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
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
 * A factory of the engine's requests from the requests of a caller. Immutable.
 *
 * @param keyFactory makes the key of a request
 * @param freshnessPolicy the rules by which the directives of a request count
 * @param allowed tests whether a URL may be requested; code of the application
 * @param callerKind the kind of the callers
 * @param softTimeout the time from the start of a fetch for which the callers wait where a stale response could stand
 *     in; empty when they wait for the end of the fetch
 */
public record CacheRequests(
        CacheKeyFactory keyFactory,
        FreshnessPolicy freshnessPolicy,
        Predicate<URI> allowed,
        CallerKind callerKind,
        Optional<Duration> softTimeout) {
    private static final Set<String> OF_A_RANGE = Set.of("range", "if-range");

    /** A time longer than any wait. */
    private static final Duration FOR_EVER = Duration.ofNanos(Deadline.LONGEST);

    /**
     * Returns the engine's request for a GET, or for a HEAD that is answered from a stored GET. It leaves out the
     * conditions and the range of the caller, because other callers share the answer.
     *
     * @return the request; empty where the cache does not handle the URL
     * @throws IllegalArgumentException when the URL is not allowed; the test gets its normal form, in which the URL is
     *     requested
     */
    Optional<CacheRequest> of(HttpRequest request) {
        TargetUri target;
        try {
            target = TargetUri.of(request.uri());
        } catch (IllegalArgumentException e) {
            requireAllowed(request.uri());
            return Optional.empty(); // the JDK's client accepts or refuses it
        }
        requireAllowed(target.uri());
        HttpHeaders headers = whole(Preconditions.unconditional(request.headers()));
        Duration timeout = request.timeout().orElse(FOR_EVER);
        return Optional.of(new CacheRequest(
                target,
                keyFactory.key(target, headers),
                headers,
                request.version(),
                Reuse.Demand.of(freshnessPolicy.directives(headers)),
                timeout,
                Deadline.after(timeout),
                softTimeout.filter(soft -> soft.compareTo(timeout) < 0),
                timeout,
                null,
                callerKind,
                Seeds.NONE)); // the caller of an HttpClient expects the answer of the origin
    }

    private void requireAllowed(URI uri) {
        if (!allowed.test(uri)) {
            throw new IllegalArgumentException(TargetUri.name(uri) + " is not allowed (allowedUrls)");
        }
    }

    private static HttpHeaders whole(HttpHeaders request) {
        return request.allValues("range").isEmpty()
                ? request
                : HttpHeaders.of(
                        request.map(), (name, value) -> OF_A_RANGE.stream().noneMatch(name::equalsIgnoreCase));
    }
}
