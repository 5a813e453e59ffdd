package dev.fetchonce.benchmarks.contenders;

import dev.fetchonce.HttpCache;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;

/** Fetchonce with its values API. */
final class FetchonceValues implements Contender {
    /** The bytes that it counts for a document besides the body and the decoded value: key and fields. */
    private static final int COUNTED = 640;

    /** The bytes that it counts for a record, and for a tree, in multiples of the body. */
    private static final int RECORD = 3;

    private static final int TREE = 2;

    private final HttpCache cache;
    private final BiFunction<HttpCache, String, Callable<?>> calls;

    private FetchonceValues(Settings settings, int decoded, BiFunction<HttpCache, String, Callable<?>> calls) {
        this.cache = HttpCache.builder()
                .ttl(settings.ttl())
                .timeout(settings.timeout())
                .firstTimeout(settings.timeout())
                .patience(settings.patience())
                .maximumBytes(settings.maximumBytes(COUNTED + decoded * settings.documentBytes()))
                .build();
        this.calls = calls;
    }

    /** Makes a contender that returns documents bound to a record. */
    static Contender typed(Settings settings) {
        return new FetchonceValues(settings, RECORD, (cache, url) -> () -> cache.get(url, Document.class));
    }

    /** Makes a contender that returns frozen trees. */
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
