/**
 * Small programs to read and to run. Each starts its own {@link dev.fetchonce.examples.LoopbackOrigin origin} on
 * 127.0.0.1, shows one feature and ends by itself. {@link dev.fetchonce.examples.Demo} shows all features in one run.
 *
 * <p>{@code mvn -q -Pdemo} runs the demo, and {@code mvn -q -Pdemo -Dexample=dev.fetchonce.examples.QuickStart} runs an
 * example.
 */
@NullMarked
package dev.fetchonce.examples;

import org.jspecify.annotations.NullMarked;
