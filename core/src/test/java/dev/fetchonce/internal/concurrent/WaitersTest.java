package dev.fetchonce.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.flight.Caller;
import dev.fetchonce.internal.flight.ProtocolSteps;
import dev.fetchonce.internal.flight.Watched;
import dev.fetchonce.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitersTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Watched steps = new Watched();
    private final Waiters waiters = new Waiters(steps, Long.MAX_VALUE);

    @Test
    void release_lets_all_who_wait_go() throws Exception {
        List<Caller<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(new Caller<>(() -> waiters.await(MINUTE)));
        }
        steps.awaitParked(100);
        assertThat(waiters.count()).isEqualTo(100);
        assertThat(waiters.released()).isFalse();
        waiters.release();
        for (Caller<Boolean> caller : callers) {
            assertThat(caller.result()).isTrue();
        }
        assertThat(waiters.count()).isZero();
        assertThat(waiters.released()).isTrue();
        assertThat(steps.unparked).hasValue(100);
    }

    @Test
    void after_the_release_no_caller_waits() throws Exception {
        waiters.release();
        waiters.release();
        assertThat(waiters.await(MINUTE)).isTrue();
        assertThat(waiters.await(0)).isTrue();
        assertThat(waiters.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 1_000_000})
    void time_runs_out_and_the_waiter_is_gone(long nanos) throws Exception {
        assertThat(waiters.await(nanos)).isFalse();
        assertThat(waiters.count()).isZero();
        waiters.release();
        assertThat(steps.unparked).as("woken").hasValue(0);
    }

    @Test
    void an_interrupt_ends_the_wait_of_one() throws Exception {
        Caller<Boolean> victim = new Caller<>(() -> waiters.await(Long.MAX_VALUE));
        Caller<Boolean> other = new Caller<>(() -> waiters.await(Long.MAX_VALUE));
        steps.awaitParked(2);
        victim.thread.interrupt();
        assertThat(victim.failure()).isInstanceOf(InterruptedException.class);
        assertThat(waiters.count()).isEqualTo(1);
        waiters.release();
        assertThat(other.result()).isTrue();
        assertThat(steps.unparked).as("only who still waited").hasValue(1);
    }

    @Test
    void a_pending_interrupt_ends_the_wait_before_it_begins() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> waiters.await(MINUTE)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(waiters.count()).isZero();
    }

    @Test
    void an_early_return_of_park_does_not_end_the_wait() throws Exception {
        Caller<Boolean> caller = new Caller<>(() -> waiters.await(MINUTE));
        steps.awaitParked(1);
        LockSupport.unpark(caller.thread);
        assertThat(waiters.count()).isEqualTo(1);
        waiters.release();
        assertThat(caller.result()).isTrue();
    }

    @Test
    void a_caller_that_comes_between_two_returns_of_park_is_woken_too() throws Exception {
        Caller<Boolean> first = new Caller<>(() -> waiters.await(MINUTE));
        steps.awaitParked(1);
        Caller<Boolean> second = new Caller<>(() -> waiters.await(MINUTE));
        steps.awaitParked(1);
        first.thread.interrupt();
        assertThat(first.failure()).isInstanceOf(InterruptedException.class);
        Caller<Boolean> third = new Caller<>(() -> waiters.await(MINUTE));
        steps.awaitParked(1);
        waiters.release();
        assertThat(second.result()).isTrue();
        assertThat(third.result()).isTrue();
    }

    // Failures.

    /** Steps whose unpark throws in the calls with these numbers, counted from 1. */
    private static final class Deaf implements ProtocolSteps {
        private final Watched steps = new Watched();
        private final Set<Integer> deaf;
        private int wakeUps;

        Deaf(Integer... deaf) {
            this.deaf = Set.of(deaf);
        }

        @Override
        public void park(Waiters waiters, long nanos) {
            steps.park(waiters, nanos);
        }

        @Override
        public void unpark(Thread thread) {
            if (deaf.contains(++wakeUps)) {
                throw new OutOfMemoryError("for a carrier");
            }
            steps.unpark(thread);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void one_that_cannot_be_woken_keeps_no_other_asleep_and_is_woken_next_time(int number) throws Exception {
        Deaf deaf = new Deaf(number);
        Waiters three = new Waiters(deaf, Long.MAX_VALUE);
        List<Caller<Boolean>> callers = IntStream.range(0, 3)
                .mapToObj(i -> new Caller<>(() -> three.await(Long.MAX_VALUE)))
                .toList();
        deaf.steps.awaitParked(3);
        assertThatThrownBy(three::release).isInstanceOf(OutOfMemoryError.class);
        Await.until("two are awake", () -> awake(callers) == 2);
        assertThat(three.awake()).isFalse();
        three.release();
        assertThat(three.awake()).isTrue();
        for (Caller<Boolean> caller : callers) {
            assertThat(caller.result()).isTrue();
        }
    }

    private static long awake(List<Caller<Boolean>> callers) {
        return callers.stream().filter(caller -> !caller.thread.isAlive()).count();
    }

    @Test
    void one_whose_time_has_come_and_who_cannot_be_woken_keeps_no_other_asleep() throws Exception {
        Deaf deaf = new Deaf(1);
        Waiters two = new Waiters(deaf, 0);
        List<Caller<Boolean>> callers = IntStream.range(0, 2)
                .mapToObj(i -> new Caller<>(() -> two.await(1)))
                .toList();
        deaf.steps.awaitParked(2);
        assertThatThrownBy(() -> two.wake(System.nanoTime() + 1)).isInstanceOf(OutOfMemoryError.class);
        Await.until("one is awake", () -> awake(callers) == 1);
        two.wake(System.nanoTime() + 1);
        for (Caller<Boolean> caller : callers) {
            assertThat(caller.result()).isFalse();
        }
    }

    @Test
    void a_caller_that_cannot_park_is_not_waited_for() {
        Waiters one = new Waiters(
                new ProtocolSteps() {
                    @Override
                    public void park(Waiters waiters, long nanos) {
                        throw new StackOverflowError();
                    }
                },
                Long.MAX_VALUE);
        assertThatThrownBy(() -> one.await(MINUTE)).isInstanceOf(StackOverflowError.class);
        assertThat(one.count()).isZero();
    }
}
