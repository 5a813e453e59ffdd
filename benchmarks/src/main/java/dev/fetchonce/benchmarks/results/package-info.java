/** What was measured, and the pages made of it. */
@NullMarked
package dev.fetchonce.benchmarks.results;

import org.jspecify.annotations.NullMarked;
