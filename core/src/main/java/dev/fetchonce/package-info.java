/**
 * An HTTP response cache for virtual threads: ten thousand blocking callers share one request.
 *
 * <p>{@link dev.fetchonce.HttpCache} is the entry point. Nothing in this package accepts or returns null unless its
 * documentation says so. A null argument is refused with a {@link NullPointerException}.
 */
@NullMarked
package dev.fetchonce;

import org.jspecify.annotations.NullMarked;
