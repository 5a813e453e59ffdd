/** Floor 3: the engine, the only one that knows all six steps of a get, and what it acts through. */
@NullMarked
package dev.fetchonce.internal.engine;

import org.jspecify.annotations.NullMarked;
