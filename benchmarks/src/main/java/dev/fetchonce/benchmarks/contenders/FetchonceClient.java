package dev.fetchonce.benchmarks.contenders;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import java.net.http.HttpClient;
import java.util.concurrent.Callable;

/** Fetchonce as a client that obeys HTTP. */
final class FetchonceClient implements Contender {
    /** The bytes that it counts for a document besides the body: key and fields. */
    private static final int COUNTED = 512;

    private final HttpCache cache;
    private final HttpClient client;
    private final Settings settings;

    FetchonceClient(Settings settings) {
        this.settings = settings;
        this.cache = HttpCache.builder()
                .freshness(Freshness.http())
                .timeout(settings.timeout())
                .maximumBytes(settings.maximumBytes(COUNTED))
                .build();
        this.client = cache.asHttpClient();
    }

    @Override
    public Callable<?> call(String url) {
        return Exchanges.call(client, url, settings);
    }

    @Override
    public void close() {
        cache.close();
    }
}
