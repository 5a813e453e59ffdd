package dev.fetchonce.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.flight.Caller;
import dev.fetchonce.internal.flight.Task;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoizerTest {
    private final Memoizer<String, String> memo = new Memoizer<>();
    private final AtomicInteger makings = new AtomicInteger();

    private String make(String value) {
        makings.incrementAndGet();
        return value;
    }

    @Test
    void a_value_is_made_once() throws Exception {
        assertThat(memo.peek("a")).isNull();
        assertThat(get("a", () -> make("A"))).isEqualTo("A");
        assertThat(get("a", () -> make("another"))).isEqualTo("A");
        assertThat(memo.peek("a")).isEqualTo("A");
        assertThat(get("b", () -> make("B"))).isEqualTo("B");
        assertThat(makings).hasValue(2);
        assertThat(all()).isEqualTo(Map.of("a", "A", "b", "B"));
    }

    @Test
    void many_threads_share_one_making() throws Exception {
        for (int round = 0; round < 200; round++) {
            Memoizer<String, String> shared = new Memoizer<>();
            makings.set(0);
            List<Caller<String>> callers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String key = "key" + i % 2;
                callers.add(new Caller<>(() -> shared.get(
                        key,
                        () -> {
                            Thread.yield();
                            return make(key);
                        },
                        Deadline.after(Duration.ofMinutes(1)))));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(callers.get(i).result()).isEqualTo("key" + i % 2);
            }
            assertThat(makings).hasValue(2);
        }
    }

    @Test
    void an_exception_is_remembered() {
        IOException broken = new IOException("broken");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get("a", () -> {
                        makings.incrementAndGet();
                        throw broken;
                    }))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(broken);
        }
        assertThat(makings).hasValue(1);
        assertThat(memo.peek("a")).isNull();
        assertThat(all()).isEmpty();
    }

    @Test
    void an_error_is_thrown_and_not_remembered() throws Exception {
        get("below", () -> "kept");
        assertThatThrownBy(() -> get("a", () -> {
                    get("above", () -> "kept too");
                    throw new StackOverflowError("deep");
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(all()).isEqualTo(Map.of("below", "kept", "above", "kept too"));
        assertThat(get("a", () -> make("A"))).isEqualTo("A");
        assertThat(get("above", () -> make("another"))).isEqualTo("kept too");
        assertThat(makings).hasValue(1);
    }

    @Test
    void an_error_does_not_hide_what_is_being_made_meanwhile() throws Exception {
        assertThatThrownBy(() -> get("a", () -> {
                    Caller<String> other = new Caller<>(() -> get("b", () -> {
                        assertThatThrownBy(() -> get("c", () -> {
                                    throw new StackOverflowError("c");
                                }))
                                .isInstanceOf(StackOverflowError.class);
                        return "B";
                    }));
                    assertThat(other.result()).isEqualTo("B");
                    throw new StackOverflowError("a");
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(all()).isEqualTo(Map.of("b", "B"));
    }

    @Test
    void a_value_made_after_an_error_below_it_is_seen() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayMake = new CountDownLatch(1);
        List<Caller<String>> above = new ArrayList<>();
        assertThatThrownBy(() -> get("a", () -> {
                    above.add(new Caller<>(() -> get("b", () -> {
                        making.countDown();
                        Task.await(mayMake);
                        return "B";
                    })));
                    Task.await(making);
                    throw new StackOverflowError("deep");
                }))
                .isInstanceOf(StackOverflowError.class);
        mayMake.countDown();
        assertThat(above.getFirst().result()).isEqualTo("B");
        assertThat(memo.peek("b")).isEqualTo("B");
        assertThat(all()).isEqualTo(Map.of("b", "B"));
    }

    @Test
    void two_errors_of_neighbours_are_both_forgotten() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayFail = new CountDownLatch(1);
        List<Caller<String>> above = new ArrayList<>();
        assertThatThrownBy(() -> get("a", () -> {
                    above.add(new Caller<>(() -> get("b", () -> {
                        making.countDown();
                        Task.await(mayFail);
                        throw new StackOverflowError("b");
                    })));
                    Task.await(making);
                    throw new StackOverflowError("a");
                }))
                .isInstanceOf(StackOverflowError.class);
        mayFail.countDown();
        assertThat(above.getFirst().failure()).isInstanceOf(StackOverflowError.class);
        assertThat(get("a", () -> "A")).isEqualTo("A");
        assertThat(get("b", () -> "B")).isEqualTo("B");
    }

    @Test
    void a_making_that_asks_for_itself_is_refused() {
        assertThatThrownBy(() -> get("a", () -> get("a", () -> make("A"))))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the code that makes the value of a asks for that value");
        assertThat(makings).hasValue(0);
    }

    private CountDownLatch mayMake;

    /** Starts a caller that makes the value of {@code a} and waits for {@link #mayMake}. */
    private Caller<String> slowMaker() throws InterruptedException {
        CountDownLatch making = new CountDownLatch(1);
        mayMake = new CountDownLatch(1);
        Caller<String> maker = new Caller<>(() -> get("a", () -> {
            making.countDown();
            Task.await(mayMake);
            return "A";
        }));
        Task.await(making);
        return maker;
    }

    @Test
    void an_interrupt_ends_the_wait_of_one() throws Exception {
        Caller<String> maker = slowMaker();
        Caller<String> waiter = new Caller<>(() -> {
            Thread.currentThread().interrupt();
            return get("a", () -> "another");
        });
        assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        mayMake.countDown();
        assertThat(maker.result()).isEqualTo("A");
    }

    @Test
    void patience_ends_the_wait_of_one() throws Exception {
        Caller<String> maker = slowMaker();
        assertThatThrownBy(() -> memo.get("a", () -> "another", Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(TimeoutException.class);
        mayMake.countDown();
        assertThat(maker.result()).isEqualTo("A");
        assertThat(memo.get("a", () -> "another", Deadline.after(Duration.ZERO)))
                .isEqualTo("A");
    }

    @Test
    void an_error_is_its_maker_s_own_and_who_waited_makes_the_value() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayFail = new CountDownLatch(1);
        Caller<String> maker = new Caller<>(() -> get("a", () -> {
            making.countDown();
            Task.await(mayFail);
            throw new OutOfMemoryError("a");
        }));
        Task.await(making);
        Caller<String> waiter = new Caller<>(() -> get("a", () -> make("A")));
        mayFail.countDown();
        assertThat(maker.failure()).isInstanceOf(OutOfMemoryError.class);
        assertThat(waiter.result()).isEqualTo("A");
    }

    @Test
    void to_peek_allocates_nothing() throws Exception {
        get("a", () -> "A");
        get("b", () -> "B");
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int peeks = 100_000;
        long[] allocated = new long[1];
        Thread platform = Thread.ofPlatform().start(() -> {
            peek(peeks);
            long before = threads.getCurrentThreadAllocatedBytes();
            peek(peeks);
            allocated[0] = threads.getCurrentThreadAllocatedBytes() - before;
        });
        platform.join();
        assertThat(allocated[0]).as("bytes for %d peeks", peeks).isLessThan(peeks / 10);
    }

    private String get(String key, Callable<String> maker)
            throws ExecutionException, InterruptedException, TimeoutException {
        return memo.get(key, maker, Deadline.after(Duration.ofMinutes(1)));
    }

    private void peek(int times) {
        for (int i = 0; i < times; i++) {
            if (memo.peek("a") == null || memo.peek("none") != null) {
                throw new AssertionError();
            }
        }
    }

    private Map<String, String> all() {
        Map<String, String> all = new HashMap<>();
        memo.forEach(all::put);
        return all;
    }
}
