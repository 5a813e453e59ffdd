/**
 * Floor 1: what failed, and when an origin that fails is asked again (backoff, Retry-After).
 * Pure rules and values; times and chances come in as arguments.
 * A change of the policy is a change of {@link dev.fetchonce.internal.http.failure.BackoffRule} and its table of cases.
 */
@NullMarked
package dev.fetchonce.internal.http.failure;

import org.jspecify.annotations.NullMarked;
