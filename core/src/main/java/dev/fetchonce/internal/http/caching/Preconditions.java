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
 * The conditions of a caller's own request, and what a stored response answers to them (RFC 9111 §4.3.2, RFC 9110 §13). They
 * come before its Range (RFC 9110 §13.2.2). Pure functions.
 */
public final class Preconditions {
    private static final String IF_NONE_MATCH = "if-none-match";
    private static final String IF_MODIFIED_SINCE = "if-modified-since";

    /** RFC 9110 §15.4.5, and the age, without which the lifetime that it tells could not be used. */
    private static final Set<String> OF_A_304 =
            Set.of("age", "cache-control", "content-location", "date", "etag", "expires", "vary");

    private Preconditions() {}

    /** What to answer with. */
    public sealed interface Answer {}

    /** The stored response: no condition says otherwise. */
    public record Full() implements Answer {}

    /**
     * A 304: the caller has what is stored.
     *
     * @param headers the stored fields that belong in it (RFC 9110 §15.4.5)
     */
    public record NotModified(HttpHeaders headers) implements Answer {}

    /**
     * Whether a request has a condition that is for its origin only, so that it is forwarded as it is and answered by
     * nobody else: If-Match, If-Unmodified-Since, and an If-Range that is about no Range.
     */
    public static boolean forwarded(HttpHeaders request) {
        return has(request, "if-match")
                || has(request, "if-unmodified-since")
                || (has(request, "if-range") && !has(request, "range"));
    }

    /** Whether a request has a condition that a stored response can answer. */
    public static boolean conditional(HttpHeaders request) {
        return has(request, IF_NONE_MATCH) || has(request, IF_MODIFIED_SINCE);
    }

    /** The request without the conditions that a stored response can answer: what the cache itself asks for. */
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
     * @param request its fields
     * @param stored what the request is to be answered with; a response that is no 200 has no condition evaluated against it
     */
    public static Answer evaluate(HttpHeaders request, StoredResponse stored) {
        return conditional(request)
                ? evaluate(request, stored.status(), stored.headers(), stored.receivedAt())
                : new Full();
    }

    /** The same against a response that is not stored. */
    public static Answer evaluate(HttpHeaders request, int status, HttpHeaders response, Instant receivedAt) {
        boolean had = status == 200
                && (has(request, IF_NONE_MATCH)
                        ? matched(request, response)
                        : unmodified(request, response, receivedAt));
        return had ? new NotModified(notModified(response)) : new Full();
    }

    /** If-None-Match, by the weak comparison (RFC 9110 §13.1.2). An asterisk among other members is none. */
    private static boolean matched(HttpHeaders request, HttpHeaders stored) {
        List<EntityTag> theirs = EntityTag.list(request.allValues(IF_NONE_MATCH));
        if (theirs.size() == 1 && theirs.getFirst().text().equals("*")) {
            return true;
        }
        Optional<EntityTag> mine = EntityTag.of(stored);
        return mine.isPresent() && theirs.stream().anyMatch(mine.get()::weakly);
    }

    /**
     * If-Modified-Since (RFC 9111 §4.3.2): compared with Last-Modified, else with Date, else with when it was received. A
     * date that is none is ignored in the request, and in the stored response it is not passed over.
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

    /** Last-Modified is for updates of what has no entity tag. */
    private static HttpHeaders notModified(HttpHeaders stored) {
        boolean tagged = EntityTag.of(stored).isPresent();
        return HttpHeaders.of(stored.map(), (name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            return OF_A_304.contains(lower) || (!tagged && lower.equals("last-modified"));
        });
    }

    private static boolean has(HttpHeaders request, String name) {
        return !request.allValues(name).isEmpty(); // firstValue makes a stream, and a hit asks for many
    }
}
