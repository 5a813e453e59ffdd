package dev.fetchonce.benchmarks.contenders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import okhttp3.Cache;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * OkHttp's cache, called on the caller's own thread, where it does not bound the number of exchanges at once. It keeps
 * documents in files, here in a directory in memory where the system has one. OkHttp also accepts a file system in
 * memory. The only such one is Okio's fake for tests, which is not thread-safe.
 */
final class OkHttpCache implements Contender {
    /** The bytes that it counts for a document besides the body: URL, times and fields. */
    private static final int COUNTED = 272;

    /** The number of idle connections that are kept, and for how long. */
    private static final int IDLE_CONNECTIONS = 10_000;

    private static final int IDLE_MINUTES = 5;

    private static final Path IN_MEMORY = Path.of("/dev/shm");

    private final Cache cache;
    private final OkHttpClient client;

    OkHttpCache(Settings settings) {
        this.cache = cache(settings.maximumBytes(COUNTED));
        this.client = new OkHttpClient.Builder()
                .cache(cache)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_MINUTES, TimeUnit.MINUTES))
                .connectTimeout(settings.timeout())
                .readTimeout(settings.timeout())
                .writeTimeout(settings.timeout())
                .callTimeout(settings.unhurried() ? Duration.ZERO : settings.patience()) // zero means no bound
                .build();
    }

    private static Cache cache(long maximumBytes) {
        try {
            Cache cache = new Cache(directory().toFile(), maximumBytes);
            cache.initialize();
            return cache;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory() throws IOException {
        return Files.isWritable(IN_MEMORY)
                ? Files.createTempDirectory(IN_MEMORY, "okhttp")
                : Files.createTempDirectory("okhttp");
    }

    @Override
    public Callable<?> call(String url) {
        Request request = new Request.Builder().url(url).build();
        return () -> body(request);
    }

    private byte[] body(Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            if (response.code() != 200) {
                throw new IOException("status " + response.code());
            }
            return response.body().bytes();
        }
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        try {
            cache.delete();
            // The cache has deleted its files.
            boolean unused = cache.directory().delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
