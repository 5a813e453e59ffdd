/** The acts of {@link dev.fetchonce.examples.Demo}, and the terminal that shows them. */
@NullMarked
package dev.fetchonce.examples.demo;

import org.jspecify.annotations.NullMarked;
