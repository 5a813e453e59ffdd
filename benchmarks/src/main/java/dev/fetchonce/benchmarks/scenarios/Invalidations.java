package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.benchmarks.contenders.Entrant;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.results.Names;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The scenario in which stored documents are dropped during many fetches. They are dropped by unsafe requests of the
 * client, by a test of URLs, and all at once. Only Fetchonce takes part, because it must keep those fetches from being
 * stored.
 */
final class Invalidations implements Scenario {
    /** The bytes that the cache counts for a document besides the body. */
    private static final int COUNTED = 512;

    private static final int POSTS = 200;

    @Override
    public String name() {
        return Names.INVALIDATION;
    }

    @Override
    public boolean admits(Entrant entrant) {
        return entrant.name().equals(Names.FETCHONCE_CLIENT);
    }

    @Override
    public void perform(Stage stage) throws Exception {
        int documents = stage.scale().of(5_000, 100_000);
        int flights = stage.scale().of(500, 10_000);
        Settings settings = Settings.AMPLE;
        stage.origin().hold();
        try (HttpCache cache = HttpCache.builder()
                .freshness(Freshness.http())
                .timeout(settings.timeout())
                .patience(settings.patience())
                .maximumBytes(settings.maximumBytes(COUNTED))
                .build()) {
            HttpClient client = cache.asHttpClient();
            List<URI> stored = store(stage, client, documents);
            stage.report(Names.flights(0), Names.POST, posts(client, stored.subList(0, POSTS)));
            List<Thread> callers = begin(stage, cache, flights);
            String load = Names.flights(flights);
            stage.report(load, Names.POST, posts(client, stored.subList(POSTS, 2 * POSTS)));
            long begun = System.nanoTime();
            int dropped = cache.invalidateIf(uri -> uri.hashCode() % 2 == 0);
            stage.report(load, Names.DROP_SOME, (System.nanoTime() - begun) / 1e6);
            begun = System.nanoTime();
            cache.invalidateAll();
            stage.report(load, Names.DROP_ALL, (System.nanoTime() - begun) / 1e6);
            if (dropped == 0 || cache.stats().entries() > 0) {
                throw new IllegalStateException(
                        dropped + " URLs were dropped by a test of every other one, and in the end "
                                + cache.stats().entries() + " responses are left");
            }
            callers.forEach(Thread::interrupt);
        } finally {
            stage.origin().release();
        }
    }

    private static List<URI> store(Stage stage, HttpClient client, int documents) throws Exception {
        List<URI> stored = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            URI uri = URI.create(stage.fresh(Kind.DOC, Limits.KIBIBYTE, Limits.DAY));
            send(client, HttpRequest.newBuilder(uri).build());
            stored.add(uri);
        }
        return stored;
    }

    /** Starts callers, each for a URL that the origin holds. Returns when the flights of all callers are up. */
    private static List<Thread> begin(Stage stage, HttpCache cache, int flights) throws Exception {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < flights; i++) {
            String url = stage.fresh(Kind.HELD, Limits.KIBIBYTE, Limits.DAY);
            callers.add(Thread.startVirtualThread(() -> {
                try {
                    cache.fetch(url);
                } catch (IOException | InterruptedException | IllegalStateException e) {
                    // the cache closes in the end
                }
            }));
        }
        long until = System.nanoTime() + Limits.LONGEST.toNanos();
        while (cache.stats().fetchesInProgress() < flights) {
            if (System.nanoTime() - until > 0) {
                throw new TimeoutException("only " + cache.stats().fetchesInProgress() + " flights are up");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return callers;
    }

    /** Sends POST requests. Returns the average time of one in microseconds. */
    private static double posts(HttpClient client, List<URI> uris) throws Exception {
        long begun = System.nanoTime();
        for (URI uri : uris) {
            send(
                    client,
                    HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build());
        }
        return (System.nanoTime() - begun) / 1e3 / uris.size();
    }

    private static void send(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
    }
}
