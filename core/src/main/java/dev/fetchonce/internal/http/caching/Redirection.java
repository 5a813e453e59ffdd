package dev.fetchonce.internal.http.caching;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.message.UriReference;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rules of redirects: their targets, which targets are allowed, and the fields of the next request (RFC 9110 §15.4,
 * §10.2.2). Pure functions.
 */
public final class Redirection {
    /** The most redirects that one call follows; more count as a circle that never repeats a URL. */
    public static final int MAXIMUM_HOPS = 5;

    private static final Set<Integer> PERMANENT = Set.of(301, 308);

    /**
     * The fields that a request may send to any origin. Any other field of the cache or a caller may be a secret of one
     * origin.
     */
    private static final Set<String> HARMLESS = Set.of("accept", "accept-encoding", "accept-language", "user-agent");

    private Redirection() {}

    /** The next step after a redirect. */
    public sealed interface Next {}

    /**
     * The next step is a request for another URL.
     *
     * @param target the URL
     * @param sameOrigin whether the URL has the origin that sent the redirect: its scheme, host and port
     */
    public record To(TargetUri target, boolean sameOrigin) implements Next {}

    /** The redirect cannot be followed. */
    public record Refused(Failure failure) implements Next {}

    /** Reports whether a redirect with this status is valid for later requests too (RFC 9110 §15.4.2, §15.4.9). */
    static boolean permanent(int status) {
        return PERMANENT.contains(status);
    }

    /**
     * Returns the next step of a call that has already requested these URLs.
     *
     * @param redirect a response that {@linkplain StoredResponse#redirects redirects}
     * @param seen the URLs that this call has requested, including the one with this redirect
     */
    public static Next next(StoredResponse redirect, Collection<TargetUri> seen) {
        TargetUri from = TargetUri.of(redirect.uri());
        Next next = next(from, redirect.headers());
        if (next instanceof To to && seen.contains(to.target())) {
            return refused(from.name() + " redirects in a circle; URLs asked: " + seen.size());
        }
        if (next instanceof To to && seen.size() > MAXIMUM_HOPS) {
            return refused("more than " + MAXIMUM_HOPS + " redirects, the last one from " + from.name() + " to "
                    + to.target().name());
        }
        return next;
    }

    /**
     * Returns the next step after a redirect with these fields: never from https to http, and never to another scheme.
     *
     * @param from the URL that responded with the redirect
     */
    static Next next(TargetUri from, HttpHeaders headers) {
        List<String> locations =
                headers.allValues("location").stream().distinct().toList();
        if (locations.size() != 1) {
            return refused(from.name() + " redirects with " + locations.size() + " different Location fields");
        }
        TargetUri to;
        try {
            to = UriReference.parse(locations.getFirst()).against(from);
        } catch (IllegalArgumentException e) {
            return refused(from.name() + " redirects to an unusable Location: " + e.getMessage());
        }
        if (from.uri().getScheme().equals("https") && to.uri().getScheme().equals("http")) {
            return refused(from.name() + " redirects to " + to.name()
                    + ", but the cache never follows a redirect from https to http");
        }
        return new To(to, to.origin().equals(from.origin()));
    }

    /**
     * Returns the request fields for the next request. Fields for one origin must not reach another origin. A request
     * to another origin has only those of the cache's own fields that describe the client and the types it reads. They
     * have the cache's own values.
     *
     * @param hop the next step
     * @param asked the fields of the redirected request
     * @param own the fields that the cache itself sends with every request
     */
    public static HttpHeaders fields(To hop, HttpHeaders asked, HttpHeaders own) {
        return hop.sameOrigin()
                ? asked
                : HttpHeaders.of(own.map(), (name, value) -> HARMLESS.contains(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Returns the refusal of a redirect.
     *
     * @param message one sentence that names the URLs ({@link TargetUri#name()})
     */
    public static Refused refused(String message) {
        return new Refused(Failure.of(Reason.REDIRECT, message));
    }
}
