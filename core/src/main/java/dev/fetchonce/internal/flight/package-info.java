/**
 * Floor 0: the table of flights, one a key: how a flight starts, who waits for it, and how it ends.
 * It knows nothing of HTTP, and stands on {@code internal.concurrent} alone.
 * A change of the protocol needs its interleavings, its mutants and the full exploration; see docs/concurrency.md.
 */
@NullMarked
package dev.fetchonce.internal.flight;

import org.jspecify.annotations.NullMarked;
