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

/** Where a redirect leads, if one may go there, and what is said there (RFC 9110 §15.4, §10.2.2). Pure functions. */
public final class Redirection {
    /** The most redirects that are followed for one call; more are taken for a circle that never repeats itself. */
    public static final int MAXIMUM_HOPS = 5;

    private static final Set<Integer> PERMANENT = Set.of(301, 308);

    /** What may be said to any origin. Whatever else the cache or a caller sends may be a secret of one origin. */
    private static final Set<String> HARMLESS = Set.of("accept", "accept-encoding", "accept-language", "user-agent");

    private Redirection() {}

    /** Where to go on. */
    public sealed interface Next {}

    /**
     * On to another URL.
     *
     * @param target the URL
     * @param sameOrigin whether it is of the origin that sent the redirect: same scheme, host and port
     */
    public record To(TargetUri target, boolean sameOrigin) implements Next {}

    /** Nowhere. */
    public record Refused(Failure failure) implements Next {}

    /** Whether a redirect with this status holds for later requests too (RFC 9110 §15.4.2, §15.4.9). */
    static boolean permanent(int status) {
        return PERMANENT.contains(status);
    }

    /**
     * Where a redirect leads, for a call that has come over these URLs.
     *
     * @param redirect a response that {@linkplain StoredResponse#redirects redirects}
     * @param seen the URLs that were asked for this call, the one that answered with this redirect among them
     */
    public static Next next(StoredResponse redirect, Collection<TargetUri> seen) {
        TargetUri from = TargetUri.of(redirect.uri());
        Next next = next(from, redirect.headers());
        if (next instanceof To to && seen.contains(to.target())) {
            return refused(from.origin() + " redirects in a circle; URLs asked: " + seen.size());
        }
        if (next instanceof To to && seen.size() > MAXIMUM_HOPS) {
            return refused("more than " + MAXIMUM_HOPS + " redirects, the last one from " + from.origin() + " to "
                    + to.target().origin());
        }
        return next;
    }

    /**
     * Where a redirect with these fields leads: never from https to http, nor to anything but these two.
     *
     * @param from the URL that answered with it
     */
    static Next next(TargetUri from, HttpHeaders headers) {
        List<String> locations =
                headers.allValues("location").stream().distinct().toList();
        if (locations.size() != 1) {
            return refused(from.origin() + " redirects to " + locations.size() + " places at once");
        }
        TargetUri to;
        try {
            to = UriReference.parse(locations.getFirst()).against(from);
        } catch (IllegalArgumentException e) {
            return refused(from.origin() + " redirects to where one cannot go: the Location is not usable, as "
                    + e.getMessage());
        }
        if (from.uri().getScheme().equals("https") && to.uri().getScheme().equals("http")) {
            return refused(from.origin() + " redirects to " + to.origin() + ": never from https to http");
        }
        return new To(to, to.origin().equals(from.origin()));
    }

    /**
     * The request fields for the next hop. What was said to one origin is not for another: there only those fields go of
     * the cache's own, each as the cache has it, that say nothing but what the client is and reads.
     *
     * @param hop where the redirect leads
     * @param asked the fields of the request that was redirected
     * @param own the fields that the cache itself sends with every request
     */
    public static HttpHeaders fields(To hop, HttpHeaders asked, HttpHeaders own) {
        return hop.sameOrigin()
                ? asked
                : HttpHeaders.of(own.map(), (name, value) -> HARMLESS.contains(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * The refusal of a redirect.
     *
     * @param message one sentence that names origins, and neither a path nor a query
     */
    public static Refused refused(String message) {
        return new Refused(Failure.of(Reason.REDIRECT, message));
    }
}
