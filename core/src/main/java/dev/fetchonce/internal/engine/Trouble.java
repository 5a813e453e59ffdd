package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Abandoned;
import dev.fetchonce.internal.http.Backoff;
import dev.fetchonce.internal.http.Reuse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * What the application decided about origins in trouble, and about the end of freshness; checked by the builder.
 *
 * @param backoff how long nobody asks after a failure
 * @param retries how often one fetch repeats its request within its deadline
 * @param softTimeout how long a caller waits who could have a stale answer, if that is less than its patience
 * @param early when a stored response is renewed before anybody has to wait for that
 * @param ttlJitter what part of a freshness lifetime is left to chance
 * @param backgroundFlights how many flights may be up for which nobody waits
 * @param negativeTtl how long an answer with such a status is fresh
 * @param staleIfStatus which statuses fall back on the stale answer; code of the application
 * @param abandoned what becomes of a flight for which nobody waits any more
 * @param maximumWaiters how many may wait for one flight
 */
public record Trouble(
        Backoff backoff,
        int retries,
        Optional<Duration> softTimeout,
        Reuse.Early early,
        double ttlJitter,
        int backgroundFlights,
        Map<Integer, Duration> negativeTtl,
        IntPredicate staleIfStatus,
        Abandoned abandoned,
        int maximumWaiters) {}
