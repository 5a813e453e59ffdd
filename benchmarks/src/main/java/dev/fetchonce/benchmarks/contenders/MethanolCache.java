package dev.fetchonce.benchmarks.contenders;

import com.github.mizosoft.methanol.HttpCache;
import com.github.mizosoft.methanol.Methanol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient.Version;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * Methanol's cache in memory, around a client of the JDK that speaks HTTP/1.1 and does its own work on virtual threads. The
 * cache's own executor is left as it comes, as no other made hits cheaper. No compressed content is asked for: the JDK's client
 * asks for none either. It has no bound on how many exchanges there are at once.
 */
final class MethanolCache implements Contender {
    /** What it counts for a document besides its body: URL and fields. */
    private static final int COUNTED = 192;

    private final ExecutorService executor = Threads.virtual();
    private final HttpCache cache;
    private final Methanol client;
    private final Settings settings;

    MethanolCache(Settings settings) {
        this.settings = settings;
        this.cache = HttpCache.newBuilder()
                .cacheOnMemory(settings.maximumBytes(COUNTED))
                .build();
        this.client = Methanol.newBuilder()
                .version(Version.HTTP_1_1)
                .executor(executor)
                .connectTimeout(settings.timeout())
                .autoAcceptEncoding(false)
                .cache(cache)
                .build();
    }

    @Override
    public Callable<?> call(String url) {
        return Exchanges.call(client, url, settings);
    }

    @Override
    public void close() {
        // It does not pass on to the JDK's client that it is to end.
        Threads.end(client.underlyingClient(), executor);
        try {
            cache.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
