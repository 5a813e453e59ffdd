package dev.fetchonce.benchmarks.async;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.benchmarks.contenders.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the promises that hold in every order of concurrent calls. */
@Timeout(60)
class AsyncRacesTest {
    private static final int THREADS = 8;

    /** A document as a record. */
    record N(int n) {}

    private final AtomicInteger version = new AtomicInteger(1);
    private final TestOrigin origin = new TestOrigin(request -> TestOrigin.json("{\"n\":" + version.get() + "}"));
    private AsyncCache cache = new AsyncCache(Settings.AMPLE);

    @AfterEach
    void close() throws Exception {
        cache.close();
        origin.close();
    }

    /** Runs the calls together, each on a virtual thread. Every call must succeed. */
    private static void together(Callable<?> what) throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            all.add(one);
            Thread.startVirtualThread(() -> {
                try {
                    what.call();
                    one.complete(null);
                } catch (Throwable e) {
                    one.completeExceptionally(e);
                }
            });
        }
        for (CompletableFuture<Void> one : all) {
            one.get(50, SECONDS);
        }
    }

    private void settle() {
        long start = System.nanoTime();
        while (!cache.idle()) {
            assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(20));
            Thread.yield();
        }
    }

    @Test
    void a_call_after_an_invalidation_gets_no_answer_from_before_it() throws Exception {
        together(() -> {
            for (int i = 0; i < 500; i++) {
                int least = version.incrementAndGet();
                cache.invalidate(origin.url("/a"));
                N n = cache.get(origin.url("/a"), N.class).get(20, SECONDS);
                assertThat(n.n()).isGreaterThanOrEqualTo(least);
            }
            return null;
        });
        settle();
    }

    @Test
    void every_caller_is_completed_whatever_fails_expires_or_is_left() throws Exception {
        cache.close();
        cache = new AsyncCache(Settings.AMPLE
                .ttl(Duration.ofMillis(1))
                .patience(Duration.ofMillis(50))
                .timeout(Duration.ofMillis(30)));
        origin.answers(request -> switch (ThreadLocalRandom.current().nextInt(8)) {
            case 0 -> TestOrigin.status(503);
            case 1 -> TestOrigin.status(404);
            case 2 -> request.hang();
            case 3 -> TestOrigin.json("{");
            default -> TestOrigin.json("{\"n\":1}");
        });
        together(() -> {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            List<CompletableFuture<N>> mine = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                String url = origin.url("/" + random.nextInt(300));
                CompletableFuture<N> future = cache.get(url, N.class);
                mine.add(future);
                switch (random.nextInt(4)) {
                    case 0 -> future.cancel(false);
                    case 1 -> cache.invalidate(url);
                    default -> Thread.yield();
                }
            }
            for (CompletableFuture<N> future : mine) {
                if (!future.isCancelled()) {
                    try {
                        assertThat(future.get(20, SECONDS)).isEqualTo(new N(1));
                    } catch (ExecutionException e) {
                        assertThat(e).hasCauseInstanceOf(AsyncFetchException.class);
                    }
                }
            }
            return null;
        });
        settle();
    }
}
