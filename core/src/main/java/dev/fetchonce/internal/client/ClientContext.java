package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.origin.OriginClient;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.function.UnaryOperator;

/**
 * What it takes to answer calls as the JDK's client makes them.
 *
 * @param questions what the engine is asked for a request
 * @param origins the client that asks the origins
 * @param name of the cache, for Cache-Status
 * @param requests changes each request before it is sent; code of the application
 * @param maximumBodyBytes how long a body may be that is kept
 */
public record ClientContext(
        Engine engine,
        CacheRequests questions,
        OriginClient origins,
        String name,
        UnaryOperator<HttpRequest> requests,
        int maximumBodyBytes) {
    /** The calls of a client that follows such redirects. */
    public ClientCalls exchanges(HttpClient.Redirect redirects) {
        return new ClientCalls(
                engine,
                questions,
                new Forwarder(engine, engine.bypass(origins, requests), name, maximumBodyBytes),
                redirects);
    }

    /** The web sockets of one more client. */
    public WebSockets webSockets() {
        return new WebSockets(origins);
    }

    /** The JDK's client that asks the origins now. */
    public HttpClient origin() {
        return origins.client();
    }
}
