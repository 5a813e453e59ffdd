package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Validity;
import java.util.Optional;

/**
 * The decision of the rules about an origin's response.
 *
 * @param verdict the use of the response
 * @param validity how long a cache may use it, and for which callers
 * @param obstacle the reason not to store it; empty where it may be stored, or where it is no response to store
 */
public record Assessment(Disposition.Verdict verdict, Validity validity, Optional<Obstacle> obstacle) {}
