/** The cost of a hit in nanoseconds, measured by JMH. */
@NullMarked
package dev.fetchonce.benchmarks.hits;

import org.jspecify.annotations.NullMarked;
