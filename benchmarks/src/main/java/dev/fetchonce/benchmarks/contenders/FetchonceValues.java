package dev.fetchonce.benchmarks.contenders;

import dev.fetchonce.HttpCache;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;

/** Fetchonce, asked for values. */
final class FetchonceValues implements Contender {
    /** What it counts for a document besides its body and what that was decoded to: key and fields. */
    private static final int COUNTED = 640;

    /** What it counts for a record, and for a tree, in multiples of the body. */
    private static final int RECORD = 3;

    private static final int TREE = 2;

    private final HttpCache cache;
    private final BiFunction<HttpCache, String, Callable<?>> calls;

    private FetchonceValues(Settings settings, int decoded, BiFunction<HttpCache, String, Callable<?>> calls) {
        this.cache = HttpCache.builder()
                .ttl(settings.ttl())
                .timeout(settings.timeout())
                .patience(settings.patience())
                .maximumBytes(settings.maximumBytes(COUNTED + decoded * settings.documentBytes()))
                .build();
        this.calls = calls;
    }

    /** For documents bound to a record. */
    static Contender typed(Settings settings) {
        return new FetchonceValues(settings, RECORD, (cache, url) -> () -> cache.get(url, Document.class));
    }

    /** For frozen trees. */
    static Contender trees(Settings settings) {
        return new FetchonceValues(settings, TREE, (cache, url) -> () -> cache.get(url));
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
