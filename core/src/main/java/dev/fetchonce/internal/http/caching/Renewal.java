package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;

/** The result for a stored response that the origin has confirmed (RFC 9111 §4.3.4). */
public sealed interface Renewal {
    /** Returns the updated response, which answers the current request. */
    StoredResponse response();

    /** The response stays stored. */
    record Kept(StoredResponse response) implements Renewal {}

    /** The updated fields no longer permit storage: the response answers only the current request. */
    record Withdrawn(StoredResponse response, Obstacle why) implements Renewal {}
}
