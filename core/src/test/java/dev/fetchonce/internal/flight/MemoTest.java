package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoTest {
    private final Memo<String, String> memo = new Memo<>();
    private final AtomicInteger makings = new AtomicInteger();

    private String make(String value) {
        makings.incrementAndGet();
        return value;
    }

    @Test
    void a_value_is_made_once() throws Exception {
        assertThat(memo.peek("a")).isNull();
        assertThat(memo.get("a", () -> make("A"))).isEqualTo("A");
        assertThat(memo.get("a", () -> make("another"))).isEqualTo("A");
        assertThat(memo.peek("a")).isEqualTo("A");
        assertThat(memo.get("b", () -> make("B"))).isEqualTo("B");
        assertThat(makings).hasValue(2);
        assertThat(all()).isEqualTo(Map.of("a", "A", "b", "B"));
    }

    @Test
    void many_threads_share_one_making() throws Exception {
        for (int round = 0; round < 200; round++) {
            Memo<String, String> shared = new Memo<>();
            makings.set(0);
            List<Caller<String>> callers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String key = "key" + i % 2;
                callers.add(new Caller<>(() -> shared.get(key, () -> {
                    Thread.yield();
                    return make(key);
                })));
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
            assertThatThrownBy(() -> memo.get("a", () -> {
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
    void an_error_is_told_and_not_remembered() throws Exception {
        memo.get("below", () -> "kept");
        assertThatThrownBy(() -> memo.get("a", () -> {
                    memo.get("above", () -> "kept too");
                    throw new StackOverflowError("deep");
                }))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(all()).isEqualTo(Map.of("below", "kept", "above", "kept too"));
        assertThat(memo.get("a", () -> make("A"))).isEqualTo("A");
        assertThat(memo.get("above", () -> make("another"))).isEqualTo("kept too");
        assertThat(makings).hasValue(1);
    }

    @Test
    void an_error_does_not_hide_what_is_being_made_meanwhile() throws Exception {
        assertThatThrownBy(() -> memo.get("a", () -> {
                    Caller<String> other = new Caller<>(() -> memo.get("b", () -> {
                        assertThatThrownBy(() -> memo.get("c", () -> {
                                    throw new StackOverflowError("c");
                                }))
                                .hasCauseInstanceOf(StackOverflowError.class);
                        return "B";
                    }));
                    assertThat(other.result()).isEqualTo("B");
                    throw new StackOverflowError("a");
                }))
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(all()).isEqualTo(Map.of("b", "B"));
    }

    @Test
    void a_value_made_after_an_error_below_it_is_seen() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayMake = new CountDownLatch(1);
        List<Caller<String>> above = new ArrayList<>();
        assertThatThrownBy(() -> memo.get("a", () -> {
                    above.add(new Caller<>(() -> memo.get("b", () -> {
                        making.countDown();
                        Task.await(mayMake);
                        return "B";
                    })));
                    Task.await(making);
                    throw new StackOverflowError("deep");
                }))
                .hasCauseInstanceOf(StackOverflowError.class);
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
        assertThatThrownBy(() -> memo.get("a", () -> {
                    above.add(new Caller<>(() -> memo.get("b", () -> {
                        making.countDown();
                        Task.await(mayFail);
                        throw new StackOverflowError("b");
                    })));
                    Task.await(making);
                    throw new StackOverflowError("a");
                }))
                .hasCauseInstanceOf(StackOverflowError.class);
        mayFail.countDown();
        assertThat(above.getFirst().failure()).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(memo.get("a", () -> "A")).isEqualTo("A");
        assertThat(memo.get("b", () -> "B")).isEqualTo("B");
    }

    @Test
    void a_making_that_asks_for_itself_is_refused() {
        assertThatThrownBy(() -> memo.get("a", () -> memo.get("a", () -> make("A"))))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the making of a asks for its own result");
        assertThat(makings).hasValue(0);
    }

    @Test
    void an_interrupt_does_not_end_the_wait_and_stays_pending() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayMake = new CountDownLatch(1);
        Caller<String> maker = new Caller<>(() -> memo.get("a", () -> {
            making.countDown();
            Task.await(mayMake);
            return "A";
        }));
        Task.await(making);
        CountDownLatch asking = new CountDownLatch(1);
        Caller<Boolean> waiter = new Caller<>(() -> {
            Thread.currentThread().interrupt();
            asking.countDown();
            return memo.get("a", () -> "another").equals("A") && Thread.interrupted();
        });
        Task.await(asking);
        mayMake.countDown();
        assertThat(waiter.result()).as("the value, and interrupted").isTrue();
        assertThat(maker.result()).isEqualTo("A");
    }

    @Test
    void to_peek_allocates_nothing() throws Exception {
        memo.get("a", () -> "A");
        memo.get("b", () -> "B");
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
