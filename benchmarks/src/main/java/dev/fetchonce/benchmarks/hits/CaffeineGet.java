package dev.fetchonce.benchmarks.hits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Document;
import dev.fetchonce.benchmarks.contenders.Settings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** A look-up in a cache of values that expire, without any HTTP: the least that a hit can cost. */
final class CaffeineGet implements Contender {
    private static final Document DOCUMENT = new Document("0", "catalogue", true, Map.of(), List.of());

    private final Cache<String, Document> cache;

    CaffeineGet(Settings settings) {
        this.cache = Caffeine.newBuilder().expireAfterWrite(settings.ttl()).build();
    }

    @Override
    public Callable<?> call(String url) {
        cache.put(url, DOCUMENT);
        return () -> cache.getIfPresent(url);
    }

    @Override
    public void close() {
        cache.invalidateAll();
    }
}
