/**
 * Floor 0: JSON bodies and their decoded values. It uses {@code java.*} and Jackson only. It knows nothing of HTTP
 * except the charset that a Content-Type declares.
 */
@NullMarked
package dev.fetchonce.internal.json;

import org.jspecify.annotations.NullMarked;
