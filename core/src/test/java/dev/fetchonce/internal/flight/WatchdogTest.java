package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.concurrent.Waiters;
import dev.fetchonce.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LONGER_THAN_SHORT =
            Duration.ofNanos(Watchdog.SHORT).plusSeconds(1);

    /** Steps that count the parks with a timer and the threads of the watchdog. */
    private static final class Counted implements ProtocolSteps {
        private final AtomicInteger timed = new AtomicInteger();
        private final List<Thread> watches = new ArrayList<>();

        /** The milliseconds that the next look takes. */
        private final AtomicInteger nextLook = new AtomicInteger();

        @Override
        public void at(String step) {
            int millis = step.equals("look") ? nextLook.getAndSet(0) : 0;
            if (millis > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            }
        }

        @Override
        public void park(Waiters waiters, long nanos) {
            timed.addAndGet(nanos == UNTIMED ? 0 : 1);
            ProtocolSteps.NONE.park(waiters, nanos);
        }

        @Override
        public Thread watch(Watchdog watchdog) {
            watches.add(Thread.ofPlatform().start(watchdog));
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

    /** Returns work that lands when the test lets it. */
    private FlightWork<String> work() {
        return new FlightWork<>() {
            @Override
            public @Nullable String secondLook() {
                return null;
            }

            @Override
            public FlightResult<String> run(Flight<String> me) throws Exception {
                release.await();
                return new FlightResult<>("landed", () -> {}, () -> {});
            }

            @Override
            public FlightResult<String> describeFailure(Throwable why) {
                return new FlightResult<>("lost: " + why.getMessage(), () -> {}, () -> {});
            }
        };
    }

    @Test
    void a_caller_whose_patience_ends_is_woken_without_a_timer_of_its_own() {
        Flight<String> flight = table.fly("key", work());
        Deadline patience = Deadline.after(LONGER_THAN_SHORT);
        assertThatThrownBy(() -> table.await(flight, patience)).isInstanceOf(TimeoutException.class);
        assertThat(patience.passed()).isTrue();
        assertThat(steps.timed).hasValue(0);
    }

    /** Twenty times that look would be a minute. */
    @Test
    void a_look_without_a_processor_holds_back_no_later_look() {
        steps.nextLook.set(3_000);
        Flight<String> flight = table.fly("key", work());
        Deadline patience = Deadline.after(LONGER_THAN_SHORT);
        assertThatThrownBy(() -> table.await(flight, patience)).isInstanceOf(TimeoutException.class);
        assertThat(patience.plus(Duration.ofSeconds(30)).passed()).isFalse();
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
        FlightWork<String> exchange = new FlightWork<>() {
            @Override
            public @Nullable String secondLook() {
                return null;
            }

            @Override
            public FlightResult<String> run(Flight<String> me) throws Exception {
                Deadline at = Deadline.after(LONGER_THAN_SHORT);
                ExchangeTimeout alarm = me.alarm(at, () -> at);
                try {
                    release.await();
                } catch (InterruptedException e) {
                    return new FlightResult<>(alarm.stop() ? "rang" : "called off", () -> {}, () -> {});
                }
                return new FlightResult<>("released", () -> {}, () -> {});
            }

            @Override
            public FlightResult<String> describeFailure(Throwable why) {
                return new FlightResult<>("lost", () -> {}, () -> {});
            }
        };
        Flight<String> flight = table.fly("key", exchange);
        assertThat(table.await(flight, Deadline.after(LONG))).isEqualTo("rang");
    }

    @Test
    void a_flight_with_an_extended_alarm_counts_as_hung_later() throws Exception {
        CountDownLatch extended = new CountDownLatch(1);
        Task exchange = new Task(me -> {
            Deadline passed = Deadline.after(Duration.ofSeconds(-5)); // with this deadline the flight has hung
            Deadline later = Deadline.after(LONG);
            if (!me.toRunning(passed)) {
                throw new InterruptedException();
            }
            ExchangeTimeout alarm = me.alarm(passed, () -> later);
            Await.until("the alarm is extended", () -> me.untilRetired() > 0);
            extended.countDown();
            release.await();
            return alarm.stop() ? "rang" : "landed";
        });
        Flight<String> flight = table.fly("key", exchange);
        Task.await(extended);
        release.countDown();
        assertThat(table.await(flight, Deadline.after(LONG))).isEqualTo("landed");
    }

    @Test
    void there_is_one_while_anything_is_active_and_none_afterwards() throws Exception {
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

    /**
     * A watchdog that does not linger ends after each of these flights. The next flight begins just then, or a little
     * before or after.
     */
    @Test
    void none_is_missing_however_often_it_ends_as_another_flight_begins() throws Exception {
        UnexpectedErrors unexpectedErrors = new UnexpectedErrors(what -> {});
        Interrupts interrupts = new Interrupts(steps, unexpectedErrors);
        ActiveFlights<String> activeFlights = new ActiveFlights<>(steps, unexpectedErrors);
        FlightLifecycle<String> lifecycle =
                new FlightLifecycle<>(new ConcurrentHashMap<>(), Duration.ofSeconds(30), steps, unexpectedErrors);
        Watchdog watchdog = new Watchdog(activeFlights, steps, unexpectedErrors, 0);
        for (int i = 0; i < 100; i++) {
            Thread mine = Thread.currentThread();
            Flight<String> flight = Flight.of(
                    "key",
                    new Instant(),
                    null,
                    null,
                    WaiterCount.Rule.NONE,
                    ProtocolSteps.NONE,
                    interrupts,
                    me -> "landed");
            Deadline at = Deadline.after(Duration.ZERO);
            ExchangeTimeout alarm = flight.alarm(at, () -> at);
            activeFlights.enter(
                    new FlightThread<>(
                            flight, activeFlights, lifecycle, steps, interrupts, unexpectedErrors, task -> mine),
                    flight);
            watchdog.begin();
            while (!mine.isInterrupted()) {
                LockSupport.park();
            }
            assertThat(alarm.stop()).isTrue();
            flight.complete("landed");
            flight.callOff();
            LockSupport.parkNanos(9_000_000 + i * 20_000L); // about as long as a rest of the watchdog
        }
        watchdog.awaitEnd(Deadline.after(LONG));
        assertThat(steps.watches).hasSizeGreaterThan(1).noneMatch(Thread::isAlive);
    }

    /** Work that waits for its alarm, which is due at once. */
    private static final class Instant implements FlightWork<String> {
        @Override
        public @Nullable String secondLook() {
            return null;
        }

        @Override
        public FlightResult<String> run(Flight<String> me) {
            Deadline at = Deadline.after(Duration.ZERO);
            ExchangeTimeout alarm = me.alarm(at, () -> at);
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            return new FlightResult<>(alarm.stop() ? "rang" : "called off", () -> {}, () -> {});
        }

        @Override
        public FlightResult<String> describeFailure(Throwable why) {
            return new FlightResult<>("lost", () -> {}, () -> {});
        }
    }
}
