/** A whole run: who is put through what in which order, each in a process of its own, and what becomes of the figures. */
@NullMarked
package dev.fetchonce.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
