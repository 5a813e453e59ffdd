/**
 * Small programs to read and to run. Each starts its own {@link dev.fetchonce.examples.LoopbackOrigin origin} on
 * 127.0.0.1, shows one thing and ends by itself; {@link dev.fetchonce.examples.Demo} shows all of it at once.
 *
 * <p>{@code mvn -q -Pdemo} runs the demo, {@code mvn -q -Pdemo -Dexample=dev.fetchonce.examples.QuickStart} another one.
 */
@NullMarked
package dev.fetchonce.examples;

import org.jspecify.annotations.NullMarked;
