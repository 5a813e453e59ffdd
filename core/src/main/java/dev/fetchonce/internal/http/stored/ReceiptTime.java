package dev.fetchonce.internal.http.stored;

import java.time.Instant;

/**
 * When an answer came.
 *
 * @param nanos the moment on the cache's monotonic clock
 * @param at the same moment on the wall clock
 * @param delayNanos how long before that its request was sent (RFC 9111 §4.2.3, response_delay)
 */
public record ReceiptTime(long nanos, Instant at, long delayNanos) {}
