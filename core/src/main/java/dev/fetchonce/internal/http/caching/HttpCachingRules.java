package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.FieldScope;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.SelectedCoding;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of HTTP: responses are kept, and age, as their header fields say (RFC 9111 §3). Immutable; pure.
 *
 * @param options the options that RFC 9111 leaves to a cache
 * @param validityRule the rule for the validity of a response
 */
public record HttpCachingRules(HttpCachingOptions options, ValidityRule validityRule) implements FreshnessPolicy {
    /** The time that a response with a validator is kept without any other use: a 304 is cheap. */
    private static final long KEPT_FOR_VALIDATION = Duration.ofDays(1).toNanos();

    /** The types of streams that last as long as their caller reads: no cache could wait for their end. */
    private static final Set<String> ENDLESS = Set.of("text/event-stream", "multipart/x-mixed-replace");

    /**
     * Makes the rules of a cache.
     *
     * @param whileRevalidateNanos the window of a response without stale-while-revalidate; 0 means no window
     * @param ifErrorNanos the window of a response without stale-if-error; 0 means no window
     */
    public static HttpCachingRules of(HttpCachingOptions options, long whileRevalidateNanos, long ifErrorNanos) {
        return new HttpCachingRules(options, new ValidityRule(options.shared(), whileRevalidateNanos, ifErrorNanos));
    }

    @Override
    public Assessment judge(
            RequestContext request, int status, HttpHeaders response, ReceiptTime received, boolean conditional) {
        Storability.ResponseProperties answered = answered(status, response, received);
        Storability storing = storing(request, answered);
        return new Assessment(
                verdict(request, answered, storing, conditional),
                validityRule.of(answered, storing, received),
                obstacle(storing));
    }

    private static Optional<Obstacle> obstacle(Storability storing) {
        return storing instanceof Storability.Refused refused ? Optional.of(refused.why()) : Optional.empty();
    }

    /**
     * Returns why a response with such a head is only for its own caller, so that other callers do not wait for its
     * end. The cache may not store it; or it could not use it, because the response needs validation and has no
     * validator; or it is a stream of events that may never end. Empty where the response is for other callers too.
     */
    @Override
    public Optional<Obstacle> forOne(RequestContext request, int status, HttpHeaders response, Instant now) {
        if (status == 304 || FailureRule.outage(status)) {
            return Optional.empty();
        }
        Storability.ResponseProperties answered = answered(status, response, new ReceiptTime(0, now, 0));
        Optional<Obstacle> obstacle = obstacle(storing(request, answered));
        if (obstacle.isPresent()) {
            return obstacle;
        }
        if (useless(answered)) {
            return Optional.of(Obstacle.NO_VALIDATOR);
        }
        return endless(response) ? Optional.of(Obstacle.ENDLESS) : Optional.empty();
    }

    /** Reports whether the response needs validation (RFC 9111 §5.2.2.4) and no 304 could ever confirm it. */
    private static boolean useless(Storability.ResponseProperties answered) {
        return answered.directives().noCache() instanceof FieldScope.Whole && !Validators.any(answered.headers());
    }

    private static boolean endless(HttpHeaders response) {
        String type = response.firstValue("content-type").orElse("").split(";", 2)[0];
        return ENDLESS.contains(type.strip().toLowerCase(Locale.ROOT));
    }

    /**
     * Returns the validity of a 206 that may be stored: the rules for the complete response apply to its parts (RFC
     * 9111 §3.3).
     */
    @Override
    public Optional<Validity> part(RequestContext request, HttpHeaders response, ReceiptTime received) {
        Storability.ResponseProperties answered = whole(response, received);
        Storability storing = storing(request, answered);
        return storing instanceof Storability.Stored
                ? Optional.of(validityRule.of(answered, storing, received))
                : Optional.empty();
    }

