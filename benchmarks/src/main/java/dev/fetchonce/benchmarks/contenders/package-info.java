/** The caches and clients that are measured, all behind one interface. */
@NullMarked
package dev.fetchonce.benchmarks.contenders;

import org.jspecify.annotations.NullMarked;
