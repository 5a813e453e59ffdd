package dev.fetchonce.benchmarks.async;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.benchmarks.contenders.Caller;
import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Document;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.contenders.Settings;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the asynchronous variant as a contender, with calls that block and with its own way to begin a call. */
@Timeout(60)
class AsyncVariantTest {
    private static final String BODY =
            "{\"id\":\"1\",\"name\":\"a\",\"enabled\":true,\"limits\":{\"x\":1},\"hosts\":[\"h\"]}";

    private final CountDownLatch go = new CountDownLatch(1);
    private final TestOrigin origin = new TestOrigin(request -> {
        go.await();
        return TestOrigin.json(BODY);
    });
    private Contender contender = Entrants.named("async variant").open(Settings.AMPLE);

    @AfterEach
    void close() throws Exception {
        go.countDown();
        contender.close();
        origin.close();
    }

    /** A caller that keeps the outcomes of calls. */
    private static final class Told implements Caller {
        final Set<Object> documents = ConcurrentHashMap.newKeySet();
        final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        final CountDownLatch all;

        Told(int calls) {
            all = new CountDownLatch(calls);
        }

        @Override
        public void answered(Object document) {
            documents.add(document);
            all.countDown();
        }

        @Override
        public void failed(Throwable why) {
            failures.add(why);
            all.countDown();
        }
    }

    @Test
    void ten_thousand_begun_calls_send_one_request_and_need_no_threads() throws Exception {
        Callable<?> call = contender.call(origin.url("/a"));
        Told told = new Told(10_000);
        for (int i = 0; i < 10_000; i++) {
            contender.begin(call, told);
        }
        assertThat(told.all.getCount()).isEqualTo(10_000);
        go.countDown();
        assertThat(told.all.await(30, SECONDS)).isTrue();
        assertThat(told.failures).isEmpty();
        assertThat(told.documents).singleElement().isInstanceOf(Document.class);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_begun_hit_is_complete_at_once() throws Exception {
        go.countDown();
        Callable<?> call = contender.call(origin.url("/a"));
        Object document = call.call();
        Told told = new Told(1);
        contender.begin(call, told);
        assertThat(told.documents).singleElement().isSameAs(document);
    }

    @Test
    void both_forms_end_with_the_patience_of_the_settings() throws Exception {
        contender.close();
        contender = Entrants.named("async variant").open(Settings.AMPLE.patience(Duration.ofMillis(200)));
        Callable<?> call = contender.call(origin.url("/a"));
        Told told = new Told(1_000);
        for (int i = 0; i < 1_000; i++) {
            contender.begin(call, told);
        }
        assertThatThrownBy(call::call)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AsyncFetchException.class)
                .hasMessageContaining("patience");
        assertThat(told.all.await(30, SECONDS)).isTrue();
        assertThat(told.failures).hasSize(1_000).allMatch(AsyncFetchException.class::isInstance);
    }

    @Test
    void a_blocking_call_that_is_interrupted_leaves() throws Exception {
        Callable<?> call = contender.call(origin.url("/a"));
        Thread.currentThread().interrupt();
        assertThatThrownBy(call::call).isInstanceOf(InterruptedException.class);
        go.countDown();
        assertThat(call.call()).isInstanceOf(Document.class);
        assertThat(origin.requests()).isEqualTo(1);
    }
}
