/**
 * Floor 1: failures, and when a cache asks a failing origin again (backoff, Retry-After). This package has pure rules
 * and values; callers pass times and random numbers as arguments. To change the policy, change
 * {@link dev.fetchonce.internal.http.failure.BackoffRule} and its table of cases.
 */
@NullMarked
package dev.fetchonce.internal.http.failure;

import org.jspecify.annotations.NullMarked;
