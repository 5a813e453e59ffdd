/**
 * Floor 1: content codings, how a body is decoded under a bound (RFC 9110 §8.4).
 * Pure functions over bytes; they stand on messages.
 * A further coding is a {@code spi.ContentDecoder} of the class path, not a class here.
 */
@NullMarked
package dev.fetchonce.internal.http.coding;

import org.jspecify.annotations.NullMarked;
