package dev.fetchonce.benchmarks.contenders;

import dev.fetchonce.HttpCache;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;

/** Fetchonce, asked for values. */
final class FetchonceValues implements Contender {
    /** What it counts for a document besides its body: key, fields, and the record or tree, twice and eight times as long. */
    private static final int COUNTED = 1 << 10;

    private final HttpCache cache;
    private final BiFunction<HttpCache, String, Callable<?>> calls;

    private FetchonceValues(Settings settings, BiFunction<HttpCache, String, Callable<?>> calls) {
        this.cache = HttpCache.builder()
                .ttl(settings.ttl())
                .timeout(settings.timeout())
                .patience(settings.patience())
                .maximumBytes(settings.maximumBytes(COUNTED))
                .build();
        this.calls = calls;
    }

    /** For documents bound to a record. */
    static Contender typed(Settings settings) {
        return new FetchonceValues(settings, (cache, url) -> () -> cache.get(url, Document.class));
    }

    /** For frozen trees. */
    static Contender trees(Settings settings) {
        return new FetchonceValues(settings, (cache, url) -> () -> cache.get(url));
    }

    @Override
    public Callable<?> call(String url) {
        return calls.apply(cache, url);
    }

    @Override
    public void close() {
        cache.close();
    }
}
