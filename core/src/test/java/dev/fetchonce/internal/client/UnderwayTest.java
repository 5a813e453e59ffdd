package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UnderwayTest {
    private final AtomicInteger ends = new AtomicInteger();
    private final Underway underway = new Underway(ends::incrementAndGet);
    private final Gate gate = new Gate();

    @Test
    void a_call_that_takes_no_notice_of_being_ended_leaves_its_thread_uninterrupted() {
        Crowd<Boolean> caller = Crowd.one(() -> {
            assertThat(underway.<String>call(() -> {
                        gate.passWhateverHappens(); // and leaves the interrupt pending
                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                        return "done";
                    }))
                    .isEqualTo("done");
            return Thread.currentThread().isInterrupted();
        });
        gate.awaitArrivals(1);
        underway.shutdownNow();
        gate.open();
        assertThat(caller.value()).isFalse();
    }

    @Test
    void its_end_comes_once_and_with_the_last_call() throws Exception {
        Crowd<String> callers = Crowd.of(
                3,
                () -> underway.call(() -> underway.call(() -> {
                    gate.pass();
                    return "done";
                })));
        gate.awaitArrivals(3);
        underway.shutdown();
        assertThat(underway.terminated()).isFalse();
        assertThat(underway.awaitTermination(Duration.ZERO)).isFalse();
        assertThat(ends).hasValue(0);
        gate.open();
        assertThat(callers.values()).containsOnly("done");
        assertThat(underway.awaitTermination(Duration.ofSeconds(20))).isTrue();
        underway.shutdown();
        underway.shutdownNow();
        assertThat(ends).hasValue(1);
    }

    @Test
    void it_ends_at_once_where_nothing_is_under_way_and_takes_nothing_more() throws Exception {
        assertThat(underway.start(() -> "done").get(20, TimeUnit.SECONDS)).isEqualTo("done");
        underway.shutdown();
        assertThat(underway.terminated()).isTrue();
        assertThat(ends).hasValue(1);
        assertThatThrownBy(() -> underway.call(() -> "more")).isExactlyInstanceOf(IOException.class);
        assertThat(underway.start(() -> "more")).isCompletedExceptionally();
    }
}
