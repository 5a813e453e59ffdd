/**
 * Floor 0: the table of flights, one flight a key: the start of a flight, its waiters, and its end.
 * It knows nothing of HTTP, and depends on {@code internal.concurrent} alone.
 * A change of the protocol needs its interleavings, its mutants and the full exploration; see docs/concurrency.md.
 */
@NullMarked
package dev.fetchonce.internal.flight;

import org.jspecify.annotations.NullMarked;
