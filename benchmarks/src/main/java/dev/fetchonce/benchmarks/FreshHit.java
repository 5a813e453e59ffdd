package dev.fetchonce.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sun.net.httpserver.HttpServer;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tools.jackson.databind.JsonNode;

/**
 * A hit while the answer is fresh, by every way in, next to a look-up in the cache that Fetchonce itself stands on. Run it
 * with {@code -prof gc}: a hit allocates nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FreshHit {
    /** What the typed hits bind to. */
    public record Config(String name, int size) {}

    private HttpServer origin = open();
    private HttpCache cache = HttpCache.builder().ttl(Duration.ofDays(1)).build();
    private Cache<String, JsonNode> caffeine =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofDays(1)).build();
    private String url = "";
    private String otherSpelling = "";
    private URI uri = URI.create("");

    private static HttpServer open() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException("no port on loopback", e);
        }
    }

    /** Fills both caches with one document. */
    @Setup(Level.Trial)
    public void fill() throws IOException, InterruptedException {
        byte[] body = "{\"name\":\"catalogue\",\"size\":17}".getBytes(StandardCharsets.UTF_8);
        origin.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        origin.start();
        String host = "localhost:" + origin.getAddress().getPort();
        url = "http://" + host + "/config";
        otherSpelling = "HTTP://" + host + "/a/../config";
        uri = URI.create(url);
        cache.get(otherSpelling, Config.class);
        caffeine.put(url, cache.get(url));
    }

    /** Ends the cache and its origin. */
    @TearDown(Level.Trial)
    public void close() {
        cache.close();
        origin.stop(0);
    }

    @Benchmark
    public JsonNode tree() throws IOException, InterruptedException {
        return cache.get(url);
    }

    @Benchmark
    public Config typed() throws IOException, InterruptedException {
        return cache.get(url, Config.class);
    }

    @Benchmark
    public JsonNode treeByUri() throws IOException, InterruptedException {
        return cache.get(uri);
    }

    @Benchmark
    public JsonNode treeByAnotherSpelling() throws IOException, InterruptedException {
        return cache.get(otherSpelling);
    }

    @Benchmark
    public @Nullable JsonNode caffeineAlone() {
        return caffeine.getIfPresent(url);
    }
}
