package dev.fetchonce.benchmarks.contenders;

import dev.fetchonce.benchmarks.async.AsyncCache;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The asynchronous variant of Fetchonce. Callers block on its futures, or attach a dependent action. */
final class AsyncVariant implements Contender {
    private final AsyncCache cache;

    AsyncVariant(Settings settings) {
        this.cache = new AsyncCache(settings);
    }

    /** A call in its blocking form, which knows its URL. */
    private record Blocking(AsyncCache cache, String url) implements Callable<Document> {
        CompletableFuture<Document> future() {
            return cache.get(url, Document.class);
        }

        @Override
        public Document call() throws ExecutionException, InterruptedException {
            CompletableFuture<Document> future = future();
            if (future.state() == CompletableFuture.State.SUCCESS) {
                return future.resultNow();
            }
            try {
                return future.get(); // which fails when the patience of the settings ends
            } catch (InterruptedException e) {
                future.cancel(false);
                throw e;
            }
        }
    }

    @Override
    public Callable<?> call(String url) {
        return new Blocking(cache, url);
    }

    /** Begins a call without a thread. The thread that completes the future reports the outcome to the caller. */
    @Override
    public void begin(Callable<?> call, Caller caller) {
        if (!(call instanceof Blocking asked)) {
            Contender.super.begin(call, caller);
            return;
        }
        CompletableFuture<Document> future = asked.future();
        if (future.state() == CompletableFuture.State.SUCCESS) {
            caller.answered(future.resultNow());
            return;
        }
        var unused = future.whenComplete((document, why) -> {
            if (why == null) {
                caller.answered(document);
            } else {
                caller.failed(why);
            }
        });
    }

    @Override
    public void close() {
        cache.close();
    }
}
