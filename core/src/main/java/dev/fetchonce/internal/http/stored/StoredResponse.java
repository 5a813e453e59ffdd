package dev.fetchonce.internal.http.stored;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Interner;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.HeaderCodec;
import dev.fetchonce.internal.http.message.SetCookie;
import dev.fetchonce.internal.http.message.SingleField;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.json.UndecodableException;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A response as the store keeps it, also before it is stored and where it never is. Immutable except for the values decoded into its representation. A cache holds thousands of
 * them: the fields are kept as bytes, and equal parts of many responses are one instance ({@link #sharing}).
 */
public final class StoredResponse {
    /** The heap of this object and of its array's header, in bytes. */
    private static final long OBJECTS = 80 + 16 + 4;

    private final String url;
    private final int status;

    /** The fields, encoded by {@link HeaderCodec}. */
    private final byte[] lines;

    private final Representation representation;
    private final VarySelection selection;
    private final long lifetimeNanos;
    private final long initialAgeNanos;
    private final long statedAgeNanos;
    private final ReuseTerms terms;
    private final long receivedNanos;
    private final long receivedMicros;
    private final ConnectionInfo connection;

    /**
     * Makes a response.
     *
     * @param url the URL in its normal form
     * @param status the status code
     * @param headers the fields to store
     * @param representation the body
     * @param selection the requests for which it was selected
     * @param validity how long a cache may use it, and for which callers
     * @param receivedNanos the time of receipt or of the last validation, on the cache's monotonic clock
     * @param receivedAt that time on the wall clock, kept to the microsecond
     * @param connection the connection that carried it
     */
    public StoredResponse(
            String url,
            int status,
            HttpHeaders headers,
            Representation representation,
            VarySelection selection,
            Validity validity,
            long receivedNanos,
            Instant receivedAt,
            ConnectionInfo connection) {
        this(
                url,
                status,
                HeaderCodec.of(headers),
                representation,
                selection,
                validity,
                receivedNanos,
                ChronoUnit.MICROS.between(Instant.EPOCH, receivedAt),
                connection);
    }

    private StoredResponse(
            String url,
            int status,
            byte[] lines,
            Representation representation,
            VarySelection selection,
            Validity validity,
            long receivedNanos,
            long receivedMicros,
            ConnectionInfo connection) {
        this.url = url;
        this.status = status;
        this.lines = lines;
        this.representation = representation;
        this.selection = selection;
        this.lifetimeNanos = validity.lifetimeNanos();
        this.initialAgeNanos = validity.initialAgeNanos();
        this.statedAgeNanos = validity.statedAgeNanos();
        this.terms = validity.terms();
        this.receivedNanos = receivedNanos;
        this.receivedMicros = receivedMicros;
        this.connection = connection;
    }

    /** Returns the URL in its normal form. */
    public String url() {
        return url;
    }

    /** Returns the URL as a new {@link URI}. */
    public URI uri() {
        return URI.create(url);
    }

    /** Returns the status code. */
    public int status() {
        return status;
    }

    /**
     * Returns the values of one field, in their order, as a list of the caller's own; empty where the field is absent.
     *
     * @param name in any case
     */
    public List<String> values(String name) {
        return HeaderCodec.values(lines, name);
    }

    /** Returns the fields, decoded anew by each call: a caller that needs several of them calls once. */
    public HttpHeaders headers() {
        return HttpHeaders.of(fields(), (name, value) -> true);
    }

    /**
     * Returns the fields by name in any case, as a map of the caller's own, which it may change before it makes
     * headers.
     */
    public SortedMap<String, List<String>> fields() {
        return HeaderCodec.map(lines);
    }

    /** Returns the body. */
    public Representation representation() {
        return representation;
    }

    /** Returns the requests for which it was selected. */
    public VarySelection selection() {
        return selection;
    }

    /** Returns how long a cache may use it, and for which callers; a new object, unlike its parts. */
    public Validity validity() {
        return new Validity(lifetimeNanos, initialAgeNanos, statedAgeNanos, terms);
    }

    /** Returns the {@link Validity#lifetimeNanos}. */
    public long lifetimeNanos() {
        return lifetimeNanos;
    }

    /** Returns the {@link Validity#statedAgeNanos}. */
    public long statedAgeNanos() {
        return statedAgeNanos;
    }

    /** Returns the {@link Validity#terms}. */
    public ReuseTerms terms() {
        return terms;
    }

    /** Returns the time of receipt or of the last validation, on the cache's monotonic clock. */
    public long receivedNanos() {
        return receivedNanos;
    }

    /** Returns that time on the wall clock, to the microsecond. */
    public Instant receivedAt() {
        return Instant.EPOCH.plus(receivedMicros, ChronoUnit.MICROS);
    }

    /** Returns the connection that carried the response. */
    public ConnectionInfo connection() {
        return connection;
    }

    /**
     * Returns the current age (RFC 9111 §4.2.3): the initial age and the time since receipt or validation. It is never
     * negative, even when threads read the clock in another order.
     */
    public long ageNanos(long now) {
        return initialAgeNanos + Math.max(0, now - receivedNanos);
    }

    /** Reports whether the current age is less than the freshness lifetime (RFC 9111 §4.2). */
    public boolean fresh(long now) {
        return ageNanos(now) < lifetimeNanos;
    }

    /** Returns how long it has been stale; zero while it is fresh. */
    public long staleNanos(long now) {
        return Math.max(0, ageNanos(now) - lifetimeNanos);
    }

    /**
     * Returns this response after a validation: with a new validity and the very same decoded values.
     *
     * @param merged the stored fields, updated by those of the 304
     * @param selected the requests for which it is selected now, as the 304 may have brought another Vary
     */
    public StoredResponse renewed(HttpHeaders merged, VarySelection selected, Validity renewed, long now, Instant at) {
        return new StoredResponse(url, status, merged, representation, selected, renewed, now, at, connection);
    }

    /** Returns this response with other fields. */
    public StoredResponse with(HttpHeaders fields) {
        return with(status, HeaderCodec.of(fields), representation, selection);
    }

    /** Returns a response with another status, other fields and another body, and with all else as in this one. */
    public StoredResponse with(int code, HttpHeaders fields, byte[] body) {
        return with(code, HeaderCodec.of(fields), representation.holding(body, fields), selection);
    }

    /** Returns this response without the fields that are only for the original caller: its cookies. */
    public StoredResponse forOthers() {
        boolean cookies =
                SetCookie.NAMES.stream().anyMatch(name -> !values(name).isEmpty());
        return cookies ? with(StoredFields.kept(headers(), SetCookie.NAMES)) : this;
    }

    /** Returns this response with the selection of another one. */
    public StoredResponse selectedAs(StoredResponse other) {
        return with(status, lines, representation, other.selection);
    }

    /** Reports whether it is a stored failure, for which the cache need not ask the origin again for a while. */
    public boolean negative() {
        return !success() && !redirects();
    }

    /** Returns this response without its body. */
    public StoredResponse withoutBody() {
        return with(status, lines, representation.emptied(), selection);
    }

    private StoredResponse with(int code, byte[] fields, Representation body, VarySelection selected) {
        return new StoredResponse(
                url, code, fields, body, selected, validity(), receivedNanos, receivedMicros, connection);
    }

    /** Returns this response with parts that equal responses share. */
    public StoredResponse sharing(Interner those) {
        Validity validity = new Validity(lifetimeNanos, initialAgeNanos, statedAgeNanos, those.of(terms));
        return new StoredResponse(
                url,
                status,
                lines,
                representation,
                those.of(selection),
                validity,
                receivedNanos,
                receivedMicros,
                those.of(connection));
    }

    /** Reports whether it is a redirect: it has such a status and a Location. */
    public boolean redirects() {
        return !success() && StatusCodes.redirects(status, headers());
    }

    /** Returns the entity tag, or the malformed text in its place. */
    public Optional<EntityTag> entityTag() {
        return EntityTag.ofField(values("etag"));
    }

    /** Returns the value of a field that is no list; empty where the response does not have the field. */
    public Optional<String> single(String name) {
        return SingleField.value(values(name));
    }

    /** Reports whether its status is a success (2xx), so that it is no redirect and no failure. */
    public boolean success() {
        return status >= 200 && status <= 299; // as StatusCodes.success, without its call: each request comes here
    }

    /** Returns the failure of a body whose content codings cannot be undone. */
    public Failure uncodable(ContentCodings.CodingException e) {
        return Failure.threw(
                e.reason(),
                name() + " answered with status " + status + ", but the body is refused: " + e.getMessage()
                        + (e.tooLarge() ? " (maximumBodyBytes)" : ""),
                e.getCause());
    }

    /** Returns the failure of a caller that requested a type to which the body does not decode. */
    public Failure undecodable(UndecodableException e) {
        return Failure.threw(
                Reason.UNDECODABLE,
                (terms.unending() ? "The seed of " + name() + " was used" : name() + " answered with status " + status)
                        + ". " + e.getMessage(),
                e.thrown().orElse(null));
    }

    /** Returns the failure of a caller whose patience ended while another thread decoded the body. */
    public Failure stillDecoding(Type type) {
        return Failure.of(
                Reason.PATIENCE,
                name() + " answered, but another thread was still decoding the body to " + type.getTypeName()
                        + " when this caller's patience ended");
    }

    /** Returns the name of the URL that responded ({@link TargetUri#name(String)}). */
    public String name() {
        return TargetUri.name(url);
    }

    /** Returns an estimate of the heap of this response, in bytes. */
    public long weight() {
        return OBJECTS + lines.length + selection.weight() + representation.weight();
    }

    /** Reports whether the other object is an equal response, with the very same representation and time of receipt. */
    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof StoredResponse other
                && representation.equals(other.representation)
                && receivedNanos == other.receivedNanos
                && receivedMicros == other.receivedMicros
                && status == other.status
                && url.equals(other.url)
                && Arrays.equals(lines, other.lines)
                && validity().equals(other.validity())
                && selection.equals(other.selection)
                && connection.equals(other.connection);
    }

    @Override
    public int hashCode() {
        return representation.hashCode();
    }
}
