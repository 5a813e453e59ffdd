package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import java.net.http.HttpHeaders;

/**
 * A request whose response is judged.
 *
 * @param key the key of the request; its {@code toString}, which the message of a failure names, leaves out the query
 * @param target the target of the request
 * @param headers the fields of the request
 */
public record RequestContext(CacheKey key, TargetUri target, HttpHeaders headers) {}
