/** The acts of {@link dev.fetchonce.examples.Demo}, and the terminal they are shown on. */
@NullMarked
package dev.fetchonce.examples.demo;

import org.jspecify.annotations.NullMarked;
