/**
 * An HTTP response cache for virtual threads: ten thousand blocking callers, one request.
 *
 * <p>{@link dev.fetchonce.HttpCache} is the way in. Nothing in this package accepts or returns null unless it says so; a
 * null argument is refused with a {@link NullPointerException}.
 */
@NullMarked
package dev.fetchonce;

import org.jspecify.annotations.NullMarked;
