package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.OperatingSystemMXBean;
import dev.fetchonce.internal.concurrent.Deadline;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class FlightTest {
    private static final int MANY = 100_000;

    private final Watched steps = new Watched();
    private final Flight<String> flight =
            Flight.of("key", new Task(""), null, null, WaiterCount.Rule.NONE, steps, Task.INTERRUPTS, me -> "value");

    // The outcome.

    @Test
    void run_brings_the_value_to_all() throws Exception {
        Caller<String> untimed = new Caller<>(flight::get);
        Caller<String> timed = new Caller<>(() -> flight.get(1, TimeUnit.MINUTES));
        steps.awaitParked(2);
        assertThat(flight.waiting()).isEqualTo(2);
        flight.run();
        assertThat(untimed.result()).isEqualTo("value");
        assertThat(timed.result()).isEqualTo("value");
        assertThat(flight.get()).isEqualTo("value");
        assertThat(flight.get(0, TimeUnit.NANOSECONDS)).isEqualTo("value");
    }

    @Test
    void the_first_end_decides() throws Exception {
        flight.complete("landed");
        flight.fail(new IllegalStateException("late"));
        flight.run();
        assertThat(flight.get()).isEqualTo("landed");
    }

    @Test
    void a_failure_is_an_exception_for_each() {
        flight.fail(new IllegalStateException("failed"));
        assertThatThrownBy(flight::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage("failed");
        assertThatThrownBy(() -> flight.get(1, TimeUnit.MINUTES)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void time_runs_out_for_one() throws Exception {
        assertThatThrownBy(() -> flight.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> flight.get(-1, TimeUnit.DAYS)).isInstanceOf(TimeoutException.class);
        assertThat(flight.waiting()).isZero();
        assertThat(flight.isDone()).isFalse();
    }

    // The result.

    @Test
    void attached_it_publishes() {
        List<String> published = new ArrayList<>();
        flight.publish(() -> published.add("first"));
        flight.publishInstead(() -> published.add("withdrawn"));
        assertThat(flight.detached()).isTrue();
        flight.publish(() -> published.add("detached"));
        flight.publishInstead(() -> published.add("withdrawn again"));
        assertThat(published).containsExactly("first", "withdrawn");
    }

    @Test
    void a_publication_that_throws_leaves_no_lock_held() throws Exception {
        assertThatThrownBy(() -> flight.publish(() -> {
                    throw new IllegalStateException("store");
                }))
                .hasMessage("store");
        assertThat(new Caller<>(() -> {
                            flight.detach();
                            return flight.detached();
                        })
                        .result())
                .isTrue();
    }

    // The request.

    @Test
    void sent_since_compares_with_the_moment_of_sending() {
        long before = System.nanoTime();
        assertThat(flight.sentSince(before)).as("not sent").isFalse();
        assertThat(flight.sent()).isFalse();
        flight.recordSent();
        assertThat(flight.sent()).isTrue();
        assertThat(flight.sentSince(before)).isTrue();
        assertThat(flight.sentSince(System.nanoTime() + 1)).isFalse();
    }

    @Test
    void its_clock_runs_while_it_prepares_and_once_it_has_boarded() {
        Deadline now = Deadline.after(Duration.ZERO);
        assertThat(flight.untilRetired()).as("before its thread runs").isEqualTo(Long.MAX_VALUE);
        flight.prepare(now);
        assertThat(flight.untilRetired()).isPositive().isLessThanOrEqualTo(FlightTable.RETIRE_AFTER.toNanos());
        assertThat(flight.phase()).isEqualTo(Flight.Phase.PREPARING);
        assertThat(flight.toQueued()).isTrue();
        assertThat(flight.untilRetired()).as("in the queue").isEqualTo(Long.MAX_VALUE);
        assertThat(flight.phase()).isEqualTo(Flight.Phase.QUEUED);
        assertThat(flight.toRunning(now)).isTrue();
        assertThat(flight.phase()).isEqualTo(Flight.Phase.RUNNING);
        assertThat(flight.untilRetired()).isPositive().isLessThanOrEqualTo(FlightTable.RETIRE_AFTER.toNanos());
    }

    @Test
    void it_flies_its_key_and_those_of_the_flights_that_asked_for_it() {
        Flight<String> child =
                Flight.of("child", new Task(""), null, flight, WaiterCount.Rule.NONE, steps, Task.INTERRUPTS, me -> "");
        assertThat(child.isWithin("child")).isTrue();
        assertThat(child.isWithin("key")).isTrue();
        assertThat(child.isWithin("another")).isFalse();
        flight.complete("done");
        assertThat(child.isWithin("key")).as("nobody waits there any more").isFalse();
    }

    // A hundred thousand waiters.

    @Test
    void a_hundred_thousand_that_lose_patience_together_leave_nothing_behind() throws Exception {
        Deadline together = Deadline.after(Duration.ofSeconds(3));
        storm("lose patience", () -> flight.get(together.left(), TimeUnit.NANOSECONDS), threads -> {
            while (!together.passed() || flight.waiting() > 0) { // as the watchdog of a table does
                LockSupport.parkNanos(10_000_000);
                flight.look(System.nanoTime());
            }
        });
        int woken = steps.unparked.get();
        flight.run();
        assertThat(steps.unparked).as("woken by the release").hasValue(woken);
    }

    @Test
    void a_hundred_thousand_interrupted_together_leave_nothing_behind() throws Exception {
        storm("are interrupted", flight::get, threads -> {
            steps.awaitParked(MANY);
            threads.forEach(Thread::interrupt);
        });
        flight.run();
        assertThat(steps.unparked).as("woken by the release").hasValue(0);
    }

    @Test
    void a_hundred_thousand_are_let_go_together() throws Exception {
        storm("are let go", flight::get, threads -> {
            steps.awaitParked(MANY);
            flight.run();
        });
        assertThat(steps.unparked).hasValue(MANY);
    }

    private interface End {
        void of(List<Thread> threads) throws InterruptedException;
    }

    private interface Wait {
        String get() throws InterruptedException, ExecutionException, TimeoutException;
    }

    private void storm(String what, Wait wait, End end) throws Exception {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        CountDownLatch left = new CountDownLatch(MANY);
        AtomicInteger values = new AtomicInteger();
        List<Thread> threads = new ArrayList<>(MANY);
        for (int i = 0; i < MANY; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    wait.get();
                    values.incrementAndGet();
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    // the waiter has left
                } finally {
                    left.countDown();
                }
            }));
        }
        end.of(threads);
        assertThat(left.await(100, TimeUnit.SECONDS)).isTrue();
        System.out.printf(
                "%,d waiters start, wait and %s: %.2f s of CPU, %.2f s%n",
                MANY, what, (system.getProcessCpuTime() - cpu) / 1e9, (System.nanoTime() - start) / 1e9);
        assertThat(values.get()).isEqualTo(flight.isDone() ? MANY : 0);
        assertThat(flight.waiting()).isZero();
    }
}
