/**
 * Floor 2: the bounded stores in memory: responses, backoffs, spellings of URLs, markers,
 * states of the log.
 * Values in, values out. This is the only package that knows Caffeine, and no code of the application runs inside.
 * The stores decide no rule: the engine asks the rules of floor 1.
 */
@NullMarked
package dev.fetchonce.internal.store;

import org.jspecify.annotations.NullMarked;
