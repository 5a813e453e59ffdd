package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a request asks of a cache (RFC 9111 §5.2.1, RFC 5861 §4). All numbers are seconds from 0 to 2<sup>31</sup>; of a
 * directive that comes twice the first one counts.
 *
 * @param maxAge the greatest age that is wanted; 0 when the directive makes no sense
 * @param maxStale for how long past its lifetime a response is welcome; 2<sup>31</sup> when that is not limited
 * @param minFresh for how much longer a response must be fresh
 * @param noCache whether nothing stored may be used without asking the origin
 * @param noStore whether nothing of this exchange may be stored
 * @param onlyIfCached whether the origin must not be asked
 * @param staleIfError for how long past its lifetime a response is welcome in the place of an error
 */
public record RequestDirectives(
        OptionalLong maxAge,
        OptionalLong maxStale,
        OptionalLong minFresh,
        boolean noCache,
        boolean noStore,
        boolean onlyIfCached,
        OptionalLong staleIfError) {
    /** A request that asks for nothing. */
    public static final RequestDirectives NONE = new RequestDirectives(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false,
            false,
            false,
            OptionalLong.empty());

    /**
     * Reads Cache-Control and, only where there is none, Pragma (RFC 9111 §5.4). Nothing is thrown, and nothing is
     * allocated when there is neither.
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

    /** RFC 9111 §5.2.1.2: without an argument it has no limit; one that makes no sense allows nothing. */
    private static OptionalLong maxStale(Directives directives) {
        List<Directives.Directive> named = directives.named("max-stale");
        return !named.isEmpty() && named.getFirst().argument() == null
                ? OptionalLong.of(DeltaSeconds.MAXIMUM)
                : directives.seconds("max-stale");
    }
}
