/**
 * Floor 0: one flight a key, its waiters and their deadlines. Uses {@code java.*} only and knows nothing of HTTP.
 */
@NullMarked
package dev.fetchonce.internal.flight;

import org.jspecify.annotations.NullMarked;
