package dev.fetchonce.internal.engine;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What the application decided about this cache; checked by the builder.
 *
 * @param ttl the freshness lifetime of an answer from this URL; code of the application
 * @param timeout the longest that one exchange takes from the moment it holds its permit
 * @param patience the longest that a caller waits who says nothing else
 * @param staleIfError how long past its freshness an answer may stand in for a failed fetch
 * @param requests changes each request before it is sent; code of the application
 * @param trouble what to do when an origin is in trouble
 */
public record Policy(
        Function<URI, Duration> ttl,
        Duration timeout,
        Duration patience,
        Duration staleIfError,
        UnaryOperator<HttpRequest> requests,
        Trouble trouble) {}
