/**
 * What others may add to the cache by having it on the class path.
 *
 * <p>Nothing in this package accepts or returns null.
 */
@NullMarked
package dev.fetchonce.spi;

import org.jspecify.annotations.NullMarked;
