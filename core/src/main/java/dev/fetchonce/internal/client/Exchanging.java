package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.Bypass;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.OriginClient;
import java.net.http.HttpClient;

/**
 * What it takes to answer calls as the JDK's client makes them.
 *
 * @param questions what the engine is asked for a request
 * @param origins the client that asks the origins
 * @param name of the cache, for Cache-Status
 * @param maximumBodyBytes how long a body may be that is kept
 */
public record Exchanging(Engine engine, Questions questions, OriginClient origins, String name, int maximumBodyBytes) {
    /** The calls of a client that follows such redirects. */
    public Exchanges exchanges(HttpClient.Redirect redirects) {
        return new Exchanges(
                engine, questions, new Forwarding(engine, new Bypass(origins), name, maximumBodyBytes), redirects);
    }

    /** The JDK's client that asks the origins now. */
    public HttpClient origin() {
        return origins.client();
    }
}
