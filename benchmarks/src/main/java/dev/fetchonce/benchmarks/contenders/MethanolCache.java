package dev.fetchonce.benchmarks.contenders;

import com.github.mizosoft.methanol.HttpCache;
import com.github.mizosoft.methanol.Methanol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient.Version;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * Methanol's cache in memory, around a JDK client that speaks HTTP/1.1 and works on virtual threads. The cache keeps
 * its default executor, because no other one made hits cheaper. It asks for no compressed content, because the JDK's
 * client never does. It does not bound the number of exchanges at once.
 */
final class MethanolCache implements Contender {
    /** The bytes that it counts for a document besides the body: URL and fields. */
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
        // Methanol does not tell the JDK's client to end.
        Threads.end(client.underlyingClient(), executor);
        try {
            cache.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
