/**
 * The soak test: random faults for minutes. In {@link dev.fetchonce.benchmarks.soak.Soak} two thousand callers ask for
 * two hundred URLs of an origin that fails in every way it knows. It reports whether a call hung, an answer was wrong,
 * the heap grew, or a thread or a connection was left.
 *
 * <p>{@code mvn -q -Psoak -Dsoak.minutes=2} runs it.
 */
@NullMarked
package dev.fetchonce.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