    private static Disposition.Verdict verdict(
            RequestContext request, Storability.ResponseProperties answered, Storability storing, boolean conditional) {
        int status = answered.status();
        boolean keep = storing instanceof Storability.Stored;
        if (status == 304 || status == 206) {
            return Disposition.judge(
                    request.key().toString(), request.target(), status, answered.headers(), false, conditional);
        }
        if (status >= 400) {
            Failure failure = Failure.answered(request.key().toString(), status, answered.headers());
            return keep ? new Disposition.Deny(failure) : new Disposition.Refuse(failure);
        }
        return keep ? new Disposition.Store() : new Disposition.Pass();
    }

    /**
     * Returns the stored response after a 304 has confirmed it (RFC 9111 §4.3.4). A 304 without a Date was made at its
     * time of receipt (RFC 9110 §6.6.1).
     */
    @Override
    public Renewal renewed(
            RequestContext request, StoredResponse stored, HttpHeaders notModified, ReceiptTime received) {
        HttpHeaders merged = StoredFields.freshened(stored.headers(), notModified);
        boolean dated = notModified.firstValue("date").isPresent();
        HttpHeaders fields = dated ? merged : StoredFields.kept(merged, Set.of("date"));
        Storability.ResponseProperties answered = answered(stored.status(), fields, received);
        Storability storing = storing(request, answered);
        StoredResponse renewed = stored.renewed(
                fields,
                selection(fields, request.headers()),
                validityRule.of(answered, storing, received),
                received.nanos(),
                received.at());
        return switch (storing) {
            case Storability.Stored kept -> new Renewal.Kept(renewed);
            case Storability.Refused refused -> new Renewal.Withdrawn(renewed, refused.why());
        };
    }

    /**
     * Returns the part of a storable response, or of a storable 206, that the cache stores: the fields for one caller
     * or one use are left out.
     */
    @Override
    public StoredResponse stored(RequestContext request, StoredResponse response) {
        HttpHeaders fields = response.headers();
        ReceiptTime received = new ReceiptTime(0, response.receivedAt(), 0);
        Storability.ResponseProperties answered =
                response.status() == 206 ? whole(fields, received) : answered(response.status(), fields, received);
        return storing(request, answered) instanceof Storability.Stored stored
                        && !stored.without().isEmpty()
                ? response.with(StoredFields.kept(fields, stored.without()))
                : response;
    }

    /** Returns the requests for which a response with these fields is selected: only requests that accept its coding. */
    @Override
    public VarySelection selection(HttpHeaders response, HttpHeaders request) {
        return VarySelection.of(response, request).coded(SelectedCoding.of(response, request));
    }

    @Override
    public List<StoredResponse> candidates(@Nullable StoredResponse pinned, List<StoredResponse> variants) {
        return Validators.candidates(pinned, variants);
    }

    /** Returns empty, as the response may say no-store (RFC 9111 §3). */
    @Override
    public Optional<VarySelection> unseen(HttpHeaders request) {
        return Optional.empty();
    }

    @Override
    public RequestDirectives directives(HttpHeaders request) {
        return RequestDirectives.of(request);
    }

    @Override
    public long keptForValidation() {
        return KEPT_FOR_VALIDATION;
    }

    /** Returns the complete response to which this 206 belongs. */
    private Storability.ResponseProperties whole(HttpHeaders part, ReceiptTime received) {
        return answered(200, StoredFields.kept(part, Set.of("content-range")), received);
    }

    private Storability.ResponseProperties answered(int status, HttpHeaders response, ReceiptTime received) {
        ResponseDirectives directives = ResponseDirectives.of(response, options.targetedFields());
        FreshnessLifetime lifetime = FreshnessLifetime.of(options, status, response, directives, received.at());
        return new Storability.ResponseProperties(status, response, directives, lifetime);
    }

    private Storability storing(RequestContext request, Storability.ResponseProperties answered) {
        boolean authorized = request.headers().firstValue("authorization").isPresent();
        boolean cookies = request.headers().firstValue("cookie").isPresent();
        return Storability.of(
                options,
                new Storability.RequestProperties("GET", RequestDirectives.of(request.headers()), authorized, cookies),
                answered);
    }
}
