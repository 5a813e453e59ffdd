package dev.fetchonce;

import java.time.Instant;
import java.util.Optional;

/**
 * The trouble of a URL: its fetches have failed since its last answer. Where the URL itself has not failed, it is the
 * trouble of the host, while a {@linkplain HttpCache.Builder#backoff backoff} of the host forbids the request.
 * {@link CachedResponse#trouble()} and {@link FetchException#trouble()} return it, as of the moment when the call had its
 * answer. Immutable and thread-safe.
 *
 * <p>The times are on the wall clock of {@link HttpCache.Builder#clock}. The cache measures them on its monotonic clock,
 * so a change of the wall clock between two calls moves them both.
 *
 * <p>The cache remembers the failures of a bounded number of URLs and hosts, and forgets them some time after the last
 * one. Then a failure counts as the first again.
 *
 * @param since the time of the first of these failures
 * @param consecutiveFailures the number of these failures, at least one. Fetches that failed together count once
 * @param reason the reason of the last failure
 * @param message the message of the last failure. It names host and path, and never has a query string, a credential or
 *     a header value. Where the trouble is of the host, the path may be that of another URL
 * @param nextAttempt the earliest time of the next request: the end of the backoff. Empty when the next call that finds
 *     no fresh response may start a fetch, or when such a fetch is under way
 */
public record Trouble(
        Instant since, int consecutiveFailures, Reason reason, String message, Optional<Instant> nextAttempt) {}
