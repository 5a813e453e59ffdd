package dev.fetchonce.internal.engine;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the application decided about this cache; checked by the builder.
 *
 * @param name of the cache, for Cache-Status
 * @param aging by which rules answers are kept, and age
 * @param timeout the longest that one exchange takes from the moment it holds its permit
 * @param patience the longest that a caller waits who says nothing else
 * @param requests what changes each request before it is sent, if something does; code of the application
 * @param trouble what to do when an origin is in trouble
 */
public record CachePolicy(
        String name,
        FreshnessPolicy aging,
        Duration timeout,
        Duration patience,
        Optional<UnaryOperator<HttpRequest>> requests,
        FailurePolicy trouble) {}
