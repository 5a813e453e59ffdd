/** The same cache without blocking: a future for each URL, so that blocking can be held against the best there is. */
@NullMarked
package dev.fetchonce.benchmarks.async;

import org.jspecify.annotations.NullMarked;
