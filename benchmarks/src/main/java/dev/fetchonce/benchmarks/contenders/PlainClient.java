package dev.fetchonce.benchmarks.contenders;

import java.net.http.HttpClient;
import java.util.concurrent.Callable;

/**
 * The JDK's client with its defaults. It offers HTTP/2 with every request, and works on platform threads. Up to JDK 25
 * a request's timeout ends with the head of its response. The client therefore waits without a bound for a body that
 * never ends.
 */
final class PlainClient implements Contender {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Settings settings;

    PlainClient(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Callable<?> call(String url) {
        return Exchanges.call(client, url, settings);
    }

    @Override
    public void close() {
        Threads.end(client);
    }
}
