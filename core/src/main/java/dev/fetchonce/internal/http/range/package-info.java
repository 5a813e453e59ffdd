/**
 * Floor 1, upper wing: requests for a part of a representation and the parts that are put together (RFC 9110 §14).
 * Pure functions over stored values; they stand beside the caching rules and do not know them.
 * A change needs its row in docs/conformance.md.
 */
@NullMarked
package dev.fetchonce.internal.http.range;

import org.jspecify.annotations.NullMarked;
