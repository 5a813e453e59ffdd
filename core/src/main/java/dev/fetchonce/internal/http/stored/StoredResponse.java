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
 * A response as it is kept. Immutable but for what is decoded into its representation. Thousands of them are there at a time:
 * its fields are kept as bytes, and whatever many have in common is one instance ({@link #sharing}).
 */
public final class StoredResponse {
    /** The heap that this object and the head of its array take, in bytes. */
    private static final long OBJECTS = 80 + 16 + 4;

    private final String url;
    private final int status;

    /** Its fields, as {@link HeaderCodec}. */
    private final byte[] lines;

    private final Representation representation;
    private final VarySelection selection;
    private final long lifetimeNanos;
    private final long initialAgeNanos;
    private final long toldAgeNanos;
    private final ReuseTerms terms;
    private final long receivedNanos;
    private final long receivedMicros;
    private final ConnectionInfo transport;

    /**
     * A response.
     *
     * @param url the URL in its normal form
     * @param status the status code
     * @param headers the fields that may be kept
     * @param representation the body
     * @param selection for which requests it was selected
     * @param life how long it may be used, and for whom
     * @param receivedNanos when it came, or was last validated, on the cache's monotonic clock
     * @param receivedAt the same moment on the wall clock, kept to the microsecond
     * @param transport over what it came
     */
    public StoredResponse(
            String url,
            int status,
            HttpHeaders headers,
            Representation representation,
            VarySelection selection,
            Validity life,
            long receivedNanos,
            Instant receivedAt,
            ConnectionInfo transport) {
        this(
                url,
                status,
                HeaderCodec.of(headers),
                representation,
                selection,
                life,
                receivedNanos,
                ChronoUnit.MICROS.between(Instant.EPOCH, receivedAt),
                transport);
    }

    private StoredResponse(
            String url,
            int status,
            byte[] lines,
            Representation representation,
            VarySelection selection,
            Validity life,
            long receivedNanos,
            long receivedMicros,
            ConnectionInfo transport) {
        this.url = url;
        this.status = status;
        this.lines = lines;
        this.representation = representation;
        this.selection = selection;
        this.lifetimeNanos = life.lifetimeNanos();
        this.initialAgeNanos = life.initialAgeNanos();
        this.toldAgeNanos = life.toldAgeNanos();
        this.terms = life.terms();
        this.receivedNanos = receivedNanos;
        this.receivedMicros = receivedMicros;
        this.transport = transport;
    }

    /** The URL in its normal form. */
    public String url() {
        return url;
    }

    /** The same, made anew. */
    public URI uri() {
        return URI.create(url);
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /**
     * The values of one of its fields, in their order, as a list of the caller's own; empty where it is absent.
     *
     * @param name in any case
     */
    public List<String> values(String name) {
        return HeaderCodec.values(lines, name);
    }

    /** Its fields, made anew with each call: whoever needs many of them asks once. */
    public HttpHeaders headers() {
        return HttpHeaders.of(fields(), (name, value) -> true);
    }

    /** The same by name in any case, as a map of the caller's own, to be changed before it is made headers. */
    public SortedMap<String, List<String>> fields() {
        return HeaderCodec.map(lines);
    }

    /** The body. */
    public Representation representation() {
        return representation;
    }

    /** For which requests it was selected. */
    public VarySelection selection() {
        return selection;
    }

    /** How long it may be used, and for whom; made anew, unlike its parts. */
    public Validity life() {
        return new Validity(lifetimeNanos, initialAgeNanos, toldAgeNanos, terms);
    }

    /** {@link Validity#lifetimeNanos}. */
    public long lifetimeNanos() {
        return lifetimeNanos;
    }

    /** {@link Validity#toldAgeNanos}. */
    public long toldAgeNanos() {
        return toldAgeNanos;
    }

    /** {@link Validity#terms}. */
    public ReuseTerms terms() {
        return terms;
    }

    /** When it came, or was last validated, on the cache's monotonic clock. */
    public long receivedNanos() {
        return receivedNanos;
    }

    /** The same moment on the wall clock, to the microsecond. */
    public Instant receivedAt() {
        return Instant.EPOCH.plus(receivedMicros, ChronoUnit.MICROS);
    }

    /** Over what it came. */
    public ConnectionInfo transport() {
        return transport;
    }

    /**
     * Its current age (RFC 9111 §4.2.3): what it had when it came or was validated, and the time since; never negative,
     * whatever the order in which threads read the clock.
     */
    public long ageNanos(long now) {
        return initialAgeNanos + Math.max(0, now - receivedNanos);
    }

    /** Whether its age is less than its freshness lifetime (RFC 9111 §4.2). */
    public boolean fresh(long now) {
        return ageNanos(now) < lifetimeNanos;
    }

    /** How long it has been stale; zero while it is fresh. */
    public long staleNanos(long now) {
        return Math.max(0, ageNanos(now) - lifetimeNanos);
    }

    /**
     * The same response, validated: with a new life, and the same decoded values.
     *
     * @param merged its fields, updated by those of the 304
     * @param selected for which requests it is selected now, as the 304 may have brought another Vary
     */
    public StoredResponse renewed(HttpHeaders merged, VarySelection selected, Validity renewed, long now, Instant at) {
        return new StoredResponse(url, status, merged, representation, selected, renewed, now, at, transport);
    }

    /** The same response with these fields. */
    public StoredResponse with(HttpHeaders fields) {
        return with(status, HeaderCodec.of(fields), representation, selection);
    }

    /** A response from the same origin's answer with another status, other fields and another body. */
    public StoredResponse with(int code, HttpHeaders fields, byte[] body) {
        return with(code, HeaderCodec.of(fields), representation.holding(body, fields), selection);
    }

    /** The same response without what it says to the one who asked for it: its cookies. */
    public StoredResponse forOthers() {
        boolean cookies =
                SetCookie.NAMES.stream().anyMatch(name -> !values(name).isEmpty());
        return cookies ? with(StoredFields.kept(headers(), SetCookie.NAMES)) : this;
    }

    /** The same response, for the requests that another one was selected for. */
    public StoredResponse selectedAs(StoredResponse other) {
        return with(status, lines, representation, other.selection);
    }

    /** Whether it was stored although it is a failure: the origin says no, and need not be asked again for a while. */
    public boolean negative() {
        return !success() && !redirects();
    }

    /** The same response without its body. */
    public StoredResponse withoutBody() {
        return with(status, lines, representation.emptied(), selection);
    }

    private StoredResponse with(int code, byte[] fields, Representation body, VarySelection selected) {
        return new StoredResponse(url, code, fields, body, selected, life(), receivedNanos, receivedMicros, transport);
    }

    /** The same response, which has in common with others what is equal to theirs. */
    public StoredResponse sharing(Interner those) {
        Validity life = new Validity(lifetimeNanos, initialAgeNanos, toldAgeNanos, those.of(terms));
        return new StoredResponse(
                url,
                status,
                lines,
                representation,
                those.of(selection),
                life,
                receivedNanos,
                receivedMicros,
                those.of(transport));
    }

    /** Whether it leads elsewhere: its status says so, and it has a Location. */
    public boolean redirects() {
        return !success() && StatusCodes.redirects(status, headers());
    }

    /** Returns its entity tag, or the text that stands where one should be. */
    public Optional<EntityTag> entityTag() {
        return EntityTag.ofField(values("etag"));
    }

    /** Returns the value of a field that is no list; empty where the response does not have it. */
    public Optional<String> single(String name) {
        return SingleField.value(values(name));
    }

    /** Whether it is what was asked for, and not a redirect to it. */
    public boolean success() {
        return status >= 200 && status <= 299;
    }

    /** The failure of a body whose content codings cannot be undone. */
    public Failure uncodable(ContentCodings.CodingException e) {
        return Failure.threw(
                e.reason(),
                origin() + " answered with status " + status + ", but the body is refused: " + e.getMessage()
                        + (e.tooLarge() ? " (maximumBodyBytes)" : ""),
                e.getCause());
    }

    /** The failure of somebody who wanted the body as something that it is not. */
    public Failure undecodable(UndecodableException e) {
        return Failure.threw(
                Reason.UNDECODABLE,
                origin() + " answered with status " + status + ". " + e.getMessage(),
                e.thrown().orElse(null));
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
        int path = url.indexOf('/', url.indexOf("://") + 3);
        return path < 0 ? url : url.substring(0, path);
    }

    /** An estimate of the heap it takes, in bytes. */
    public long weight() {
        return OBJECTS + lines.length + selection.weight() + representation.weight();
    }

    /** Whether it is the same response, with the very same representation, received at the same time. */
    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof StoredResponse other
                && representation.equals(other.representation)
                && receivedNanos == other.receivedNanos
                && receivedMicros == other.receivedMicros
                && status == other.status
                && url.equals(other.url)
                && Arrays.equals(lines, other.lines)
                && life().equals(other.life())
                && selection.equals(other.selection)
                && transport.equals(other.transport);
    }

    @Override
    public int hashCode() {
        return representation.hashCode();
    }
}
