/**
 * Floor 1, upper wing: requests for a part of a representation, and the combination of parts (RFC 9110 §14). This
 * package has pure functions over stored values; it stands beside the caching rules and does not use them. A change
 * needs its row in docs/conformance.md.
 */
@NullMarked
package dev.fetchonce.internal.http.range;

import org.jspecify.annotations.NullMarked;
