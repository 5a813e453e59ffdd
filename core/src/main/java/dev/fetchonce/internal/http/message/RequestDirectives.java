package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.OptionalLong;

/**
 * The cache directives of a request (RFC 9111 §5.2.1, RFC 5861 §4). All numbers are seconds from 0 to 2<sup>31</sup>.
 * Of a repeated directive the first one counts.
 *
 * @param maxAge the greatest accepted age; 0 when the directive has no valid number
 * @param maxStale the greatest accepted staleness; 2<sup>31</sup> when the request sets no limit
 * @param minFresh the least rest of the freshness lifetime
 * @param noCache whether the cache must ask the origin before it uses a stored response
 * @param noStore whether the cache must not store any part of this exchange
 * @param onlyIfCached whether the cache must not ask the origin
 * @param staleIfError the greatest accepted staleness of a response that replaces an error
 */
public record RequestDirectives(
        OptionalLong maxAge,
        OptionalLong maxStale,
        OptionalLong minFresh,
        boolean noCache,
        boolean noStore,
        boolean onlyIfCached,
        OptionalLong staleIfError) {
    /** The directives of a request that has no directive. */
    public static final RequestDirectives NONE = new RequestDirectives(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false,
            false,
            false,
            OptionalLong.empty());

    /**
     * Reads the Cache-Control field, and the Pragma field only in a request without Cache-Control (RFC 9111 §5.4). This
     * method throws nothing, and allocates nothing when both fields are absent.
     */
    public static RequestDirectives of(HttpHeaders request) {
        List<String> lines = request.allValues("cache-control");
        if (!lines.isEmpty()) {
            return of(Directives.parse(lines));
        }
        List<String> pragma = request.allValues("pragma");
        return !pragma.isEmpty() && Directives.parse(pragma).has("no-cache")
                ? of(Directives.parse(List.of("no-cache")))
                : NONE;
    }

    private static RequestDirectives of(Directives directives) {
        return new RequestDirectives(
                directives.lifetime("max-age"),
                maxStale(directives),
                directives.seconds("min-fresh"),
                directives.has("no-cache"),
                directives.has("no-store"),
                directives.has("only-if-cached"),
                directives.seconds("stale-if-error"));
    }

    /**
     * Returns the seconds of max-stale (RFC 9111 §5.2.1.2). Without an argument it has no limit; with an invalid
     * argument it allows no stale response.
     */
    private static OptionalLong maxStale(Directives directives) {
        List<Directives.Directive> named = directives.named("max-stale");
        return !named.isEmpty() && named.getFirst().argument() == null
                ? OptionalLong.of(DeltaSeconds.MAXIMUM)
                : directives.seconds("max-stale");
    }
}
