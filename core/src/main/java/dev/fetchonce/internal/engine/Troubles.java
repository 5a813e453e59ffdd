package dev.fetchonce.internal.engine;

import dev.fetchonce.Trouble;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.FailedAttempt;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** The trouble of a caller, by the wall clock, from the outlook on its next request. Functions without a state. */
final class Troubles {
    private Troubles() {}

    /** Returns the trouble of the caller of a request; empty where nothing has failed. */
    static Optional<Trouble> of(Backoffs backoffs, CacheRequest request, CacheClock clock) {
        return backoffs.clear() ? Optional.empty() : of(backoffs.outlook(request.backoffKey(), clock.now()), clock);
    }

    /** Returns the trouble of such an outlook; empty where nothing has failed. */
    static Optional<Trouble> of(Outlook outlook, CacheClock clock) {
        BackoffState failures = outlook.trouble();
        if (failures == null) {
            return Optional.empty();
        }
        long now = clock.now();
        Instant instant = clock.instant();
        OptionalLong until = outlook.heldUntil();
        long left = until.isEmpty() ? 0 : until.getAsLong() - now;
        return Optional.of(new Trouble(
                instant.minusNanos(failures.failingNanos(now)),
                failures.failures(),
                failures.last().reason(),
                failures.last().message(),
                left <= 0 ? Optional.empty() : Optional.of(instant.plusNanos(left))));
    }

    /**
     * Returns the trouble of a caller that gets an earlier failure again.
     *
     * @param left the time for which callers still get it, in nanoseconds
     */
    static Trouble remembered(
            Backoffs backoffs, CacheRequest request, CacheClock clock, FailedAttempt earlier, long left) {
        long ago = clock.now() - earlier.at();
        Instant instant = clock.instant();
        Failure failure = earlier.failure();
        Trouble known = of(backoffs, request, clock)
                .orElseGet(() -> new Trouble(
                        instant.minusNanos(Math.max(0, ago)),
                        1,
                        failure.reason(),
                        failure.message(),
                        Optional.empty()));
        Instant forgotten = instant.plusNanos(Math.max(0, left));
        Instant next = known.nextAttempt().filter(forgotten::isBefore).orElse(forgotten);
        return new Trouble(
                known.since(), known.consecutiveFailures(), known.reason(), known.message(), Optional.of(next));
    }
}
