package dev.fetchonce.internal.engine;

/**
 * The bounds of a cache, checked by the builder.
 *
 * @param maximumBytes the bound on all that the cache keeps, in bytes, decoded values included
 * @param maximumBodyBytes the bound on the length of one body, in bytes
 * @param connectionsPerOrigin the bound on concurrent exchanges with one origin
 */
public record Limits(long maximumBytes, int maximumBodyBytes, int connectionsPerOrigin) {}
