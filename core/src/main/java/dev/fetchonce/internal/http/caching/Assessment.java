package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Validity;
import java.util.Optional;

/**
 * What an answer of the origin is good for, and for how long.
 *
 * @param verdict what to do with it
 * @param life how long it may be used, and for whom
 * @param obstacle why it is not to be stored; empty where it is, or is no answer to store
 */
public record Assessment(Disposition.Verdict verdict, Validity life, Optional<Obstacle> obstacle) {}
