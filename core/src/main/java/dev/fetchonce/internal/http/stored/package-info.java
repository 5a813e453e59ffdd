/**
 * Floor 1: stored values, which are responses, their variants, their keys, and how long a cache may use each. The
 * values are immutable and stand on messages, codings and failures. The store keeps each field of these types once per
 * response: consider its weight before you add one (ADR 13).
 */
@NullMarked
package dev.fetchonce.internal.http.stored;

import org.jspecify.annotations.NullMarked;
