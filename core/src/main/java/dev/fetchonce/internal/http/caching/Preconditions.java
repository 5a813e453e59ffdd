package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.SingleField;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The conditions of a caller's own request, and their evaluation against a stored response (RFC 9111 §4.3.2, RFC 9110
 * §13). They come before the Range of the request (RFC 9110 §13.2.2). Pure functions.
 */
public final class Preconditions {
    private static final String IF_NONE_MATCH = "if-none-match";
    private static final String IF_MODIFIED_SINCE = "if-modified-since";

    /**
     * The fields of a 304 (RFC 9110 §15.4.5), and the age, without which its recipient could not use the stated
     * lifetime.
     */
    private static final Set<String> OF_A_304 =
            Set.of("age", "cache-control", "content-location", "date", "etag", "expires", "vary");

    private Preconditions() {}

    /** The response to the caller. */
    public sealed interface Answer {}

    /** The stored response: no condition prevents it. */
    public record Full() implements Answer {}

    /**
     * A 304: the caller has the stored response already.
     *
     * @param headers the stored fields that belong in the 304 (RFC 9110 §15.4.5)
     */
    public record NotModified(HttpHeaders headers) implements Answer {}

    /**
     * Reports whether a request has a condition for its origin only: {@code If-Match}, If-Unmodified-Since, or an
     * If-Range without a Range. The cache forwards such a request as it is, and only the origin may answer it.
     */
    public static boolean forwarded(HttpHeaders request) {
        return has(request, "if-match")
                || has(request, "if-unmodified-since")
                || (has(request, "if-range") && !has(request, "range"));
    }

    /** Reports whether a request has a condition that a stored response can answer. */
    public static boolean conditional(HttpHeaders request) {
        return has(request, IF_NONE_MATCH) || has(request, IF_MODIFIED_SINCE);
    }

    /** Returns the request without the conditions that a stored response can answer, which is the cache's own request. */
    public static HttpHeaders unconditional(HttpHeaders request) {
        return conditional(request)
                ? HttpHeaders.of(
                        request.map(),
                        (name, value) ->
                                !name.equalsIgnoreCase(IF_NONE_MATCH) && !name.equalsIgnoreCase(IF_MODIFIED_SINCE))
                : request;
    }

    /**
     * Evaluates the conditions of a GET or HEAD.
     *
     * @param request the fields of the request
     * @param stored the response for the request; conditions are evaluated only against a 200
     */
    public static Answer evaluate(HttpHeaders request, StoredResponse stored) {
        return conditional(request)
                ? evaluate(request, stored.status(), stored.headers(), stored.receivedAt())
                : new Full();
    }

    /** Evaluates the conditions against a response that is not stored. */
    public static Answer evaluate(HttpHeaders request, int status, HttpHeaders response, Instant receivedAt) {
        boolean had = status == 200
                && (has(request, IF_NONE_MATCH)
                        ? matched(request, response)
                        : unmodified(request, response, receivedAt));
        return had ? new NotModified(notModified(response)) : new Full();
    }

    /**
     * Evaluates {@code If-None-Match} by the weak comparison (RFC 9110 §13.1.2). An asterisk among other members is not
     * a wildcard.
     */
    private static boolean matched(HttpHeaders request, HttpHeaders stored) {
        List<EntityTag> theirs = EntityTag.list(request.allValues(IF_NONE_MATCH));
        if (theirs.size() == 1 && theirs.getFirst().text().equals("*")) {
            return true;
        }
        Optional<EntityTag> mine = EntityTag.of(stored);
        return mine.isPresent() && theirs.stream().anyMatch(mine.get()::weakly);
    }

    /**
     * Evaluates If-Modified-Since (RFC 9111 §4.3.2). It is compared with Last-Modified, else with Date, else with the
     * time of receipt. An invalid date in the request is ignored. An invalid date in the stored response is not
     * replaced by the next of these dates.
     */
    private static boolean unmodified(HttpHeaders request, HttpHeaders stored, Instant receivedAt) {
        List<String> lines = request.allValues(IF_MODIFIED_SINCE);
        if (lines.size() != 1) {
            return false;
        }
        Optional<Instant> since = HttpDate.parse(lines.getFirst(), receivedAt);
        Optional<String> date = SingleField.value(stored, "last-modified").or(() -> SingleField.value(stored, "date"));
        Optional<Instant> own = date.isEmpty() ? Optional.of(receivedAt) : HttpDate.parse(date.get(), receivedAt);
        return since.isPresent() && own.isPresent() && !own.get().isAfter(since.get());
    }

    /** Returns the fields of a 304; Last-Modified only updates a response without an entity tag. */
    private static HttpHeaders notModified(HttpHeaders stored) {
        boolean tagged = EntityTag.of(stored).isPresent();
        return HttpHeaders.of(stored.map(), (name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            return OF_A_304.contains(lower) || (!tagged && lower.equals("last-modified"));
        });
    }

    private static boolean has(HttpHeaders request, String name) {
        return !request.allValues(name).isEmpty(); // firstValue makes a stream, and a hit calls this method many times
    }
}
