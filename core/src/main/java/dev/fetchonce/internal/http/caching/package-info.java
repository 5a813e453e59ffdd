/**
 * Floor 1, upper wing: the rules of RFC 9111, when a response is stored, reused, validated and invalidated.
 * Pure functions over requests and stored values; no clock, lock, logger, random or I/O.
 * A class names its section, and has a row in docs/conformance.md and a table of cases.
 */
@NullMarked
package dev.fetchonce.internal.http.caching;

import org.jspecify.annotations.NullMarked;
