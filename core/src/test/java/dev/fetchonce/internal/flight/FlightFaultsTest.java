package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.concurrent.Waiters;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A call that throws ends no work on which other threads rely. The watchdog looks on, and a release wakes all other
 * waiters.
 */
class FlightFaultsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration EXCHANGE = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofNanos(Watchdog.SHORT).plusMillis(50);
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();
    private static final int CALLERS = 3;

    private static final List<Supplier<Error>> ERRORS = List.of(
            () -> new OutOfMemoryError("unable to create native thread"),
            StackOverflowError::new,
            () -> new InternalError("unsafe access"));

    /** Steps whose calls of one kind throw, from the call with the first number to the call with the last number. */
    private static final class Faulty implements ProtocolSteps {
        private final String kind;
        private final int first;
        private final int last;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean spent;

        Faulty(String kind, int first, int last) {
            this.kind = kind;
            this.first = first;
            this.last = last;
        }

        private void call(String what) {
            if (kind.equals(what)) {
                int number = calls.incrementAndGet();
                if (number >= first && number <= last && !spent) {
                    throw ERRORS.get(number % ERRORS.size()).get();
                }
            }
        }

        @Override
        public void at(String step) {
            call(step);
        }

        @Override
        public void park(Waiters waiters, long nanos) {
            call("park");
            ProtocolSteps.NONE.park(waiters, nanos);
        }

        @Override
        public void unpark(Thread thread) {
            call("unpark");
            ProtocolSteps.NONE.unpark(thread);
        }

        @Override
        public void interrupt(Thread thread) {
            call("interrupt");
            ProtocolSteps.NONE.interrupt(thread);
        }

        @Override
        public @Nullable Thread watch(Watchdog watchdog) {
            call("start of the watch");
            return ProtocolSteps.NONE.watch(watchdog);
        }
    }

    private final Queue<Throwable> told = new ConcurrentLinkedQueue<>();

    private FlightTable<String, String> table(ProtocolSteps steps, ThreadFactory threads) {
        return new FlightTable<>(EXCHANGE, WaiterCount.Rule.NONE, threads, steps, told::add);
    }

    /**
     * Starts callers for a key. Each caller counts the latch down when its call has ended, with a value or an
     * exception.
     */
    private static List<Caller<String>> callers(
            FlightTable<String, String> table, Duration patience, Supplier<Task> task, CountDownLatch ended) {
        return IntStream.range(0, CALLERS)
                .mapToObj(i -> new Caller<>(() -> {
                    try {
                        return table.await(table.fly("key", task.get()), Deadline.after(patience));
                    } finally {
                        ended.countDown();
                    }
                }))
                .toList();
    }

    private static void await(String what, CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).as(what).isTrue();
    }

    /** Returns work that lands when every caller waits for it or has ended. */
    private static Supplier<Task> landing(CountDownLatch ended) {
        return () -> new Task(me -> {
            while (me.waiting() + CALLERS - ended.getCount() < CALLERS) {
                LockSupport.parkNanos(1_000_000);
            }
            return "landed";
        });
    }

    /** Returns work that hangs until its alarm rings. */
    private static Task hanging() {
        return new Task(me -> {
            if (!me.toRunning(Deadline.after(EXCHANGE))) {
                throw new InterruptedException();
            }
            me.recordSent();
            Deadline at = Deadline.after(EXCHANGE);
            ExchangeTimeout alarm = me.alarm(at, () -> at);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                return alarm.stop() ? "rang" : "called off";
            }
            return "never";
        });
    }

    /** Returns work that ignores its alarm and hangs until its flight has ended. */
    private static Task deaf() {
        return new Task(me -> {
            me.toRunning(Deadline.after(LONG));
            while (!me.isDone()) {
                LockSupport.parkNanos(1_000_000);
            }
            return "never";
        });
    }

    private static boolean closed(FlightTable<String, String> table) {
        try {
            return table.close(LONG);
        } catch (Error e) { // the close itself met the fault
            return table.close(LONG);
        }
    }

    /**
     * Checks that all callers end: one flight lands, one hangs, and one lasts longer than the patience of its callers.
     * Returns whether a call threw.
     */
    private boolean nobodyWaitsForEver(String fault, Faulty steps) throws Exception {
        FlightTable<String, String> table = table(steps, THREADS);
        for (int round = 0; round < 3; round++) {
            CountDownLatch ended = new CountDownLatch(CALLERS);
            Supplier<Task> task = List.of(landing(ended), FlightFaultsTest::hanging, FlightFaultsTest::deaf)
                    .get(round);
            callers(table, round == 2 ? PATIENCE : LONG, task, ended);
            await(fault + ": the callers of round " + round, ended);
            for (Flight<String> flight :
                    table.activeFlights.all()) { // round 2: the work hangs until its flight is ended
                table.lifecycle.end(flight, new TimeoutException("by the test"));
            }
        }
        boolean reached = steps.calls.get() >= steps.first;
        steps.spent = true;
        Caller<String> next = new Caller<>(() -> table.await(table.flyAlone("next", hanging()), Deadline.after(LONG)));
        assertThat(next.result())
                .as(fault + ": the next exchange is ended at its deadline")
                .isEqualTo("rang");
        assertThat(closed(table)).as(fault + ": closed").isTrue();
        table.checkInvariants();
        assertThat(table.keys()).as(fault).isEmpty();
        return reached;
    }

    /** Tests the steps of a caller, a flight, the watchdog and a close, and all ways to wait and to wake. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "get", "install", "enter", "look again", "look at closed", "start", "join", "wait", "park", "fly",
                        "run",
                "publish", "leave", "complete", "release", "unpark", "interrupt", "start of the watch", "look",
                        "abandon", "withdraw", "let go"
            })
    void whichever_of_these_calls_throws_once_all_others_end_and_so_do_later_exchanges(String kind) throws Exception {
        List<Caller<Boolean>> trials = IntStream.rangeClosed(1, 6)
                .mapToObj(number ->
                        new Caller<>(() -> nobodyWaitsForEver(kind + " " + number, new Faulty(kind, number, number))))
                .toList();
        int reached = 0;
        for (Caller<Boolean> trial : trials) {
            reached += trial.result() ? 1 : 0;
        }
        assertThat(reached).as("calls of this kind").isPositive();
    }

    @Test
    void a_waiter_that_cannot_be_woken_for_a_while_is_woken_then() throws Exception {
        FlightTable<String, String> table = table(new Faulty("unpark", 1, 10 * CALLERS), THREADS);
        CountDownLatch ended = new CountDownLatch(CALLERS);
        List<Caller<String>> callers = callers(table, LONG, landing(ended), ended);
        for (Caller<String> caller : callers) {
            assertThat(caller.result()).isEqualTo("landed");
        }
        assertThat(table.close(LONG)).isTrue();
        assertThat(table.size()).isZero();
    }

    @Test
    void an_alarm_whose_interrupt_throws_rings_again() throws Exception {
        FlightTable<String, String> table = table(new Faulty("interrupt", 1, 1), THREADS);
        assertThat(table.await(table.fly("key", hanging()), Deadline.after(LONG)))
                .isEqualTo("rang");
        assertThat(table.close(LONG)).isTrue();
    }

    @Test
    void a_fault_without_a_caller_is_reported_once_at_the_end_of_a_flight() throws Exception {
        FlightTable<String, String> table = table(new Faulty("look", 3, 5 * ERRORS.size()), THREADS);
        for (int i = 0; i < 3; i++) {
            assertThat(table.await(table.fly("key", hanging()), Deadline.after(LONG)))
                    .isEqualTo("rang");
        }
        assertThat(table.close(LONG)).isTrue();
        assertThat(told).hasSizeBetween(1, 3).first().isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void a_listener_that_throws_ends_nothing() throws Exception {
        FlightTable<String, String> table =
                new FlightTable<>(EXCHANGE, WaiterCount.Rule.NONE, THREADS, new Faulty("look", 1, 5), what -> {
                    throw new IllegalStateException("the log is full");
                });
        for (int i = 0; i < 3; i++) {
            assertThat(table.await(table.fly("key", hanging()), Deadline.after(LONG)))
                    .isEqualTo("rang");
        }
        assertThat(table.close(LONG)).isTrue();
    }

    /** A flight that begins while the watchdog starts must not rely on that start, which may fail. */
    @Test
    void while_the_watch_starts_and_fails_another_flight_starts_its_own() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch mayFail = new CountDownLatch(1);
        AtomicInteger starts = new AtomicInteger();
        FlightTable<String, String> table = table(
                new ProtocolSteps() {
                    @Override
                    public @Nullable Thread watch(Watchdog watchdog) {
                        if (starts.incrementAndGet() > 1) {
                            return ProtocolSteps.NONE.watch(watchdog);
                        }
                        starting.countDown();
                        try {
                            mayFail.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                },
                THREADS);
        Caller<String> first = new Caller<>(() -> table.await(table.fly("first", hanging()), Deadline.after(LONG)));
        await("the start", starting);
        Caller<String> second = new Caller<>(() -> table.await(table.fly("second", hanging()), Deadline.after(LONG)));
        while (!second.thread.getState().equals(Thread.State.WAITING)) {
            Thread.onSpinWait(); // until the second caller waits for that start, or for its flight
        }
        mayFail.countDown();
        assertThat(first.result()).startsWith("lost: java.lang.OutOfMemoryError");
        assertThat(second.result()).isEqualTo("rang");
        assertThat(table.close(LONG)).isTrue();
        assertThat(starts).hasValue(2);
    }

    /** A virtual thread may run although its start has thrown, as the JVM had no memory for a carrier. */
    @Test
    void a_start_that_throws_though_its_thread_runs_flies_or_ends_the_flight() throws Exception {
        AtomicInteger given = new AtomicInteger();
        FlightTable<String, String> table = table(ProtocolSteps.NONE, task -> new Thread(task) {
            @Override
            public void start() {
                super.start();
                throw new OutOfMemoryError("for a carrier");
            }
        });
        for (int i = 0; i < 200; i++) {
            AtomicInteger flown = new AtomicInteger();
            boolean[] started = new boolean[1];
            Task task = new Task(me -> "flown " + flown.incrementAndGet()) {
                @Override
                public void begin(Flight<String> me, Start start) {
                    started[0] = start.now();
                }

                @Override
                public void release() {
                    given.incrementAndGet();
                }
            };
            given.set(0);
            String outcome = table.await(table.fly("key", task), Deadline.after(LONG));
            while (table.size() > 0) {
                Thread.onSpinWait();
            }
            assertThat(outcome).startsWith(started[0] ? "flown 1" : "lost: java.lang.OutOfMemoryError");
            assertThat(flown).hasValue(started[0] ? 1 : 0);
            assertThat(given).as("as often as the turn was taken").hasValue(started[0] ? 1 : 0);
        }
        assertThat(table.close(LONG)).isTrue();
    }

    @Test
    void a_caller_that_cannot_park_is_no_waiter_any_more() throws Exception {
        FlightTable<String, String> table = table(new Faulty("park", 1, 1), THREADS);
        FlightWork<String> queueing = new Task(me -> "never") {
            @Override
            public void begin(Flight<String> me, Start start) {
                assertThat(me.toQueued()).isTrue();
            }
        };
        Flight<String> flight = table.fly("key", queueing);
        Caller<String> caller = new Caller<>(() -> table.await(flight, Deadline.after(LONG)));
        assertThat(caller.failure()).isInstanceOf(Error.class);
        assertThat(flight.isDone()).as("given up").isTrue();
        assertThat(flight.waiting()).isZero();
        assertThat(table.size()).isZero();
        assertThat(table.close(LONG)).isTrue();
    }
}
