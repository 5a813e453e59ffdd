package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.CacheCore;
import dev.fetchonce.internal.engine.CallerKind;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.stored.CacheKeyFactory;
import dev.fetchonce.internal.origin.DirectExchange;
import dev.fetchonce.internal.origin.OriginClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The context of the calls of {@code HttpClient}s over one cache.
 *
 * @param core the cache
 * @param keyFactory makes the key of a request
 * @param freshnessPolicy the rules by which the directives of a request count
 * @param allowed tests whether a URL may be requested; code of the application
 * @param origins the client that sends the requests to the origins
 * @param name the name of the cache, for Cache-Status
 * @param requests changes each request before it is sent; code of the application
 * @param maximumBodyBytes the most bytes of a body that is kept
 * @param heldCalls makes the exception of a call that a backoff holds back, from its URL
 */
public record ClientContext(
        CacheCore core,
        CacheKeyFactory keyFactory,
        FreshnessPolicy freshnessPolicy,
        Predicate<URI> allowed,
        OriginClient origins,
        String name,
        UnaryOperator<HttpRequest> requests,
        int maximumBodyBytes,
        BiFunction<URI, Answer.Held, IOException> heldCalls) {
    /**
     * Returns the calls of one client.
     *
     * @param redirects the redirects that it follows
     * @param callerKind the kind of its callers
     * @param softTimeout the time from the start of a fetch for which its callers wait where a stale response could stand
     *     in; empty when they wait for the end of the fetch
     */
    public ClientCalls calls(HttpClient.Redirect redirects, CallerKind callerKind, Optional<Duration> softTimeout) {
        CacheRequests cacheRequests = new CacheRequests(keyFactory, freshnessPolicy, allowed, callerKind, softTimeout);
        DirectExchange bypass = new DirectExchange(
                origins, requests, core.recorder()::sent, core.recorder().userCodeFailures());
        Forwarder forwarder = new Forwarder(
                core.partialResponses(), core.headUpdater(), core.invalidator(), bypass, name, maximumBodyBytes);
        return new ClientCalls(core.engine(), core.partialResponses(), cacheRequests, forwarder, redirects, heldCalls);
    }

    /** Returns the web sockets of one more client. */
    public WebSockets webSockets() {
        return new WebSockets(origins);
    }

    /** Returns the JDK's client that sends the requests to the origins now. */
    public HttpClient origin() {
        return origins.client();
    }
}
