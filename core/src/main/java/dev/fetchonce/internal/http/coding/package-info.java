/**
 * Floor 1: content codings, which decode a body under a bound (RFC 9110 §8.4). This package has pure functions over
 * bytes and stands on the package {@code message}. A further coding is a {@code spi.ContentDecoder} on the class path,
 * not a class here.
 */
@NullMarked
package dev.fetchonce.internal.http.coding;

import org.jspecify.annotations.NullMarked;
