package dev.fetchonce.internal.http;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.json.UndecodableException;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A response as it is kept. Immutable but for what is decoded into its representation.
 *
 * @param uri the URL in its normal form
 * @param status the status code
 * @param headers the fields that may be kept
 * @param representation the body
 * @param selection for which requests it was selected
 * @param life how long it may be used, and for whom
 * @param receivedNanos when it came, or was last validated, on the cache's monotonic clock
 * @param receivedAt the same moment on the wall clock
 * @param transport over what it came
 */
public record StoredResponse(
        URI uri,
        int status,
        HttpHeaders headers,
        Representation representation,
        Selection selection,
        Life life,
        long receivedNanos,
        Instant receivedAt,
        Transport transport) {

    /**
     * Its current age (RFC 9111 §4.2.3): what it had when it came or was validated, and the time since; never negative,
     * whatever the order in which threads read the clock.
     */
    public long ageNanos(long now) {
        return life.initialAgeNanos() + Math.max(0, now - receivedNanos);
    }

    /** Whether its age is less than its freshness lifetime (RFC 9111 §4.2). */
    public boolean fresh(long now) {
        return ageNanos(now) < life.lifetimeNanos();
    }

    /** How long it has been stale; zero while it is fresh. */
    public long staleNanos(long now) {
        return Math.max(0, ageNanos(now) - life.lifetimeNanos());
    }

    /**
     * The same response, validated: with a new life, and the same decoded values.
     *
     * @param merged its fields, updated by those of the 304
     * @param selected for which requests it is selected now, as the 304 may have brought another Vary
     */
    public StoredResponse renewed(HttpHeaders merged, Selection selected, Life renewed, long now, Instant at) {
        return new StoredResponse(uri, status, merged, representation, selected, renewed, now, at, transport);
    }

    /** The same response with these fields. */
    StoredResponse with(HttpHeaders fields) {
        return new StoredResponse(
                uri, status, fields, representation, selection, life, receivedNanos, receivedAt, transport);
    }

    /** A response from the same origin's answer with another status, other fields and another body. */
    StoredResponse with(int code, HttpHeaders fields, byte[] body) {
        Representation other = representation.holding(body, fields);
        return new StoredResponse(uri, code, fields, other, selection, life, receivedNanos, receivedAt, transport);
    }

    /** The same response without what it says to the one who asked for it: the cookies of a failure that many share. */
    public StoredResponse forOthers() {
        return headers.firstValue("set-cookie").isPresent()
                ? with(StoredFields.kept(headers, Set.of("set-cookie")))
                : this;
    }

    /** The same response, for the requests that another one was selected for. */
    public StoredResponse selectedAs(StoredResponse other) {
        return new StoredResponse(
                uri, status, headers, representation, other.selection(), life, receivedNanos, receivedAt, transport);
    }

    /** Whether it was stored although it is a failure: the origin says no, and need not be asked again for a while. */
    public boolean negative() {
        return !success() && !Redirection.redirects(this);
    }

    /** The same response without its body. */
    public StoredResponse withoutBody() {
        return new StoredResponse(
                uri, status, headers, representation.emptied(), selection, life, receivedNanos, receivedAt, transport);
    }

    /** Whether it is what was asked for, and not a redirect to it. */
    public boolean success() {
        return status >= 200 && status <= 299;
    }

    /** The failure of a body whose content codings cannot be undone. */
    public Failure uncodable(ContentCodings.CodingException e) {
        return Failure.of(
                e.tooLarge() ? Reason.TOO_LARGE : Reason.PROTOCOL,
                origin() + " answered with status " + status + ", but the body is refused: " + e.getMessage()
                        + (e.tooLarge() ? " (maximumBodyBytes)" : ""));
    }

    /** The failure of somebody who wanted the body as something that it is not. */
    public Failure undecodable(UndecodableException e) {
        return Failure.of(Reason.UNDECODABLE, origin() + " answered with status " + status + ". " + e.getMessage());
    }

    /** The failure of somebody who waited in vain for another thread to decode the body. */
    public Failure stillDecoding(Type type) {
        return Failure.of(
                Reason.PATIENCE,
                origin() + " answered, but another thread was still decoding the body to " + type.getTypeName()
                        + " when this one's patience ended");
    }

    /** The origin that answered: scheme, host and port. */
    public String origin() {
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    /** An estimate of the heap it takes, in bytes. */
    long weight() {
        long weight = 200 + selection.weight() + representation.weight();
        for (Map.Entry<String, List<String>> field : headers.map().entrySet()) {
            weight += 100 + field.getKey().length();
            for (String value : field.getValue()) {
                weight += 60 + value.length();
            }
        }
        return weight;
    }
}
