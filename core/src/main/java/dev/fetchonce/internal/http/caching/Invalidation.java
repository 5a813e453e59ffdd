package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.message.UriReference;
import java.net.http.HttpHeaders;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an answer to an unsafe request invalidates (RFC 9111 §4.4). Pure functions. */
public final class Invalidation {
    /** Those that change nothing at the origin; a method that nobody knows may (RFC 9110 §9.2.1, and QUERY). */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "QUERY");

    private static final List<String> ELSEWHERE = List.of("location", "content-location");

    private Invalidation() {}

    /** Whether a method never invalidates anything. Methods are told apart by case (RFC 9110 §9.1). */
    public static boolean safe(String method) {
        return SAFE.contains(method);
    }

    /**
     * The URLs whose stored responses an answer invalidates: when it is no error, that of the request, and those that it
     * names in Location and Content-Location and that are of the same origin. Another origin's are nobody's to invalidate.
     *
     * @param method the request method
     * @param target what the request was for
     * @param status the status code
     * @param response the fields of the answer; what is no usable URL names nothing
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
     * The URLs whose stored responses a request invalidates that got no answer: it may have reached the origin. The RFC does
     * not ask for that.
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
