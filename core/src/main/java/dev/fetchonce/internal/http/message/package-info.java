/**
 * Floor 1, lowest wing: how HTTP is written. Fields, dates, tags, status codes, URIs and framing (RFC 9110, RFC 9112).
 * Pure values and functions, on {@code java.*} alone.
 * A class is named by the RFC's term and has a table of cases.
 */
@NullMarked
package dev.fetchonce.internal.http.message;

import org.jspecify.annotations.NullMarked;
