package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.CacheCore;
import dev.fetchonce.internal.origin.DirectExchange;
import dev.fetchonce.internal.origin.OriginClient;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.function.UnaryOperator;

/**
 * The context of the calls of {@code HttpClient}s over one cache.
 *
 * @param core the cache
 * @param cacheRequests the factory of the engine's requests
 * @param origins the client that sends the requests to the origins
 * @param name the name of the cache, for Cache-Status
 * @param requests changes each request before it is sent; code of the application
 * @param maximumBodyBytes the most bytes of a body that is kept
 */
public record ClientContext(
        CacheCore core,
        CacheRequests cacheRequests,
        OriginClient origins,
        String name,
        UnaryOperator<HttpRequest> requests,
        int maximumBodyBytes) {
    /** Returns the calls of a client that follows these redirects. */
    public ClientCalls calls(HttpClient.Redirect redirects) {
        DirectExchange bypass = new DirectExchange(
                origins, requests, core.recorder()::sent, core.recorder().userCodeFailures());
        Forwarder forwarder = new Forwarder(
                core.partialResponses(), core.headUpdater(), core.invalidator(), bypass, name, maximumBodyBytes);
        return new ClientCalls(core.engine(), core.partialResponses(), cacheRequests, forwarder, redirects);
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
