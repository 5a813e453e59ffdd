/**
 * Floor 4: one get, from the look-up to the response of a caller: look up, decide, fly, publish, respond.
 * The only room that knows all steps; rules are asked from floor 1, and the network from floor 3.
 * No lock is held during I/O or code of the application; a fresh hit allocates nothing.
 */
@NullMarked
package dev.fetchonce.internal.engine;

import org.jspecify.annotations.NullMarked;
