package dev.fetchonce.benchmarks.contenders;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Caffeine's asynchronous loading cache around the tuned client's {@code sendAsync}. All waiters of a URL share its
 * future, and also its failure, which is not kept. Up to JDK 25 an exchange's timeout ends with the head of the
 * response. A body that never ends therefore blocks its URL.
 */
final class CaffeineAsync implements Contender {
    private final TunedClient client;
    private final AsyncLoadingCache<String, Document> cache;
    private final Turns turns = new Turns(TunedClient.PERMITS);
    private final Settings settings;

    CaffeineAsync(Settings settings) {
        this.settings = settings;
        this.client = TunedClient.behindCache(settings);
        this.cache = Caffeine.newBuilder()
                .expireAfterWrite(settings.ttl())
                .maximumSize(settings.maximumDocuments())
                .buildAsync((url, executor) -> load(url));
    }

    private CompletableFuture<Document> load(String url) {
        HttpRequest request = client.request(url);
        return turns.take(() -> client.client().sendAsync(request, BodyHandlers.ofByteArray()))
                .thenApplyAsync(
                        CaffeineAsync::document, client.executor()); // or a single thread of the common pool decodes
    }

    private static Document document(HttpResponse<byte[]> response) {
        try {
            return Decoder.decoded(Exchanges.body(response));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    /** A call that waits on a thread. It knows its URL, for callers that need no thread. */
    private record Wait(AsyncLoadingCache<String, Document> cache, String url, long patience)
            implements Callable<Document> {
        @Override
        public Document call() throws Exception {
            return cache.get(url).get(patience, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public Callable<?> call(String url) {
        return new Wait(cache, url, settings.patience().toNanos());
    }

    @Override
    public void begin(Callable<?> call, Caller caller) {
        Wait wait = (Wait) call;
        var unused = patient(cache.get(wait.url()), wait.patience()).whenComplete((document, failure) -> {
            if (failure == null) {
                caller.answered(document);
            } else {
                caller.failed(failure);
            }
        });
    }

    /** Returns the future with a timer, if its caller could leave before the exchange ends. */
    private CompletableFuture<Document> patient(CompletableFuture<Document> shared, long patience) {
        return shared.isDone() || settings.patience().compareTo(settings.timeout()) >= 0
                ? shared
                : shared.copy().orTimeout(patience, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        client.close();
    }
}
