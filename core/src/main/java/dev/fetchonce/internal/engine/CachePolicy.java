package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The settings of the application for this cache, checked by the builder.
 *
 * @param name the name of the cache, for Cache-Status
 * @param freshnessPolicy the rules by which responses are kept and age
 * @param timeout the longest duration of one exchange that a stored response can stand in for, from the moment it
 *     holds its permit
 * @param firstTimeout the longest duration of any exchange, from that moment
 * @param patience the longest wait of a caller that sets no patience of its own
 * @param requestCustomizer a change to each request before it is sent, if there is one; code of the application
 * @param failurePolicy the settings for an origin in trouble
 */
public record CachePolicy(
        String name,
        FreshnessPolicy freshnessPolicy,
        Duration timeout,
        Duration firstTimeout,
        Duration patience,
        Optional<UnaryOperator<HttpRequest>> requestCustomizer,
        FailurePolicy failurePolicy) {
    /** Returns the longest duration of an exchange that may go on when all its callers have left. */
    Duration longestAlone(CacheRequest request) {
        Duration soft = request.softTimeout().orElse(Duration.ZERO);
        return soft.compareTo(timeout) > 0 ? soft : timeout;
    }
}
