package dev.fetchonce.internal.engine;

/**
 * The bounds of a cache; checked by the builder.
 *
 * @param maximumBytes what all that is kept may take, decoded values included
 * @param maximumBodyBytes how long one body may be
 * @param connectionsPerOrigin how many exchanges with one origin may be under way at once
 */
public record Limits(long maximumBytes, int maximumBodyBytes, int connectionsPerOrigin) {}
