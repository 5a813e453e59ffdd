/**
 * Floor 4: one get, from the look-up to the response for a caller. Its steps: look up, decide, fly, land, answer.
 * Only this package knows all the steps; it calls the rules of floor 1 and the network of floor 3. It holds no lock
 * during I/O or code of the application, and a fresh hit allocates nothing.
 */
@NullMarked
package dev.fetchonce.internal.engine;

import org.jspecify.annotations.NullMarked;
