/**
 * The asynchronous variant: the cache of Fetchonce with a future for each URL. The benchmarks compare blocking callers
 * with it.
 */
@NullMarked
package dev.fetchonce.benchmarks.async;

import org.jspecify.annotations.NullMarked;
