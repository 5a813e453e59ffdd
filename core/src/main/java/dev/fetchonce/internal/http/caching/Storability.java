package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.FieldScope;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.message.SetCookie;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.message.Vary;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Validity;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rule that says whether a cache may store a complete response, and under which key (RFC 9111 §3). A pure function. */
public sealed interface Storability {
    /**
     * The cache may store the response.
     *
     * @param place the callers that may have it
     * @param without the names, in lower case, of the fields that are not stored with it
     */
    record Stored(Validity.Placement place, Set<String> without) implements Storability {
        /** Copies the names. */
        public Stored {
            without = Set.copyOf(without);
        }
    }

    /** The cache may not store the response. */
    record Refused(Obstacle why) implements Storability {}

    /**
     * The properties of a request that matter to storage.
     *
     * @param method the request method, as it was sent
     * @param directives the cache directives of the request
     * @param authorized whether the request has an Authorization field
     * @param cookies whether the request has a Cookie field
     */
    record RequestProperties(String method, RequestDirectives directives, boolean authorized, boolean cookies) {}

    /**
     * The properties of a response that matter to storage.
     *
     * @param status the status code
     * @param headers the fields
     * @param directives the cache directives of the response
     * @param lifetime its freshness lifetime
     */
    record ResponseProperties(
            int status, HttpHeaders headers, ResponseDirectives directives, FreshnessLifetime lifetime) {}

    /** Returns the decision about a response. Its body must be complete: an incomplete response is never stored. */
    static Storability of(HttpCachingOptions options, RequestProperties request, ResponseProperties response) {
        Optional<Obstacle> obstacle = obstacle(options, request, response);
        if (obstacle.isPresent()) {
            return new Refused(obstacle.get());
        }
        Validity.Placement place = place(options, request, response.directives());
        Set<String> without = without(options, place, response);
        return indispensable(options).stream().anyMatch(without::contains)
                ? new Refused(Obstacle.FIELDS)
                : new Stored(place, without);
    }

    private static Optional<Obstacle> obstacle(
            HttpCachingOptions options, RequestProperties request, ResponseProperties response) {
        ResponseDirectives says = response.directives();
        if (!request.method().equals("GET")) {
            return Optional.of(Obstacle.METHOD);
        }
        if (!storable(response)) {
            return Optional.of(Obstacle.STATUS);
        }
        if (request.directives().noStore()) {
            return Optional.of(Obstacle.REQUEST_NO_STORE);
        }
        if (says.mustUnderstand() && !StatusCodes.understood(response.status())) {
            return Optional.of(Obstacle.NOT_UNDERSTOOD);
        }
        if (says.noStore() && !says.mustUnderstand()) {
            return Optional.of(Obstacle.NO_STORE);
        }
        if (options.shared() && says.isPrivate() instanceof FieldScope.Whole) {
            return Optional.of(Obstacle.PRIVATE);
        }
        if (options.shared() && request.authorized() && !forAll(says)) {
            return Optional.of(Obstacle.AUTHORIZATION);
        }
        if (Vary.of(response.headers()).matchesNoRequest()) {
            return Optional.of(Obstacle.VARY);
        }
        return reason(options, response) ? Optional.empty() : Optional.of(Obstacle.NO_REASON);
    }

    private static boolean storable(ResponseProperties response) {
        int status = response.status();
        return StatusCodes.isFinal(status)
                && !StatusCodes.neverStored(status)
                && status != 206
                && status != 304
                && status != 407 // it comes from a proxy and depends on the credentials of the proxy's client
                && response.headers().firstValue("content-range").isEmpty();
    }

    /**
     * Reports whether the response meets the last condition of RFC 9111 §3. An unqualified private permits storage in a
     * private cache.
     */
    private static boolean reason(HttpCachingOptions options, ResponseProperties response) {
        ResponseDirectives says = response.directives();
        return says.isPublic()
                || (!options.shared() && !(says.isPrivate() instanceof FieldScope.None))
                || response.lifetime() instanceof FreshnessLifetime.Explicit
                || StatusCodes.heuristicallyCacheable(response.status());
    }

    /**
     * Reports whether a shared cache may use the response to a request with Authorization for other callers (RFC 9111
     * §3.5).
     */
    private static boolean forAll(ResponseDirectives says) {
        return says.isPublic() || says.mustRevalidate() || says.sMaxage().isPresent();
    }

    /**
     * Returns the callers that may have the response. RFC 9111 has no rule for cookies. A request with cookies may be
     * one user's, and many origins send must-revalidate for other reasons. It therefore does not show that all users
     * get an equal response.
     */
    private static Validity.Placement place(
            HttpCachingOptions options, RequestProperties request, ResponseDirectives says) {
        boolean forOne = says.isPrivate() instanceof FieldScope.Whole;
        boolean marked = says.isPublic() || says.sMaxage().isPresent();
        boolean shared = request.cookies() ? marked : forAll(says);
        boolean common = options.shared() ? shared : says.isPublic();
        return common && !forOne ? Validity.Placement.COMMON : Validity.Placement.PARTITION;
    }

    /**
     * Returns the fields that are not stored. A field that no-cache names could be used only after a validation (RFC
     * 9111 §5.2.2.4): the cache need not store it. A field that private names is for the caller of the request
     * (§5.2.2.7), and so is a cookie. A response for several users never holds the session of one user, for a request
     * with credentials or without.
     */
    private static Set<String> without(
            HttpCachingOptions options, Validity.Placement place, ResponseProperties response) {
        ResponseDirectives says = response.directives();
        Set<String> without = new TreeSet<>(names(says.noCache()));
        if (options.shared() || place == Validity.Placement.COMMON) {
            without.addAll(names(says.isPrivate()));
            if (SetCookie.isIn(response.headers())) {
                without.addAll(SetCookie.NAMES);
            }
        }
        return without;
    }

    private static Set<String> names(FieldScope scope) {
        return scope instanceof FieldScope.Fields fields ? fields.names() : Set.of();
    }

    /** Returns the fields without which a response is not stored: its coding, its Vary, and its cache directives. */
    private static Set<String> indispensable(HttpCachingOptions options) {
        Set<String> names = new TreeSet<>(Set.of("cache-control", "content-encoding", "vary"));
        options.targetedFields().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }
}
