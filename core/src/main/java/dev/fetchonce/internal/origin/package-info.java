/**
 * Floor 3: all code that uses {@link java.net.http.HttpClient} or opens a socket: exchanges, bodies as they come, permits
 * of an origin, and the bare connections of the knocks.
 * It reads a response as it came, and decides nothing about caching.
 * Each exchange has a deadline, and gives its permit and its connection back on every path.
 */
@NullMarked
package dev.fetchonce.internal.origin;

import org.jspecify.annotations.NullMarked;
