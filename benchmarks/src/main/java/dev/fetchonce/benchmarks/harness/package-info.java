/**
 * A whole run: the order of the contenders and scenarios, a process for each measurement, and the reports of the
 * figures.
 */
@NullMarked
package dev.fetchonce.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
