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

/** For how long a response is fresh after it was made: its freshness lifetime (RFC 9111 §4.2.1, §4.2.2). */
public sealed interface FreshnessLifetime {
    /** The lifetime in nanoseconds, from 0 to 2<sup>31</sup> seconds; 0 when nothing tells it. */
    long nanos();

    /** What the response says. */
    record Explicit(long nanos) implements FreshnessLifetime {}

    /** A guess, as the response does not say. */
    record Heuristic(long nanos) implements FreshnessLifetime {}

    /** It does not say, and nothing allows a guess. */
    record Unknown() implements FreshnessLifetime {
        @Override
        public long nanos() {
            return 0;
        }
    }

    /**
     * Finds it: s-maxage in a shared cache, else max-age, else Expires, else a guess. Nothing is thrown.
     *
     * @param status the status code
     * @param response the fields of the response
     * @param directives those of the same response
     * @param receivedAt when it came, on the wall clock: its Date, where it brought none
     */
    static FreshnessLifetime of(
            HttpCachingOptions rules,
            int status,
            HttpHeaders response,
            ResponseDirectives directives,
            Instant receivedAt) {
        if (rules.shared() && directives.sMaxage().isPresent()) {
            return seconds(directives.sMaxage());
        }
        if (directives.maxAge().isPresent()) {
            return seconds(directives.maxAge());
        }
        List<String> expires = response.allValues("expires");
        if (!expires.isEmpty() && !directives.targeted()) {
            return new Explicit(expires(expires, response, receivedAt));
        }
        return mayBeGuessed(rules, status, response, directives)
                ? heuristic(rules, response, receivedAt)
                : new Unknown();
    }

    /**
     * RFC 9111 §4.2.2: where the status code or public allows it. An origin that speaks to caches and tells no lifetime has
     * chosen to, or cannot be understood: then nothing is guessed either, and what is in doubt is stale (§4.2.1). Nor is
     * anything about a cookie, which is for one user.
     */
    private static boolean mayBeGuessed(
            HttpCachingOptions rules, int status, HttpHeaders response, ResponseDirectives directives) {
        boolean spoken = Stream.concat(Stream.of("cache-control"), rules.targetedFields().stream())
                .anyMatch(name -> response.firstValue(name).isPresent());
        boolean allowed = spoken ? directives.isPublic() : StatusCodes.heuristicallyCacheable(status);
        return allowed && !SetCookie.isIn(response);
    }

    private static FreshnessLifetime seconds(OptionalLong seconds) {
        return new Explicit(DeltaSeconds.nanos(seconds.orElse(0)));
    }

    /** RFC 9111 §5.3: what is no date, "0" above all, is a time in the past; and so are several that differ (§4.2.1). */
    private static long expires(List<String> lines, HttpHeaders response, Instant receivedAt) {
        if (lines.stream().map(String::strip).distinct().count() > 1) {
            return 0;
        }
        Instant date = CurrentAge.dateValue(response, receivedAt);
        return HttpDate.parse(lines.getFirst(), receivedAt)
                .map(expires -> DeltaSeconds.nanosBetween(date, expires))
                .orElse(0L);
    }

    /** RFC 9111 §4.2.2: what has not changed for long is not likely to change soon. */
    private static FreshnessLifetime heuristic(HttpCachingOptions rules, HttpHeaders response, Instant receivedAt) {
        Instant date = CurrentAge.dateValue(response, receivedAt);
        Optional<Instant> modified =
                response.firstValue("last-modified").flatMap(text -> HttpDate.parse(text, receivedAt));
        if (modified.isEmpty() || modified.get().isAfter(date)) {
            return new Unknown();
        }
        long unchanged = DeltaSeconds.nanosBetween(modified.get(), date);
        return new Heuristic(Math.min(rules.heuristicCapNanos(), (long) (unchanged * rules.heuristicFraction())));
    }
}
