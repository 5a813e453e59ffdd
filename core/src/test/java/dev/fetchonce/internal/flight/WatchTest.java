package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.concurrent.Waiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LONGER_THAN_SHORT =
            Duration.ofNanos(Watch.SHORT).plusSeconds(1);

    /** Counts the parks with a timer and the threads of the watch. */
    private static final class Counted implements Steps {
        private final AtomicInteger timed = new AtomicInteger();
        private final List<Thread> watches = new ArrayList<>();

        @Override
        public void park(Waiters waiters, long nanos) {
            timed.addAndGet(nanos == UNTIMED ? 0 : 1);
            Steps.NONE.park(waiters, nanos);
        }

        @Override
        public Thread watch(Watch watch) {
            watches.add(Thread.ofPlatform().start(watch));
            return watches.getLast();
        }
    }

    private final Counted steps = new Counted();
    private final FlightTable<String, String> table =
            new FlightTable<>(LONG, Thread.ofVirtual().factory(), steps);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        assertThat(table.close(LONG)).isTrue();
        assertThat(steps.watches).noneMatch(Thread::isAlive);
    }

    /** Lands when the test lets it. */
    private Work<String> work() {
        return new Work<>() {
            @Override
            public @Nullable String look() {
                return null;
            }

            @Override
            public Landing<String> fly(Flight<String> me) throws Exception {
                release.await();
                return new Landing<>("landed", () -> {}, () -> {});
            }

            @Override
            public Landing<String> lost(Throwable why) {
                return new Landing<>("lost: " + why.getMessage(), () -> {}, () -> {});
            }
        };
    }

    @Test
    void whose_patience_ends_is_woken_without_a_timer_of_its_own() {
        Flight<String> flight = table.fly("key", work());
        Deadline patience = Deadline.after(LONGER_THAN_SHORT);
        assertThatThrownBy(() -> table.await(flight, patience)).isInstanceOf(TimeoutException.class);
        assertThat(patience.passed()).isTrue();
        assertThat(steps.timed).hasValue(0);
    }

    @Test
    void a_short_wait_is_timed_by_itself() {
        Flight<String> flight = table.fly("key", work());
        assertThatThrownBy(() -> table.await(flight, Deadline.after(Duration.ofMillis(5))))
                .isInstanceOf(TimeoutException.class);
        assertThat(steps.timed).hasPositiveValue();
    }

    @Test
    void an_exchange_is_ended_at_its_deadline() throws Exception {
        Work<String> exchange = new Work<>() {
            @Override
            public @Nullable String look() {
                return null;
            }

            @Override
            public Landing<String> fly(Flight<String> me) throws Exception {
                Alarm alarm = me.set(Deadline.after(LONGER_THAN_SHORT));
                try {
                    release.await();
                } catch (InterruptedException e) {
                    return new Landing<>(alarm.stop() ? "rang" : "called off", () -> {}, () -> {});
                }
                return new Landing<>("released", () -> {}, () -> {});
            }

            @Override
            public Landing<String> lost(Throwable why) {
                return new Landing<>("lost", () -> {}, () -> {});
            }
        };
        Flight<String> flight = table.fly("key", exchange);
        assertThat(table.await(flight, Deadline.after(LONG))).isEqualTo("rang");
    }

    @Test
    void there_is_one_while_anything_is_aloft_and_none_afterwards() throws Exception {
        Flight<String> first = table.fly("one", work());
        Flight<String> second = table.fly("two", work());
        assertThat(steps.watches).hasSize(1);
        release.countDown();
        table.await(first, Deadline.after(LONG));
        table.await(second, Deadline.after(LONG));
        assertThat(steps.watches.getFirst().isAlive()).as("it lingers").isTrue();
        steps.watches.getFirst().join();
        assertThat(table.size()).isZero();
        table.await(table.fly("three", work()), Deadline.after(LONG));
        assertThat(steps.watches).hasSize(2);
    }

    /** One that does not linger ends at each of these, just when another begins or a little before or after. */
    @Test
    void none_is_missing_however_often_it_ends_as_another_flight_begins() throws Exception {
        Unforeseen unforeseen = new Unforeseen(what -> {});
        Interrupts interrupts = new Interrupts(steps, unforeseen);
        Aloft<String> aloft = new Aloft<>(steps, unforeseen);
        Endings<String> endings = new Endings<>(new ConcurrentHashMap<>(), steps, unforeseen);
        Watch watch = new Watch(aloft, steps, unforeseen, 0);
        for (int i = 0; i < 100; i++) {
            Thread mine = Thread.currentThread();
            Flight<String> flight = Flight.of(
                    "key", new Instant(), null, null, Boarding.Rule.NONE, Steps.NONE, interrupts, me -> "landed");
            Alarm alarm = flight.set(Deadline.after(Duration.ZERO));
            aloft.enter(new Pilot<>(flight, aloft, endings, steps, interrupts, unforeseen, task -> mine), flight);
            watch.begin();
            while (!mine.isInterrupted()) {
                LockSupport.park();
            }
            assertThat(alarm.stop()).isTrue();
            flight.land("landed");
            flight.callOff();
            LockSupport.parkNanos(9_000_000 + i * 20_000L); // about as long as the watch rests
        }
        watch.awaitEnd(Deadline.after(LONG));
        assertThat(steps.watches).hasSizeGreaterThan(1).noneMatch(Thread::isAlive);
    }

    /** Waits for its alarm, which is due at once. */
    private static final class Instant implements Work<String> {
        @Override
        public @Nullable String look() {
            return null;
        }

        @Override
        public Landing<String> fly(Flight<String> me) {
            Alarm alarm = me.set(Deadline.after(Duration.ZERO));
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            return new Landing<>(alarm.stop() ? "rang" : "called off", () -> {}, () -> {});
        }

        @Override
        public Landing<String> lost(Throwable why) {
            return new Landing<>("lost", () -> {}, () -> {});
        }
    }
}
