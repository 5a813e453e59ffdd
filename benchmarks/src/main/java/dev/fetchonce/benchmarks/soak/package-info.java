/**
 * Random faults for minutes on end: {@link dev.fetchonce.benchmarks.soak.Soak} lets two thousand callers ask for two hundred
 * URLs of an origin that fails in every way it knows, and says whether a call hung, an answer was wrong or anything grew.
 *
 * <p>{@code mvn -q -Psoak -Dsoak.minutes=2} runs it.
 */
@NullMarked
package dev.fetchonce.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
