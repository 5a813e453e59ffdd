/** The benchmarks: the cost of a call to Fetchonce, beside the cost of a call to other caches and clients. */
@NullMarked
package dev.fetchonce.benchmarks;

import org.jspecify.annotations.NullMarked;
