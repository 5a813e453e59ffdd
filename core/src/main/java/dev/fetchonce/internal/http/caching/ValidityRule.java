package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.FieldScope;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.message.SetCookie;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.Validity;
import java.net.http.HttpHeaders;
import java.util.OptionalLong;

/**
 * The rule that makes the validity of a response from its fields (RFC 9111 §4.2, RFC 5861, RFC 8246). Immutable; pure.
 *
 * @param shared whether the cache serves more than one user
 * @param whileRevalidateNanos the window of a response without stale-while-revalidate; 0 means no window
 * @param ifErrorNanos the window of a response without stale-if-error; 0 means no window
 */
public record ValidityRule(boolean shared, long whileRevalidateNanos, long ifErrorNanos) {
    /**
     * Returns the validity of a response.
     *
     * @param storing whether the cache may store it
     */
    public Validity of(Storability.ResponseProperties response, Storability storing, ReceiptTime received) {
        ResponseDirectives says = response.directives();
        boolean validated = says.noCache() instanceof FieldScope.Whole;
        long age = CurrentAge.correctedInitialAge(response.headers(), received.at(), received.delayNanos());
        long told = CurrentAge.correctedInitialAge(response.headers(), received.at(), 0);
        return new Validity(
                validated ? 0 : response.lifetime().nanos(),
                age,
                told,
                window(says.staleWhileRevalidate(), whileRevalidateNanos),
                window(says.staleIfError(), ifErrorNanos),
                validated || mustRevalidate(says) ? Validity.Staleness.FORBIDDEN : Validity.Staleness.ALLOWED,
                validated ? Validity.Sharing.NEVER : sharing(response, storing),
                says.immutable() && response.lifetime() instanceof FreshnessLifetime.Explicit,
                placement(storing));
    }

    /** Reports whether the response may not be used stale (RFC 9111 §4.2.4). */
    private boolean mustRevalidate(ResponseDirectives says) {
        return says.mustRevalidate()
                || (shared && (says.proxyRevalidate() || says.sMaxage().isPresent()));
    }

    /**
     * Returns the waiters that may have the response. All waiters may have a response without a stated lifetime. RFC
     * 9111 §4.2.2 lets a cache use a heuristic, which is safe for callers that asked before the response arrived. But a
     * cookie is for one caller.
     */
    private static Validity.Sharing sharing(Storability.ResponseProperties response, Storability storing) {
        return switch (storing) {
            case Storability.Refused refused -> Validity.Sharing.NEVER;
            case Storability.Stored stored ->
                switch (response.lifetime()) {
                    case FreshnessLifetime.Explicit told ->
                        stored.without().isEmpty() ? Validity.Sharing.WHILE_FRESH : Validity.Sharing.NEVER;
                    case FreshnessLifetime.Heuristic guessed -> guessed(response.headers(), stored);
                    case FreshnessLifetime.Unknown unknown -> guessed(response.headers(), stored);
                };
        };
    }

    private static Validity.Sharing guessed(HttpHeaders response, Storability.Stored stored) {
        return stored.without().isEmpty() && !SetCookie.isIn(response)
                ? Validity.Sharing.ALWAYS
                : Validity.Sharing.NEVER;
    }

    private static Validity.Placement placement(Storability storing) {
        return switch (storing) {
            case Storability.Stored stored -> stored.place();
            case Storability.Refused refused -> Validity.Placement.PARTITION;
        };
    }

    private static long window(OptionalLong told, long otherwise) {
        return told.isPresent() ? DeltaSeconds.nanos(told.getAsLong()) : otherwise;
    }
}
