package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flight that queues before it has a thread. It gets a thread at its turn, or never. */
class FlightThreadTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    private final AtomicInteger started = new AtomicInteger();
    private final Queue<FlightWork.Start> line = new ConcurrentLinkedQueue<>();
    private final FlightTable<String, String> table = new FlightTable<>(
            MINUTE,
            task -> THREADS.newThread(() -> {
                started.incrementAndGet();
                task.run();
            }),
            ProtocolSteps.NONE);

    @AfterEach
    void nothing_is_left() {
        assertThat(table.close(MINUTE)).isTrue();
        table.checkInvariants();
        assertThat(table.size()).isZero();
    }

    /** Work that queues at once, and lands at once when its turn has come. */
    private final class Queueing extends Task {
        final AtomicInteger givenBack = new AtomicInteger();

        Queueing() {
            super(me -> me.toRunning(Deadline.after(MINUTE)) ? "value" : "not wanted");
        }

        @Override
        public void begin(Flight<String> me, Start start) {
            assertThat(me.toQueued()).isTrue();
            line.add(start);
        }

        @Override
        public void release() {
            givenBack.incrementAndGet();
        }
    }

    private boolean turn() {
        return line.remove().now();
    }

    @Test
    void it_starts_at_its_turn() throws Exception {
        Queueing work = new Queueing();
        Flight<String> flight = table.fly("key", work);
        assertThat(table.fly("key", new Task("another"))).isSameAs(flight);
        assertThat(flight.phase()).isEqualTo(Flight.Phase.QUEUED);
        assertThat(flight.untilRetired()).as("it does not count as hung").isEqualTo(Long.MAX_VALUE);
        assertThat(table.size()).isEqualTo(1);
        table.checkInvariants();
        assertThat(started).hasValue(0);
        assertThat(turn()).isTrue();
        assertThat(table.await(flight, Deadline.after(MINUTE))).isEqualTo("value");
        assertThat(table.close(MINUTE)).isTrue();
        assertThat(started).hasValue(1);
        assertThat(work.givenBack).hasValue(1);
    }

    @Test
    void it_starts_once() throws Exception {
        Flight<String> flight = table.fly("key", new Queueing());
        FlightWork.Start start = line.remove();
        assertThat(start.now()).isTrue();
        assertThat(start.now()).isFalse();
        assertThat(table.await(flight, Deadline.after(MINUTE))).isEqualTo("value");
    }

    @Test
    void without_waiters_it_never_starts() throws Exception {
        Queueing left = new Queueing();
        Flight<String> flight = table.fly("key", left);
        assertThatThrownBy(() -> table.await(flight, Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(TimeoutException.class);
        assertThat(flight.waiterCount().givenUp()).isTrue();
        assertThat(table.size()).isZero();
        Queueing next = new Queueing();
        Flight<String> another = table.fly("key", next);
        assertThat(turn()).as("the turn of what was given up").isFalse();
        assertThat(turn()).isTrue();
        assertThat(table.await(another, Deadline.after(MINUTE))).isEqualTo("value");
        assertThat(started).hasValue(1);
        assertThat(left.givenBack).as("it never had a thing").hasValue(0);
    }

    @Test
    void closed_it_never_starts() throws Exception {
        Flight<String> flight = table.fly("key", new Queueing());
        Flight<String> alone = table.flyAlone("key", new Queueing());
        assertThat(table.close(Duration.ZERO)).as("nothing to wait for").isTrue();
        assertThat(table.await(flight, Deadline.after(MINUTE))).startsWith("lost: java.util.concurrent.Cancellation");
        assertThat(table.await(alone, Deadline.after(MINUTE))).startsWith("lost: java.util.concurrent.Cancellation");
        assertThat(turn()).isFalse();
        assertThat(turn()).isFalse();
        assertThat(started).hasValue(0);
    }

    @Test
    void a_refresh_joins_it() throws Exception {
        Flight<String> flight = table.fly("key", new Queueing());
        assertThat(table.flyAfresh("key", new Task("another"))).isSameAs(flight);
        assertThat(turn()).isTrue();
        assertThat(table.await(flight, Deadline.after(MINUTE))).isEqualTo("value");
    }

    @Test
    void one_that_waits_for_another_does_so_on_its_thread() throws Exception {
        Task first = Task.sent("first");
        Flight<String> running = table.fly("key", first);
        Task.await(first.flying);
        Flight<String> next = table.flyAfresh("key", new Queueing());
        assertThat(line).as("it has not begun to queue").isEmpty();
        first.mayLand.countDown();
        assertThat(table.await(running, Deadline.after(MINUTE))).isEqualTo("first");
        assertThat(table.await(next, Deadline.after(MINUTE))).isEqualTo("value");
    }

    @Test
    void a_thread_that_does_not_start_at_its_turn_leaves_no_caller_waiting() throws Exception {
        Thread dead = Thread.ofVirtual().start(() -> {});
        dead.join();
        FlightTable<String, String> scarce = new FlightTable<>(MINUTE, task -> dead, ProtocolSteps.NONE);
        Flight<String> flight = scarce.fly("key", new Queueing());
        assertThat(turn()).isFalse();
        assertThat(scarce.await(flight, Deadline.after(MINUTE)))
                .isEqualTo("lost: " + new IllegalThreadStateException("Already started"));
        assertThat(scarce.size()).isZero();
        assertThat(scarce.close(MINUTE)).isTrue();
        scarce.checkInvariants();
    }

    @Test
    void a_permit_that_comes_after_its_end_is_given_back() {
        Queueing work = new Queueing();
        Flight<String> flight = table.fly("key", work);
        flight.complete("ended by somebody else");
        table.leave(flight);
        assertThat(turn()).isTrue();
        assertThat(table.close(MINUTE)).isTrue();
        assertThat(work.givenBack).hasValue(1);
    }

    @Test
    void a_work_that_cannot_give_back_leaves_no_active_flight() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
        try {
            Flight<String> flight = table.fly("key", new Task(me -> "value") {
                @Override
                public void release() {
                    throw new IllegalStateException("not now");
                }
            });
            assertThat(table.await(flight, Deadline.after(MINUTE))).isEqualTo("value");
            assertThat(table.close(MINUTE)).isTrue();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
