package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.UserCode;
import dev.fetchonce.internal.origin.UserCodeException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the application for origins in trouble and for stored responses near the end of freshness; checked
 * by the builder.
 *
 * @param delay the time without requests after a failure
 * @param maximumRetryAfter the longest wait that an origin may request
 * @param knocking whether bare connections look if a host that refused connections listens again
 * @param retries the number of times that one fetch repeats its request within its deadline
 * @param waitForFirst the time for which a caller waits and asks again where nothing is stored; in place of its patience
 * @param shareErrors whether the waiters of a failed fetch share its failure and make no request of their own
 * @param ahead the fraction of its freshness lifetime after which a stored response is renewed; 1 means never
 * @param backgroundFetches the bound on the flights without waiters that may be up at once
 * @param staleIfStatus selects the statuses for which a stale response stands in; code of the application
 * @param abandoned the treatment of a flight that has lost all its waiters
 * @param maximumWaiters the bound on the waiters of one flight
 */
public record FailurePolicy(
        BackoffDelay delay,
        Duration maximumRetryAfter,
        boolean knocking,
        int retries,
        Optional<Duration> waitForFirst,
        boolean shareErrors,
        double ahead,
        int backgroundFetches,
        IntPredicate staleIfStatus,
        AbandonPolicy abandoned,
        int maximumWaiters) {
    /**
     * Returns whether a response stays in use after such a failure, by decision of the application.
     *
     * @param usable the response that may stand in, or null
     * @throws UserCodeException when the code of the application throws
     */
    boolean covers(Failure failure, @Nullable StoredResponse usable) {
        boolean unending = usable != null && usable.terms().unending();
        return (unending && FailureRule.coversUnending(failure))
                || UserCode.called("staleIfStatus", () -> FailureRule.covers(failure, staleIfStatus));
    }
}
