/**
 * Floor 2: the failing places of one cache, and whether a caller may ask there now. The package holds the states,
 * bounded in number, and applies the rules of {@code internal.http.failure} to them atomically. No code of the
 * application runs inside, except on the threads of {@link dev.fetchonce.internal.backoff.Knocker}, which asks the
 * selector of proxies. To change the policy, change the rules.
 */
@NullMarked
package dev.fetchonce.internal.backoff;

import org.jspecify.annotations.NullMarked;
