/** What contenders are put through where a call, or a crowd of them, lasts longer than microseconds. */
@NullMarked
package dev.fetchonce.benchmarks.scenarios;

import org.jspecify.annotations.NullMarked;
