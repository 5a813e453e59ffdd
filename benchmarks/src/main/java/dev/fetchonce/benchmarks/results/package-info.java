/** The results of a run, and the pages made of them. */
@NullMarked
package dev.fetchonce.benchmarks.results;

import org.jspecify.annotations.NullMarked;
