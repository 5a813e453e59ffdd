package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FlightTableCloseTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String CLOSED = "lost: java.util.concurrent.CancellationException: closed";

    private final Watched steps = new Watched();
    private final FlightTable<String, String> table =
            new FlightTable<>(MINUTE, Thread.ofVirtual().factory(), steps);

    @Test
    void close_ends_all_flights_and_their_waiters() throws Exception {
        List<Caller<String>> waiters = new ArrayList<>();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Task task = new Task("never");
            tasks.add(task);
            waiters.add(Caller.flying(table, "key" + i, task));
            waiters.add(Caller.flying(table, "key" + i, new Task("another")));
        }
        steps.awaitParked(100);
        assertThat(table.close(MINUTE)).isTrue();
        for (Caller<String> waiter : waiters) {
            assertThat(waiter.result()).isEqualTo(CLOSED);
        }
        assertThat(tasks).allSatisfy(task -> assertThat(task.published).isEmpty());
        assertThat(table.size()).isZero();
        table.checkInvariants();
    }

    @Test
    void after_close_a_flight_ends_at_once_and_no_thread_starts() throws Exception {
        AtomicInteger started = new AtomicInteger();
        FlightTable<String, String> counted = new FlightTable<>(
                MINUTE,
                task -> Thread.ofVirtual().unstarted(() -> {
                    started.incrementAndGet();
                    task.run();
                }),
                steps);
        assertThat(counted.close(MINUTE)).isTrue();
        for (Flight<String> flight : List.of(
                counted.fly("key", new Task("a")),
                counted.flyAfresh("key", new Task("b")),
                counted.flyAlone("key", new Task("c")))) {
            assertThat(counted.await(flight, Deadline.after(MINUTE))).isEqualTo(CLOSED);
        }
        assertThat(started).hasValue(0);
        assertThat(counted.size()).isZero();
        counted.checkInvariants();
    }

    @Test
    void close_is_bounded_and_can_be_repeated() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch flying = new CountDownLatch(1);
        Caller<String> waiter = Caller.flying(table, "key", new Task(me -> {
            flying.countDown();
            while (release.getCount() > 0) {
                try {
                    Task.await(release);
                } catch (InterruptedException e) {
                    // the work ignores interrupts
                }
            }
            return "late";
        }));
        Task.await(flying);
        assertThat(table.close(Duration.ofMillis(20)))
                .as("the flight ends no sooner")
                .isFalse();
        assertThat(waiter.result()).as("but its waiters do").isEqualTo(CLOSED);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.close(Duration.ZERO)).isFalse();
        release.countDown();
        assertThat(table.close(MINUTE)).isTrue();
        assertThat(table.close(Duration.ZERO)).isTrue();
    }

    @Test
    void close_on_a_flights_own_thread_does_not_wait_for_it() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        Task task = new Task(me -> {
            closed.set(table.close(MINUTE));
            interrupted.set(Thread.currentThread().isInterrupted());
            return "late";
        });
        assertThat(Caller.flying(table, "key", task).result()).isEqualTo(CLOSED);
        Task.await(task.over);
        assertThat(closed).isTrue();
        assertThat(interrupted).isFalse();
        assertThat(task.published).isEmpty();
        assertThat(table.close(MINUTE)).isTrue();
    }

    @Test
    void close_interrupted_returns_false_and_stays_interrupted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch flying = new CountDownLatch(1);
        CountDownLatch swept = new CountDownLatch(1);
        table.fly("key", new Task(me -> {
            flying.countDown();
            while (release.getCount() > 0) {
                try {
                    Task.await(release);
                } catch (InterruptedException e) {
                    swept.countDown();
                }
            }
            return "late";
        }));
        Task.await(flying);
        Caller<Boolean> closing = new Caller<>(() -> {
            boolean all = table.close(MINUTE);
            assertThat(Thread.interrupted()).isTrue();
            return all;
        });
        Task.await(swept);
        while (closing.thread.isAlive()) { // an interrupt just before the wait stays pending and does not end it
            closing.thread.interrupt();
            Thread.yield();
        }
        assertThat(closing.result()).isFalse();
        release.countDown();
        assertThat(table.close(MINUTE)).isTrue();
    }

    @Test
    void close_called_with_a_pending_interrupt_still_waits() throws Exception {
        Task task = new Task("never");
        table.fly("key", task);
        Task.await(task.flying);
        Thread.currentThread().interrupt();
        assertThat(table.close(MINUTE)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(table.size()).isZero();
    }

    @Test
    void close_amid_installs_leaves_no_caller_waiting_and_nothing_running() throws Exception {
        for (int round = 0; round < 200; round++) {
            AtomicInteger running = new AtomicInteger();
            AtomicBoolean closed = new AtomicBoolean();
            FlightTable<String, String> busy = new FlightTable<>(
                    MINUTE,
                    task -> Thread.ofVirtual().unstarted(() -> {
                        running.incrementAndGet();
                        assertThat(closed).isFalse();
                        task.run();
                        running.decrementAndGet();
                    }),
                    ProtocolSteps.NONE);
            CountDownLatch under = new CountDownLatch(5);
            List<Caller<String>> callers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String key = "key" + i % 3;
                callers.add(new Caller<>(() -> {
                    String got;
                    do {
                        Task task = new Task("value");
                        task.mayLand.countDown();
                        got = busy.await(busy.fly(key, task), Deadline.after(MINUTE));
                        under.countDown();
                    } while (got.equals("value"));
                    return got;
                }));
            }
            Task.await(under);
            assertThat(busy.close(MINUTE)).isTrue();
            closed.set(true);
            for (Caller<String> caller : callers) {
                assertThat(caller.result()).isEqualTo(CLOSED);
            }
            assertThat(busy.close(MINUTE)).isTrue(); // for late callers, whose flights left by themselves
            // The map lowers its count a moment after a removal.
            Await.until("nothing is aloft", () -> busy.size() == 0);
            busy.checkInvariants();
        }
    }
}
