package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * What the application decided about origins in trouble, and about the end of freshness; checked by the builder.
 *
 * @param backoff how long nobody asks after a failure
 * @param retries how often one fetch repeats its request within its deadline
 * @param softTimeout how long a caller waits who could have a stale answer, if that is less than its patience
 * @param shareErrors whether those who wait for a fetch that fails get its failure, and do not ask themselves
 * @param ahead after which fraction of its freshness lifetime a stored response is renewed; 1 is never
 * @param backgroundFetches how many flights may be up for which nobody waits
 * @param staleIfStatus which statuses fall back on the stale answer; code of the application
 * @param abandoned what becomes of a flight for which nobody waits any more
 * @param maximumWaiters how many may wait for one flight
 */
public record FailurePolicy(
        BackoffDelay backoff,
        int retries,
        Optional<Duration> softTimeout,
        boolean shareErrors,
        double ahead,
        int backgroundFetches,
        IntPredicate staleIfStatus,
        AbandonPolicy abandoned,
        int maximumWaiters) {}
