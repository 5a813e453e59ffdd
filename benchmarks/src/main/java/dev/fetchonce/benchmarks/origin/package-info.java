/** The origin, in a process of its own so that its work is not counted as a client's. */
@NullMarked
package dev.fetchonce.benchmarks.origin;

import org.jspecify.annotations.NullMarked;
