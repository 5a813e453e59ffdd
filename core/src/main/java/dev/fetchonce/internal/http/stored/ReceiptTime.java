package dev.fetchonce.internal.http.stored;

import java.time.Instant;

/**
 * The time of receipt of a response.
 *
 * @param nanos the time on the cache's monotonic clock
 * @param at the time on the wall clock
 * @param delayNanos the time from the request to the response (RFC 9111 §4.2.3, response_delay)
 */
public record ReceiptTime(long nanos, Instant at, long delayNanos) {}
