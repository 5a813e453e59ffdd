/** What a call costs, against what it is measured by. */
@NullMarked
package dev.fetchonce.benchmarks;

import org.jspecify.annotations.NullMarked;
