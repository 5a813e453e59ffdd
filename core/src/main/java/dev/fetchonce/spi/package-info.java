/**
 * The interfaces that others implement, on the class path or module path, to extend the cache.
 *
 * <p>Nothing in this package accepts or returns null.
 */
@NullMarked
package dev.fetchonce.spi;

import org.jspecify.annotations.NullMarked;
