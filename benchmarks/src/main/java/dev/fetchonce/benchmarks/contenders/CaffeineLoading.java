package dev.fetchonce.benchmarks.contenders;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.concurrent.Callable;

/**
 * Caffeine's loading cache around the tuned client. A caller that misses loads the document on its own thread. Callers
 * that come in the meantime wait for it without a bound, inside a monitor of the map. When the load fails, each of them
 * tries again, one after another.
 */
final class CaffeineLoading implements Contender {
    private final TunedClient client;
    private final LoadingCache<String, Document> cache;

    CaffeineLoading(Settings settings) {
        TunedClient tuned = TunedClient.behindCache(settings, Threads.besideMonitors());
        this.client = tuned;
        this.cache = Caffeine.newBuilder()
                .expireAfterWrite(settings.ttl())
                .maximumSize(settings.maximumDocuments())
                .build(url -> Decoder.decoded(tuned.send(tuned.request(url))));
    }

    @Override
    public Callable<?> call(String url) {
        return () -> cache.get(url);
    }

    @Override
    public void close() {
        client.close();
    }
}
