package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.Logs;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.SpoiltChannel;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AsyncCallTest {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

    /** Waits until the test lets the work go on, or until an interrupt ends it. */
    private String work() throws InterruptedException {
        begun.countDown();
        try {
            goOn.await();
            interrupted.complete(false);
            return "done";
        } catch (InterruptedException e) {
            interrupted.complete(true);
            throw e;
        }
    }

    /** The call, or a future that is derived from it. */
    enum Made {
        ITSELF(call -> call),
        THEN_APPLY(call -> call.thenApply(x -> x)),
        TWICE(call -> call.thenApply(x -> x).whenComplete((x, e) -> {})),
        ASYNC(call -> call.thenApplyAsync(x -> x)),
        COMPOSE(call -> call.thenCompose(CompletableFuture::completedFuture)),
        COPY(CompletableFuture::copy);

        private final UnaryOperator<CompletableFuture<String>> make;

        Made(UnaryOperator<CompletableFuture<String>> make) {
            this.make = make;
        }
    }

    @Test
    void it_runs_on_a_virtual_thread_of_its_own() throws Exception {
        Thread thread = AsyncCall.start(Thread::currentThread, () -> {}).get(20, TimeUnit.SECONDS);
        assertThat(thread.isVirtual()).isTrue();
        assertThat(thread).isNotSameAs(Thread.currentThread());
    }

    @ParameterizedTest
    @EnumSource(Made.class)
    void cancelling_it_or_what_is_made_of_it_interrupts_the_work(Made made) throws Exception {
        CompletableFuture<String> call = AsyncCall.start(this::work, () -> {});
        CompletableFuture<String> dependent = made.make.apply(call);
        begun.await();
        assertThat(dependent.cancel(true)).isTrue();
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(call).isCancelled();
        assertThatThrownBy(() -> dependent.get(20, TimeUnit.SECONDS))
                .satisfiesAnyOf(
                        e -> assertThat(e).isInstanceOf(CancellationException.class),
                        e -> assertThat(e).hasCauseInstanceOf(CancellationException.class));
        assertThat(dependent.cancel(true)).isEqualTo(dependent.isCancelled());
    }

    @ParameterizedTest
    @EnumSource(Made.class)
    void without_leave_to_interrupt_the_work_goes_on(Made made) throws Exception {
        CompletableFuture<String> call = AsyncCall.start(this::work, () -> {});
        CompletableFuture<String> dependent = made.make.apply(call);
        begun.await();
        assertThat(dependent.cancel(false)).isTrue();
        assertThat(dependent).isCancelled();
        goOn.countDown();
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isFalse();
        if (made != Made.ITSELF) {
            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("done");
        }
    }

    @Test
    void a_dependent_future_is_never_interrupted() throws Exception {
        CountDownLatch within = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CompletableFuture<String> call = AsyncCall.start(this::work, () -> {});
        CompletableFuture<Boolean> flag = call.thenApply(done -> {
            within.countDown();
            try {
                cancelled.await();
                return Thread.interrupted();
            } catch (InterruptedException e) {
                return true;
            }
        });
        goOn.countDown();
        within.await();
        CompletableFuture<String> other = call.thenCombine(flag, (a, b) -> a);
        assertThat(call.cancel(true)).as("it is done").isFalse();
        other.cancel(true);
        cancelled.countDown();
        assertThat(flag.get(20, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void it_fails_in_the_wrapping_of_the_jdk() throws Exception {
        IOException failure = new IOException("broken");
        try (ScriptedOrigin origin = new ScriptedOrigin().on("/", ScriptedOrigin.ends("HTTP/1."))) {
            HttpClient plain = HttpClient.newHttpClient();
            CompletableFuture<?> theirs =
                    plain.sendAsync(HttpRequest.newBuilder(origin.uri("/")).build(), BodyHandlers.ofString());
            CompletableFuture<?> ours = AsyncCall.start(
                    () -> {
                        throw new ExecutionException(failure);
                    },
                    () -> {});
            assertThat(shape(ours)).isEqualTo(shape(theirs));
            plain.shutdownNow();
        }
        CompletableFuture<?> ours = AsyncCall.start(
                () -> {
                    throw failure;
                },
                () -> {});
        assertThatThrownBy(() -> ours.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCause(failure);
    }

    /**
     * Returns the exception types that {@code get}, {@code join} and a dependent stage show, and whether the future is
     * cancelled.
     */
    private static String shape(CompletableFuture<?> future) throws Exception {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        CompletableFuture<?> dependent = future.whenComplete((x, e) -> seen.set(e));
        StringBuilder shape = new StringBuilder();
        try {
            dependent.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            shape.append("get: ").append(e.getCause().getClass().getName());
        }
        try {
            future.join();
        } catch (CompletionException e) {
            shape.append(", join: ").append(e.getCause().getClass().getName());
        }
        shape.append(", seen: ").append(seen.get().getClass().getName());
        return shape.append(", cancelled: ").append(future.isCancelled()).toString();
    }

    @Test
    void cancelled_where_its_interrupt_throws_it_is_cancelled() throws Exception {
        Latch latch = new Latch();
        SpoiltChannel channel = new SpoiltChannel(() -> new IllegalStateException("spoilt"), latch);
        try (Logs logs = new Logs()) {
            CompletableFuture<String> call = AsyncCall.start(
                    () -> {
                        channel.block();
                        return String.valueOf(
                                interrupted.complete(Thread.currentThread().isInterrupted()));
                    },
                    () -> {});
            latch.awaitArrivals(1);
            assertThat(call.cancel(true)).isTrue();
            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(logs.warnings()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void cancelled_where_its_interrupt_hangs_it_is_cancelled() throws Exception {
        Latch latch = new Latch();
        Latch hangs = new Latch();
        SpoiltChannel channel = new SpoiltChannel(
                () -> {
                    hangs.passWhateverHappens();
                    return new IllegalStateException("spoilt");
                },
                latch);
        try (Logs logs = new Logs()) {
            CompletableFuture<String> call = AsyncCall.start(
                    () -> {
                        channel.block();
                        return "done";
                    },
                    () -> {});
            latch.awaitArrivals(1);
            assertThat(call.cancel(true)).isTrue();
            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(logs.warnings()).isEmpty();
            latch.open();
            hangs.open();
        }
    }
}
