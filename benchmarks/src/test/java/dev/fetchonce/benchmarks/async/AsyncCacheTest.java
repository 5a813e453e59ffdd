package dev.fetchonce.benchmarks.async;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.fetchonce.Reason;
import dev.fetchonce.benchmarks.async.TestOrigin.Answer;
import dev.fetchonce.benchmarks.contenders.Settings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that the asynchronous cache keeps the promises by which the benchmarks measure the blocking cache. */
@Timeout(60)
class AsyncCacheTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Settings BRIEF = Settings.AMPLE.timeout(Duration.ofSeconds(20));
    private static final int HITS = 1_000_000;

    /** A document as a record. */
    record N(int n) {}

    /** Another record. */
    record Name(String name) {}

    private final CountDownLatch go = new CountDownLatch(1);
    private final TestOrigin origin = new TestOrigin(request -> TestOrigin.json("{\"n\":1}"));
    private AsyncCache cache = new AsyncCache(BRIEF);

    @AfterEach
    void close() throws Exception {
        go.countDown();
        cache.close();
        origin.close();
    }

    private void with(Settings settings) {
        cache.close();
        cache = new AsyncCache(settings);
    }

    private CompletableFuture<N> get(String path) {
        return cache.get(origin.url(path), N.class);
    }

    private static <T> T value(CompletableFuture<T> future) throws Exception {
        return future.get(20, SECONDS);
    }

    private static Reason reason(CompletableFuture<?> future) throws Exception {
        try {
            throw new AssertionError("it has " + future.get(20, SECONDS));
        } catch (ExecutionException e) {
            return ((AsyncFetchException) e.getCause()).failure().reason();
        }
    }

    private Answer afterGo(String body) throws InterruptedException {
        go.await();
        return TestOrigin.json(body);
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(20));
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    @Test
    void a_thousand_who_block_send_one_request_and_share_a_value() throws Exception {
        origin.answers(request -> afterGo("{\"n\":7}"));
        List<CompletableFuture<N>> all = new ArrayList<>();
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            CompletableFuture<N> mine = new CompletableFuture<>();
            all.add(mine);
            Thread.startVirtualThread(() -> {
                try {
                    CompletableFuture<N> got = get("/a");
                    begun.incrementAndGet();
                    mine.complete(got.get());
                } catch (Exception e) {
                    mine.completeExceptionally(e);
                }
            });
        }
        until(() -> begun.get() == 1_000);
        go.countDown();
        N first = value(all.getFirst());
        for (CompletableFuture<N> each : all) {
            assertThat(value(each)).isSameAs(first);
        }
        assertThat(first).isEqualTo(new N(7));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_fresh_document_is_a_completed_future_that_is_the_same_for_all() throws Exception {
        value(get("/a"));
        CompletableFuture<N> hit = get("/a");
        assertThat(hit).isDone().isSameAs(get("/a"));
        assertThatThrownBy(() -> hit.obtrudeValue(new N(9))).isInstanceOf(UnsupportedOperationException.class);
        assertThat(hit.cancel(true)).isFalse();
        assertThat(value(get("/a"))).isEqualTo(new N(1));
    }

    @Test
    void what_is_no_longer_fresh_is_asked_for_again() throws Exception {
        with(BRIEF.ttl(Duration.ofNanos(1)));
        AtomicInteger n = new AtomicInteger();
        origin.answers(request -> TestOrigin.json("{\"n\":" + n.incrementAndGet() + "}"));
        assertThat(value(get("/a"))).isEqualTo(new N(1));
        assertThat(value(get("/a"))).isEqualTo(new N(2));
    }

    @Test
    void a_304_keeps_the_instance_and_renews_it() throws Exception {
        with(BRIEF.ttl(Duration.ofSeconds(1)));
        origin.answers(request -> request.has("If-None-Match: \"v1\"")
                ? TestOrigin.status(304, "ETag: \"v1\"")
                : TestOrigin.json("{\"n\":1}", "ETag: \"v1\""));
        N first = value(get("/a"));
        until(() -> !get("/a").isDone());
        assertThat(value(get("/a"))).isSameAs(first);
        int requests = origin.requests();
        assertThat(get("/a")).isCompletedWithValue(first);
        assertThat(origin.requests()).isEqualTo(requests).isGreaterThanOrEqualTo(2);
        assertThat(origin.asked().stream().filter(request -> request.has("If-None-Match: \"v1\"")))
                .hasSize(requests - 1);
    }

    @Test
    void a_304_about_another_representation_is_a_failure_which_what_is_stored_covers() throws Exception {
        with(BRIEF.ttl(Duration.ofNanos(1)));
        origin.answers(request -> TestOrigin.json("{\"n\":1}", "ETag: \"v1\""));
        N first = value(get("/a"));
        origin.answers(request -> TestOrigin.status(304, "ETag: \"v2\""));
        assertThat(value(get("/a"))).isSameAs(first);
    }

    @Test
    void a_failure_is_shared_by_all_who_wait_and_begins_a_backoff() throws Exception {
        CountDownLatch failing = go;
        origin.answers(request -> {
            failing.await();
            return TestOrigin.status(503, "Retry-After: 20");
        });
        List<CompletableFuture<N>> all =
                IntStream.range(0, 100).mapToObj(i -> get("/a")).toList();
        go.countDown();
        for (CompletableFuture<N> each : all) {
            assertThat(reason(each)).isEqualTo(Reason.STATUS);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(reason(get("/a"))).isEqualTo(Reason.STATUS);
        }
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void the_stored_document_stands_in_for_a_503_and_a_backoff_begins_at_once() throws Exception {
        with(BRIEF.ttl(Duration.ofNanos(1)));
        N first = value(get("/a"));
        origin.answers(request -> TestOrigin.status(503, "Retry-After: 20"));
        for (int i = 0; i < 100; i++) {
            assertThat(value(get("/a"))).isSameAs(first);
        }
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void what_was_invalidated_meanwhile_stands_in_for_nothing() throws Exception {
        with(BRIEF.ttl(Duration.ofNanos(1)));
        value(get("/a"));
        origin.answers(request -> {
            go.await();
            return TestOrigin.status(503);
        });
        CompletableFuture<N> waits = get("/a");
        until(() -> origin.requests() == 2);
        cache.invalidate(origin.url("/a"));
        go.countDown();
        assertThat(reason(waits)).isEqualTo(Reason.STATUS);
    }

    @Test
    void a_404_drops_what_is_stored() throws Exception {
        with(BRIEF.ttl(Duration.ofNanos(1)));
        value(get("/a"));
        origin.answers(request -> TestOrigin.status(404));
        assertThat(reason(get("/a"))).isEqualTo(Reason.STATUS);
        origin.answers(request -> TestOrigin.status(503));
        assertThat(reason(get("/a"))).isEqualTo(Reason.STATUS);
    }

    @Test
    void a_redirect_and_a_body_that_is_too_long_or_no_json_are_failures() throws Exception {
        origin.answers(request -> TestOrigin.status(302, "Location: /b"));
        assertThat(reason(get("/a"))).isEqualTo(Reason.REDIRECT);
        origin.answers(request -> TestOrigin.json("{\"n\":"));
        assertThat(reason(get("/b"))).isEqualTo(Reason.UNDECODABLE);
        origin.answers(request -> TestOrigin.json("\"" + "x".repeat(8 << 20) + "\""));
        assertThat(reason(get("/c"))).isEqualTo(Reason.TOO_LARGE);
        origin.answers(request -> TestOrigin.json("{\"n\":1}", "Content-Length: 5"));
        assertThat(reason(get("/d"))).isEqualTo(Reason.PROTOCOL);
    }

    @Test
    void an_answer_that_is_not_what_the_stored_one_was_decoded_to_does_not_take_its_place() throws Exception {
        with(BRIEF.ttl(Duration.ofNanos(1)));
        N first = value(get("/a"));
        origin.answers(request -> TestOrigin.json("{\"n\":\"one\"}"));
        assertThat(value(get("/a"))).isSameAs(first);
    }

    @Test
    void each_type_is_decoded_from_one_body() throws Exception {
        origin.answers(request -> afterGo("{\"name\":\"x\"}"));
        CompletableFuture<Object> both = cache.get(origin.url("/a"), Object.class);
        CompletableFuture<?> tree = cache.get(origin.url("/a"), tools.jackson.databind.JsonNode.class);
        go.countDown();
        value(both);
        assertThat(value(tree)).hasToString("{\"name\":\"x\"}");
        assertThat(value(cache.get(origin.url("/a"), Name.class))).isEqualTo(new Name("x"));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_timeout_closes_the_connection() throws Exception {
        with(BRIEF.timeout(Duration.ofMillis(200)));
        origin.answers(request -> request.hang());
        assertThat(reason(get("/a"))).isEqualTo(Reason.TIMEOUT);
        until(() -> origin.connections() == 0);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_connection_that_is_refused_is_a_connect_failure() throws Exception {
        origin.close();
        assertThat(reason(get("/a"))).isEqualTo(Reason.CONNECT);
    }

    @Test
    void one_who_leaves_does_not_hurt_the_others() throws Exception {
        origin.answers(request -> afterGo("{\"n\":1}"));
        CompletableFuture<N> one = get("/a");
        CompletableFuture<N> other = get("/a");
        assertThat(one.cancel(true)).isTrue();
        assertThat(other).isNotDone();
        go.countDown();
        assertThat(value(other)).isEqualTo(new N(1));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void patience_ends_while_the_fetch_goes_on_for_those_who_come_later() throws Exception {
        value(get("/a")); // the first fetch loads and compiles classes, which takes long
        with(BRIEF.patience(Duration.ofSeconds(1)));
        origin.answers(request -> afterGo("{\"n\":1}"));
        List<CompletableFuture<N>> all =
                IntStream.range(0, 100).mapToObj(i -> get("/a")).toList();
        for (CompletableFuture<N> each : all) {
            assertThat(reason(each)).isEqualTo(Reason.PATIENCE);
        }
        CompletableFuture<N> late = get("/a");
        go.countDown();
        assertThat(value(late)).isEqualTo(new N(1));
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void the_impatient_get_what_is_stale() throws Exception {
        value(get("/a")); // the first fetch loads and compiles classes, which takes long
        with(BRIEF.ttl(Duration.ofNanos(1)).patience(Duration.ofSeconds(1)));
        N first = value(get("/a"));
        origin.answers(request -> afterGo("{\"n\":2}"));
        assertThat(value(get("/a"))).isSameAs(first);
    }

    @Test
    void an_answer_that_was_asked_for_before_an_invalidation_is_not_stored() throws Exception {
        origin.answers(request -> afterGo("{\"n\":1}"));
        CompletableFuture<N> before = get("/a");
        until(() -> origin.requests() == 1);
        cache.invalidate(origin.url("/a"));
        origin.answers(request -> TestOrigin.json("{\"n\":2}"));
        assertThat(value(get("/a"))).isEqualTo(new N(2));
        go.countDown();
        assertThat(value(before)).isEqualTo(new N(1));
        assertThat(value(get("/a"))).isEqualTo(new N(2));
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void at_most_64_requests_are_under_way_and_what_queues_comes_in_its_turn() throws Exception {
        Semaphore answers = new Semaphore(0);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        origin.answers(request -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            answers.acquire();
            now.decrementAndGet();
            return TestOrigin.json("{\"n\":1}");
        });
        List<CompletableFuture<N>> all =
                IntStream.range(0, 300).mapToObj(i -> get("/" + i)).toList();
        until(() -> now.get() == 64);
        answers.release(300);
        for (CompletableFuture<N> each : all) {
            assertThat(value(each)).isEqualTo(new N(1));
        }
        assertThat(most.get()).isEqualTo(64);
        assertThat(origin.requests()).isEqualTo(300);
    }

    @Test
    void most_of_what_queues_for_an_origin_that_is_found_to_fail_sends_nothing() throws Exception {
        origin.answers(request -> {
            go.await();
            return TestOrigin.status(503);
        });
        List<CompletableFuture<N>> all =
                IntStream.range(0, 300).mapToObj(i -> get("/" + i)).toList();
        go.countDown();
        for (CompletableFuture<N> each : all) {
            assertThat(reason(each)).isEqualTo(Reason.STATUS);
        }
        assertThat(origin.requests()).isBetween(64, 2 * 64);
        until(cache::idle);
    }

    @Test
    void a_fetch_without_waiters_leaves_the_queue() throws Exception {
        origin.answers(request -> afterGo("{\"n\":1}"));
        List<CompletableFuture<N>> first =
                IntStream.range(0, 64).mapToObj(i -> get("/" + i)).toList();
        List<CompletableFuture<N>> queued =
                IntStream.range(64, 1_000).mapToObj(i -> get("/" + i)).toList();
        CompletableFuture<N> last = get("/last");
        queued.forEach(each -> each.cancel(true));
        go.countDown();
        for (CompletableFuture<N> each : first) {
            value(each);
        }
        assertThat(value(last)).isEqualTo(new N(1));
        assertThat(origin.requests()).isEqualTo(65);
        assertThat(value(get("/64"))).isEqualTo(new N(1)); // a flight that was given up leaves no failure behind
    }

    @Test
    void close_fails_those_who_wait_and_those_who_come() throws Exception {
        origin.answers(request -> request.hang());
        CompletableFuture<N> waits = get("/a");
        List<CompletableFuture<N>> queued =
                IntStream.range(0, 100).mapToObj(i -> get("/" + i)).toList();
        cache.close();
        assertThat(reason(waits)).isEqualTo(Reason.CLOSED);
        for (CompletableFuture<N> each : queued) {
            assertThat(reason(each)).isEqualTo(Reason.CLOSED);
        }
        assertThatThrownBy(() -> value(get("/b"))).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_url_that_is_none_fails_the_future() {
        assertThat(cache.get("ftp://localhost/", N.class)).isCompletedExceptionally();
    }

    @Test
    void what_hangs_onto_a_future_runs_on_a_virtual_thread() throws Exception {
        origin.answers(request -> afterGo("{\"n\":1}"));
        CompletableFuture<Boolean> virtual =
                get("/a").thenApply(n -> Thread.currentThread().isVirtual());
        go.countDown();
        assertThat(value(virtual)).isTrue();
    }

    @Test
    void what_is_stored_is_bounded() throws Exception {
        with(BRIEF.room(4, 1 << 10));
        String body = "{\"n\":1,\"s\":\"" + "x".repeat(1_000) + "\"}";
        origin.answers(request -> TestOrigin.json(body));
        for (int i = 0; i < 100; i++) {
            value(cache.get(origin.url("/" + i), Object.class));
        }
        origin.answers(asked -> afterGo(body)); // so that only a stored document is there at once
        long kept = IntStream.range(0, 100)
                .filter(i -> cache.get(origin.url("/" + i), Object.class).isDone())
                .count();
        go.countDown();
        assertThat(kept).isLessThan(10);
    }

    @Test
    void a_fresh_hit_allocates_nothing() throws Exception {
        value(get("/a"));
        String url = origin.url("/a");
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 5 && least >= 0.1; attempt++) { // the first attempts warm up
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Object last = null;
            for (int i = 0; i < HITS; i++) {
                last = cache.get(url, N.class);
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) HITS);
            assertThat(last).isNotNull();
        }
        assertThat(least).as("bytes per hit").isLessThan(0.1);
        assertThat(origin.requests()).isEqualTo(1);
    }
}
