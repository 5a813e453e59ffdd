/**
 * Floor 1: the values that are stored: responses, their variants, their keys, and how long each may be used.
 * Immutable values; they stand on messages, codings and failures.
 * A field added here is kept for each stored response: weigh it (ADR 13).
 */
@NullMarked
package dev.fetchonce.internal.http.stored;

import org.jspecify.annotations.NullMarked;
