/**
 * Floor 3: all code that uses {@link java.net.http.HttpClient}: exchanges, bodies as they come, permits of an origin.
 * It reads a response as it came, and decides nothing about caching.
 * Each exchange has a deadline, and gives its permit and its connection back on every path.
 */
@NullMarked
package dev.fetchonce.internal.origin;

import org.jspecify.annotations.NullMarked;
