/** What a call costs that is answered from memory: nanoseconds, measured by JMH. */
@NullMarked
package dev.fetchonce.benchmarks.hits;

import org.jspecify.annotations.NullMarked;
