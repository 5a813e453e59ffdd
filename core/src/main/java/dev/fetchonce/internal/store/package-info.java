/**
 * Floor 2: what is kept in memory, each store bounded: responses, backoffs, spellings of URLs, markers.
 * Values in, values out; the only room that knows Caffeine, and no code of the application runs inside.
 * No rule is decided here: the engine asks the rules of floor 1.
 */
@NullMarked
package dev.fetchonce.internal.store;

import org.jspecify.annotations.NullMarked;
