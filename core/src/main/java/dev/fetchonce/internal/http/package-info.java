/**
 * Floor 1: the values of an HTTP cache and the pure rules over them. No clock, lock, logger, random or I/O: times come in
 * as arguments.
 */
@NullMarked
package dev.fetchonce.internal.http;

import org.jspecify.annotations.NullMarked;
