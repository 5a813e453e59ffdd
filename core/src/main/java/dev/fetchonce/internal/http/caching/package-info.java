/**
 * Floor 1, upper wing: the rules of RFC 9111, which say when a cache stores, reuses, validates and invalidates a
 * response. This package has pure functions over requests and stored values, and no clock, lock, logger, random numbers
 * or I/O. Each class names its section, and has a row in docs/conformance.md and a table of cases.
 */
@NullMarked
package dev.fetchonce.internal.http.caching;

import org.jspecify.annotations.NullMarked;
