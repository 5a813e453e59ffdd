package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.message.SetCookie;
import dev.fetchonce.internal.http.message.StatusCodes;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The freshness lifetime of a response: how long it is fresh after its origin made it (RFC 9111 §4.2.1, §4.2.2). */
public sealed interface FreshnessLifetime {
    /** Returns the lifetime in nanoseconds, from 0 to 2<sup>31</sup> seconds; 0 for an unknown lifetime. */
    long nanos();

    /** A lifetime that the response states. */
    record Explicit(long nanos) implements FreshnessLifetime {}

    /** A heuristic lifetime, because the response states no lifetime. */
    record Heuristic(long nanos) implements FreshnessLifetime {}

    /** The response states no lifetime, and no rule permits a heuristic one. */
    record Unknown() implements FreshnessLifetime {
        @Override
        public long nanos() {
            return 0;
        }
    }

    /**
     * Finds the lifetime: s-maxage in a shared cache, else max-age, else Expires, else a heuristic. This method throws
     * nothing.
     *
     * @param status the status code
     * @param response the fields of the response
     * @param directives the directives of this response
     * @param receivedAt the time of receipt on the wall clock, which replaces a missing Date
     */
    static FreshnessLifetime of(
            HttpCachingOptions options,
            int status,
            HttpHeaders response,
            ResponseDirectives directives,
            Instant receivedAt) {
        if (options.shared() && directives.sMaxage().isPresent()) {
            return seconds(directives.sMaxage());
        }
        if (directives.maxAge().isPresent()) {
            return seconds(directives.maxAge());
        }
        List<String> expires = response.allValues("expires");
        if (!expires.isEmpty() && !directives.targeted()) {
            return new Explicit(expires(expires, response, receivedAt));
        }
        return mayBeGuessed(options, status, response, directives)
                ? heuristic(options, response, receivedAt)
                : new Unknown();
    }

    /**
     * Reports whether a heuristic lifetime is permitted, by the status code or by public (RFC 9111 §4.2.2). An origin
     * with a field for caches but without a lifetime has omitted the lifetime on purpose, or is unreadable. Without
     * public such a response gets no heuristic lifetime, because a response in doubt is stale (§4.2.1). A response that
     * sets a cookie is for one user and gets no heuristic lifetime either.
     */
    private static boolean mayBeGuessed(
            HttpCachingOptions options, int status, HttpHeaders response, ResponseDirectives directives) {
        boolean spoken = Stream.concat(Stream.of("cache-control"), options.targetedFields().stream())
                .anyMatch(name -> response.firstValue(name).isPresent());
        boolean allowed = spoken ? directives.isPublic() : StatusCodes.heuristicallyCacheable(status);
        return allowed && !SetCookie.isIn(response);
    }

    private static FreshnessLifetime seconds(OptionalLong seconds) {
        return new Explicit(DeltaSeconds.nanos(seconds.orElse(0)));
    }

    /**
     * Returns the lifetime from Expires. An invalid date, such as "0", is a time in the past (RFC 9111 §5.3). Several
     * dates that differ are a time in the past as well (§4.2.1).
     */
    private static long expires(List<String> lines, HttpHeaders response, Instant receivedAt) {
        if (lines.stream().map(String::strip).distinct().count() > 1) {
            return 0;
        }
        Instant date = CurrentAge.dateValue(response, receivedAt);
        return HttpDate.parse(lines.getFirst(), receivedAt)
                .map(expires -> DeltaSeconds.nanosBetween(date, expires))
                .orElse(0L);
    }

    /**
     * Returns the heuristic lifetime (RFC 9111 §4.2.2): a response that has long been unchanged is not likely to change
     * soon.
     */
    private static FreshnessLifetime heuristic(HttpCachingOptions options, HttpHeaders response, Instant receivedAt) {
        Instant date = CurrentAge.dateValue(response, receivedAt);
        Optional<Instant> modified =
                response.firstValue("last-modified").flatMap(text -> HttpDate.parse(text, receivedAt));
        if (modified.isEmpty() || modified.get().isAfter(date)) {
            return new Unknown();
        }
        long unchanged = DeltaSeconds.nanosBetween(modified.get(), date);
        return new Heuristic(Math.min(options.heuristicCapNanos(), (long) (unchanged * options.heuristicFraction())));
    }
}
