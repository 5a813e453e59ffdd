/** The scenarios: the tasks of contenders in which a call, or a crowd of calls, lasts longer than microseconds. */
@NullMarked
package dev.fetchonce.benchmarks.scenarios;

import org.jspecify.annotations.NullMarked;
