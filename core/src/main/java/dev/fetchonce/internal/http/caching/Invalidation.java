package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.message.UriReference;
import java.net.http.HttpHeaders;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rules that say which stored responses an unsafe request invalidates (RFC 9111 §4.4). Pure functions. */
public final class Invalidation {
    /**
     * The methods that change nothing at the origin (RFC 9110 §9.2.1, and QUERY). An unknown method may change
     * something.
     */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "QUERY");

    private static final List<String> ELSEWHERE = List.of("location", "content-location");

    private Invalidation() {}

    /** Reports whether a method never invalidates a stored response. Methods are case-sensitive (RFC 9110 §9.1). */
    public static boolean safe(String method) {
        return SAFE.contains(method);
    }

    /**
     * Returns the URLs whose stored responses a response invalidates. An error invalidates no URL. Any other response
     * invalidates the URL of its request, and the URLs of this origin in its Location and Content-Location. A response
     * must not invalidate URLs of another origin.
     *
     * @param method the request method
     * @param target the target of the request
     * @param status the status code
     * @param response the fields of the response; a field with an unusable URL names no URL
     */
    public static Set<TargetUri> of(String method, TargetUri target, int status, HttpHeaders response) {
        if (safe(method) || status < 200 || status > 399) {
            return Set.of();
        }
        Set<TargetUri> invalid = new LinkedHashSet<>();
        invalid.add(target);
        for (String field : ELSEWHERE) {
            for (String reference : response.allValues(field)) {
                resolved(reference, target)
                        .filter(named -> named.origin().equals(target.origin()))
                        .ifPresent(invalid::add);
            }
        }
        return invalid;
    }

    /**
     * Returns the URLs whose stored responses a request without a response invalidates: it may have reached the origin.
     * RFC 9111 does not require this.
     */
    public static Set<TargetUri> unanswered(String method, TargetUri target) {
        return safe(method) ? Set.of() : Set.of(target);
    }

    private static Optional<TargetUri> resolved(String reference, TargetUri base) {
        try {
            return Optional.of(UriReference.parse(reference.strip()).against(base));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
