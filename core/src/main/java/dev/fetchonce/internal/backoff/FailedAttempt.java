package dev.fetchonce.internal.backoff;

import dev.fetchonce.internal.http.failure.Failure;

/**
 * A fetch that failed.
 *
 * @param failure why it failed
 * @param at the time at which it failed, on the cache's monotonic clock
 */
public record FailedAttempt(Failure failure, long at) {}
