package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;

/** What becomes of a stored response that the origin has confirmed (RFC 9111 §4.3.4). */
public sealed interface Renewal {
    /** The response, updated: the answer to the request that asked. */
    StoredResponse response();

    /** It stays stored. */
    record Kept(StoredResponse response) implements Renewal {}

    /** By what it says now it is not to be stored: it is the answer this once. */
    record Withdrawn(StoredResponse response, Obstacle why) implements Renewal {}
}
