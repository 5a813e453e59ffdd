/**
 * The soak test: random faults for minutes. In the {@link dev.fetchonce.benchmarks.soak.Crowd} two thousand callers ask
 * for two hundred URLs of an origin that fails in every way it knows. The {@link dev.fetchonce.benchmarks.soak.Troubles}
 * are origins that flap, are slow, or limit the rate of their users. At the
 * {@link dev.fetchonce.benchmarks.soak.Departure} a cache closes while its callers wait. The
 * {@link dev.fetchonce.benchmarks.soak.Referee} judges every call.
 *
 * <p>{@code mvn -q -Psoak -Dsoak.minutes=2} runs it.
 */
@NullMarked
package dev.fetchonce.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
