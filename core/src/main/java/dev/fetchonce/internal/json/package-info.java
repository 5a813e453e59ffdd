/**
 * Floor 0: JSON bodies and the values made of them. Uses {@code java.*} and Jackson only and knows nothing of HTTP beyond
 * the charset a Content-Type declares.
 */
@NullMarked
package dev.fetchonce.internal.json;

import org.jspecify.annotations.NullMarked;
