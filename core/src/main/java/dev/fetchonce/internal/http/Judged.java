package dev.fetchonce.internal.http;

/**
 * What an answer of the origin is good for, and for how long.
 *
 * @param verdict what to do with it
 * @param life how long it may be used, and for whom
 */
public record Judged(Storability.Verdict verdict, Life life) {}
