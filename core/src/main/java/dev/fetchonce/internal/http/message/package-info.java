/**
 * Floor 1, lowest wing: the syntax of HTTP. It reads and writes fields, dates, tags, status codes, URIs and framing
 * (RFC 9110, RFC 9112). It consists of pure values and functions that use {@code java.*} only. Each class has the name
 * of the RFC's term and a table of cases.
 */
@NullMarked
package dev.fetchonce.internal.http.message;

import org.jspecify.annotations.NullMarked;
