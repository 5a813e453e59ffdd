package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlightTableTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    private final Watched steps = new Watched();
    private final FlightTable<String, String> table = new FlightTable<>(MINUTE, THREADS, steps);

    @AfterEach
    void nothing_is_left() {
        assertThat(table.close(MINUTE)).isTrue();
        table.checkInvariants();
        assertThat(table.keys()).isEmpty();
        assertThat(table.size()).isZero();
    }

    private static Deadline patience() {
        return Deadline.after(MINUTE);
    }

    // Sharing.

    @Test
    void many_callers_share_one_flight() throws Exception {
        Task task = new Task("value");
        Flight<String> flight = table.fly("key", task);
        Task.await(task.flying);
        for (int i = 0; i < 100; i++) {
            assertThat(table.fly("key", new Task("another"))).isSameAs(flight);
        }
        assertThat(flight.isFor(task)).isTrue();
        assertThat(table.keys()).containsExactly("key");
        assertThat(table.size()).isEqualTo(1);
        task.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("value");
        assertThat(task.published).containsExactly("value");
        assertThat(table.keys()).isEmpty();
    }

    @Test
    void different_keys_do_not_share() throws Exception {
        Task one = new Task("one");
        Task two = new Task("two");
        Caller<String> first = Caller.flying(table, "1", one);
        Caller<String> second = Caller.flying(table, "2", two);
        two.mayLand.countDown();
        assertThat(second.result()).isEqualTo("two");
        one.mayLand.countDown();
        assertThat(first.result()).isEqualTo("one");
    }

    @Test
    void a_find_of_the_second_look_lands_and_starts_no_thread() throws Exception {
        List<Thread> threads = new ArrayList<>();
        FlightTable<String, String> threadless = new FlightTable<>(
                MINUTE,
                task -> {
                    threads.add(THREADS.newThread(task));
                    return threads.getLast();
                },
                ProtocolSteps.NONE);
        Task task = new Task("unwanted");
        task.found = "found";
        assertThat(threadless.await(threadless.fly("key", task), patience())).isEqualTo("found");
        assertThat(task.published).isEmpty();
        threadless.checkInvariants();
        assertThat(threadless.keys()).isEmpty();
        assertThat(threadless.size()).isZero();
        assertThat(threads).allSatisfy(thread -> assertThat(thread.getState()).isEqualTo(Thread.State.NEW));
    }

    @Test
    void no_caller_joins_a_flight_alone() throws Exception {
        Task alone = new Task("alone");
        Task shared = new Task("shared");
        Flight<String> lonely = table.flyAlone("key", alone);
        Flight<String> flight = table.fly("key", shared);
        assertThat(flight).isNotSameAs(lonely);
        assertThat(table.fly("key", new Task("third"))).isSameAs(flight);
        assertThat(table.size()).isEqualTo(2);
        alone.mayLand.countDown();
        assertThat(table.await(lonely, patience())).isEqualTo("alone");
        assertThat(table.keys()).as("it takes out no other").containsExactly("key");
        shared.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("shared");
    }

    @Test
    void waiters_are_let_go_before_work_without_waiters_is_done() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Flight<String> flight = table.fly("key", new Task("") {
            @Override
            public FlightResult<String> run(Flight<String> me) {
                return new FlightResult<>("value", () -> {}, () -> {
                    try {
                        Task.await(told);
                        done.countDown();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        });
        assertThat(table.await(flight, patience())).isEqualTo("value");
        told.countDown();
        Task.await(done);
    }

    // Giving up.

    @Test
    void an_interrupted_leader_harms_no_other() throws Exception {
        Task task = new Task("value");
        Caller<String> leader = Caller.flying(table, "key", task);
        steps.awaitParked(1);
        Caller<String> follower = Caller.flying(table, "key", new Task("another"));
        steps.awaitParked(1);
        leader.thread.interrupt();
        assertThat(leader.failure()).isInstanceOf(InterruptedException.class);
        task.mayLand.countDown();
        assertThat(follower.result()).isEqualTo("value");
    }

    @Test
    void an_interrupted_follower_harms_no_other() throws Exception {
        Task task = new Task("value");
        Caller<String> leader = Caller.flying(table, "key", task);
        Caller<String> follower = Caller.flying(table, "key", new Task("another"));
        steps.awaitParked(2);
        follower.thread.interrupt();
        assertThat(follower.failure()).isInstanceOf(InterruptedException.class);
        task.mayLand.countDown();
        assertThat(leader.result()).isEqualTo("value");
    }

    @Test
    void everybody_gone_a_flight_that_queues_is_given_up_and_the_next_caller_starts_another() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Task[] self = new Task[1];
        Task queueing = new Task(me -> {
            me.toQueued();
            self[0].flying.countDown();
            return hang(me, interrupted);
        });
        self[0] = queueing;
        Flight<String> flight = table.fly("key", queueing);
        Task.await(queueing.flying);
        assertThat(table.fly("key", new Task("another"))).isSameAs(flight);
        assertThat(flight.untilRetired()).as("it does not count as hung").isEqualTo(Long.MAX_VALUE);
        for (int left = 2; left > 0; left--) {
            assertThat(flight.waiterCount().givenUp()).isFalse();
            assertThatThrownBy(() -> table.await(flight, Deadline.after(Duration.ofMillis(1))))
                    .isInstanceOf(TimeoutException.class);
        }
        Task.await(interrupted);
        assertThat(flight.waiterCount().givenUp()).isTrue();
        Task next = new Task("next");
        next.mayLand.countDown();
        assertThat(table.await(table.fly("key", next), patience())).isEqualTo("next");
    }

    @Test
    void a_flight_that_was_given_up_may_not_run() throws Exception {
        CountDownLatch mayBoard = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger(-1);
        CountDownLatch queueing = new CountDownLatch(1);
        Flight<String> flight = table.fly("key", new Task(me -> {
            assertThat(me.toQueued()).isTrue();
            queueing.countDown();
            while (mayBoard.getCount() > 0) {
                try {
                    Task.await(mayBoard);
                } catch (InterruptedException e) {
                    // the work ignores interrupts
                }
            }
            ran.set(me.toRunning(patience()) ? 1 : 0);
            asked.countDown();
            return "late";
        }));
        Task.await(queueing);
        assertThatThrownBy(() -> table.await(flight, Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(TimeoutException.class);
        mayBoard.countDown();
        Task.await(asked);
        assertThat(ran).hasValue(0);
    }

    @Test
    void everybody_gone_the_flight_goes_on_and_lands() throws Exception {
        Task task = Task.sent("value");
        Caller<String> leader = Caller.flying(table, "key", task);
        Task.await(task.flying);
        Flight<String> flight = table.fly("key", new Task("another"));
        leader.thread.interrupt();
        assertThat(leader.failure()).isInstanceOf(InterruptedException.class);
        assertThatThrownBy(() -> table.await(flight, Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(TimeoutException.class);
        assertThat(flight.waiting()).isZero();
        assertThat(flight.waiterCount().givenUp()).isFalse();
        task.mayLand.countDown();
        Task.await(task.over);
        assertThat(task.published).containsExactly("value");
    }

    @Test
    void an_interrupt_from_before_the_wait_is_heeded() {
        Task task = new Task("value");
        Flight<String> flight = table.fly("key", task);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> table.await(flight, patience())).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        task.mayLand.countDown();
    }

    // Failing.

    @Test
    void an_exception_and_an_error_of_the_work_reach_all_waiters() throws Exception {
        for (Throwable thrown : new Throwable[] {new java.io.IOException("broken"), new StackOverflowError("deep")}) {
            CountDownLatch go = new CountDownLatch(1);
            Task task = new Task(me -> {
                Task.await(go);
                if (thrown instanceof Error e) {
                    throw e;
                }
                throw (Exception) thrown;
            });
            Caller<String> leader = Caller.flying(table, "key", task);
            Caller<String> follower = Caller.flying(table, "key", new Task("another"));
            go.countDown();
            assertThat(leader.result()).isEqualTo("lost: " + thrown);
            assertThat(follower.result()).isEqualTo("lost: " + thrown);
            assertThat(task.published).containsExactly("lost: " + thrown);
        }
    }

    @Test
    void a_work_that_cannot_describe_its_failure_leaves_no_caller_waiting() {
        Flight<String> flight = table.fly(
                "key",
                new Task(me -> {
                    throw new IllegalArgumentException("first");
                }) {
                    @Override
                    public FlightResult<String> describeFailure(Throwable why) {
                        throw new IllegalArgumentException("second");
                    }
                });
        assertThatThrownBy(() -> table.await(flight, patience()))
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("could not even describe");
    }

    @Test
    void a_publication_that_throws_leaves_no_caller_waiting() throws Exception {
        Flight<String> flight = table.fly("key", new Task("") {
            @Override
            public FlightResult<String> run(Flight<String> me) {
                return new FlightResult<>(
                        "value",
                        () -> {
                            throw new IllegalArgumentException("store");
                        },
                        () -> {});
            }
        });
        assertThat(table.await(flight, patience())).isEqualTo("lost: java.lang.IllegalArgumentException: store");
        assertThat(table.keys()).isEmpty();
    }

    @Test
    void a_thread_that_does_not_start_leaves_no_caller_waiting_and_the_next_call_works() throws Exception {
        Thread dead = Thread.ofVirtual().start(() -> {});
        dead.join();
        AtomicInteger made = new AtomicInteger();
        FlightTable<String, String> scarce = new FlightTable<>(
                MINUTE,
                task -> switch (made.getAndIncrement()) {
                    case 0 -> dead; // a second start throws
                    case 1 -> throw new OutOfMemoryError("unable to create native thread");
                    default -> THREADS.newThread(task);
                },
                steps);
        Task first = new Task("first");
        assertThat(scarce.await(scarce.fly("key", first), patience()))
                .isEqualTo("lost: " + new IllegalThreadStateException("Already started"));
        assertThat(first.published).as("told to later callers as well").hasSize(1);
        assertThat(scarce.await(scarce.fly("key", new Task("second")), patience()))
                .startsWith("lost: java.lang.OutOfMemoryError");
        assertThat(scarce.size()).isZero();
        Task third = new Task("third");
        third.mayLand.countDown();
        assertThat(scarce.await(scarce.fly("key", third), patience())).isEqualTo("third");
        assertThat(scarce.close(MINUTE)).isTrue();
        scarce.checkInvariants();
    }

    // Hanging.

    @Test
    void a_hung_flight_is_retired_by_a_newcomer_and_interrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Task hanging = hanging(interrupted);
        Flight<String> hung = table.fly("key", hanging);
        hanging.mayLand.countDown();
        Task.await(hanging.flying);
        Task next = new Task("next");
        Flight<String> flight = table.fly("key", next);
        assertThat(flight.isFor(next)).isTrue();
        assertThat(table.await(hung, patience())).isEqualTo("lost: java.util.concurrent.TimeoutException: hung");
        Task.await(interrupted);
        next.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("next");
        assertThat(hanging.published).containsExactly("lost: java.util.concurrent.TimeoutException: hung");
    }

    @Test
    void a_hung_flight_is_retired_by_a_refresher() throws Exception {
        Task hanging = hanging(new CountDownLatch(1));
        table.fly("key", hanging);
        hanging.mayLand.countDown();
        Task.await(hanging.flying);
        Task next = new Task("next");
        Flight<String> flight = table.flyAfresh("key", next);
        next.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("next");
    }

    @Test
    void waiters_of_a_hung_flight_are_freed_without_a_newcomer() throws Exception {
        FlightTable<String, String> quick = new FlightTable<>(Duration.ofMillis(1), THREADS, steps);
        CountDownLatch interrupted = new CountDownLatch(1);
        Task hanging = new Task(me -> {
            me.toQueued();
            steps.awaitParked(2); // both wait before the flight boards, while its time has no bound
            me.toRunning(Deadline.after(Duration.ofMillis(1)));
            return hang(me, interrupted);
        });
        Caller<String> leader = Caller.flying(quick, "key", hanging);
        Caller<String> follower = Caller.flying(quick, "key", new Task("another"));
        assertThat(leader.result()).isEqualTo("lost: java.util.concurrent.TimeoutException: hung");
        assertThat(follower.result()).isEqualTo(leader.result());
        Task.await(interrupted);
        assertThat(quick.close(MINUTE)).isTrue();
        quick.checkInvariants();
    }

    @Test
    void a_hung_flight_that_comes_back_publishes_nothing() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        CountDownLatch flying = new CountDownLatch(1);
        CountDownLatch mayBoard = new CountDownLatch(1);
        Task deaf = new Task(me -> {
            Task.await(mayBoard);
            me.toRunning(Deadline.after(Duration.ofSeconds(-2)));
            flying.countDown();
            while (back.getCount() > 0) {
                try {
                    Task.await(back);
                } catch (InterruptedException e) {
                    // the work ignores interrupts
                }
            }
            return "late";
        });
        Flight<String> hung = table.fly("key", deaf);
        mayBoard.countDown();
        Task.await(flying);
        assertThat(table.await(hung, patience())).startsWith("lost");
        back.countDown();
        Task.await(deaf.over);
        assertThat(deaf.published).hasSize(1).doesNotContain("late");
    }

    /** Returns work that waits for the test. It then boards with a deadline that has passed, sends and hangs. */
    private static Task hanging(CountDownLatch interrupted) {
        Task[] self = new Task[1];
        self[0] = new Task(me -> {
            Task.await(self[0].mayLand);
            me.toRunning(Deadline.after(Duration.ofSeconds(-2)));
            me.recordSent();
            self[0].flying.countDown();
            return hang(me, interrupted);
        });
        return self[0];
    }

    private static String hang(Flight<String> me, CountDownLatch interrupted) throws InterruptedException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        throw new AssertionError(me);
    }

    // A flight that waits for itself.

    @Test
    void a_flight_that_asks_for_its_own_key_is_refused() throws Exception {
        Flight<String> flight = table.fly("key", new Task(me -> {
            for (Runnable ask : new Runnable[] {
                () -> table.fly("key", new Task("")),
                () -> table.flyAfresh("key", new Task("")),
                () -> table.flyAlone("key", new Task(""))
            }) {
                assertThatThrownBy(ask::run).isInstanceOf(IllegalStateException.class);
            }
            table.fly("key", new Task("")); // the work does not catch it: an ordinary failure
            return "unreachable";
        }));
        assertThat(table.await(flight, patience()))
                .startsWith(
                        "lost: dev.fetchonce.internal.flight.SelfJoinException: the flight for key asks for its own result");
    }

    @Test
    void a_flight_that_asks_for_its_own_key_across_another_is_refused() throws Exception {
        Flight<String> flight = table.fly("a", new Task(a -> {
            Task asksBack = new Task(b -> {
                table.fly("a", new Task(""));
                return "unreachable";
            });
            return "through b: " + table.await(table.fly("b", asksBack), patience());
        }));
        assertThat(table.await(flight, patience()))
                .startsWith(
                        "through b: lost: dev.fetchonce.internal.flight.SelfJoinException: the flight for a asks for its own");
    }

    @Test
    void a_flight_that_asks_for_its_own_key_after_its_invalidation_is_refused() throws Exception {
        Flight<String> flight = table.fly("key", new Task(me -> {
            assertThat(table.invalidate("key"::equals, () -> {})).containsExactly("key");
            table.fly("key", new Task(""));
            return "unreachable";
        }));
        assertThat(table.await(flight, patience())).startsWith("lost: dev.fetchonce.internal.flight.SelfJoinException");
    }

    @Test
    void a_flight_may_ask_for_another_key() throws Exception {
        Task other = new Task("b");
        other.mayLand.countDown();
        Flight<String> flight =
                table.fly("a", new Task(me -> "a and " + table.await(table.fly("b", other), patience())));
        assertThat(table.await(flight, patience())).isEqualTo("a and b");
    }

    // Invalidating.

    @Test
    void without_a_flight_invalidation_only_forgets() {
        AtomicInteger forgotten = new AtomicInteger();
        assertThat(table.invalidate("key"::equals, forgotten::incrementAndGet)).isEmpty();
        assertThat(forgotten).hasValue(1);
    }

    @Test
    void an_invalidated_flight_serves_those_who_wait_and_is_not_published() throws Exception {
        Task old = new Task("old");
        Task other = new Task("other");
        Flight<String> flight = table.fly("key", old);
        Flight<String> unrelated = table.fly("other", other);
        Caller<String> waiter = Caller.waiting(table, flight);
        Task.await(old.flying);
        assertThat(table.invalidate("key"::equals, () -> {
                    assertThat(flight.detached()).isTrue();
                    assertThat(table.keys()).containsExactly("other");
                }))
                .containsExactly("key");
        Task young = new Task("young");
        Caller<String> later = Caller.flying(table, "key", young);
        old.mayLand.countDown();
        young.mayLand.countDown();
        other.mayLand.countDown();
        assertThat(waiter.result()).isEqualTo("old");
        assertThat(later.result()).isEqualTo("young");
        assertThat(table.await(unrelated, patience())).isEqualTo("other");
        assertThat(old.published).isEmpty();
        assertThat(young.published).containsExactly("young");
        assertThat(other.published).containsExactly("other");
    }

    @Test
    void an_invalidation_of_many_keys_looks_at_each_flight_twice_at_most_and_names_each_key_once() throws Exception {
        int flown = 200;
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < flown; i++) {
            Task task = new Task("value");
            tasks.add(task);
            table.fly("key" + i, task);
        }
        table.flyAlone("key0", tasks.getFirst());
        AtomicInteger looks = new AtomicInteger();
        Set<String> keys = table.invalidate(
                key -> {
                    looks.incrementAndGet();
                    return true;
                },
                () -> {});
        assertThat(keys).hasSize(flown);
        assertThat(looks).hasValueLessThanOrEqualTo(2 * (flown + 1));
        tasks.forEach(task -> task.mayLand.countDown());
    }

    // Refreshing.

    @Test
    void a_refresh_joins_what_has_not_sent() throws Exception {
        Task task = new Task("value");
        Flight<String> flight = table.fly("key", task);
        Task.await(task.flying);
        assertThat(table.flyAfresh("key", new Task("another"))).isSameAs(flight);
        task.mayLand.countDown();
    }

    @Test
    void refreshers_share_a_flight_that_waits_for_the_one_that_has_sent() throws Exception {
        Task running = Task.sent("running");
        Flight<String> flight = table.fly("key", running);
        Task.await(running.flying);
        Task next = Task.sent("next");
        Flight<String> following = table.flyAfresh("key", next);
        assertThat(following).isNotSameAs(flight);
        assertThat(table.flyAfresh("key", new Task("another"))).isSameAs(following);
        assertThat(table.fly("key", new Task("another"))).isSameAs(following);
        steps.awaitParked(1); // the following flight
        assertThat(next.flying.getCount()).as("not under way").isEqualTo(1);
        running.mayLand.countDown();
        assertThat(table.await(flight, patience())).isEqualTo("running");
        assertThat(running.published).containsExactly("running");
        Task.await(next.flying);
        next.mayLand.countDown();
        assertThat(table.await(following, patience())).isEqualTo("next");
        assertThat(following.predecessor()).as("not kept").isNull();
    }

    @Test
    void without_a_flight_a_refresh_flies() throws Exception {
        Task task = new Task("value");
        task.mayLand.countDown();
        assertThat(table.await(table.flyAfresh("key", task), patience())).isEqualTo("value");
    }

    // Invariants.

    @Test
    void the_invariants_find_a_flight_that_has_ended_in_the_table() throws Exception {
        Task task = new Task("value");
        task.mayLand.countDown();
        Flight<String> flight = table.fly("key", task);
        table.await(flight, patience());
        table.flights.put("key", flight);
        assertThatThrownBy(table::checkInvariants).hasMessageContaining("has ended");
        table.flights.clear();
    }

    @Test
    void the_invariants_find_a_flight_that_is_not_active_and_one_that_is_detached() {
        Flight<String> flight = Flight.of(
                "key",
                new Task(""),
                null,
                null,
                WaiterCount.Rule.NONE,
                ProtocolSteps.NONE,
                Task.INTERRUPTS,
                me -> "never called");
        table.flights.put("key", flight);
        assertThatThrownBy(table::checkInvariants).hasMessageContaining("not active");
        flight.detach();
        assertThatThrownBy(table::checkInvariants).hasMessageContaining("detached");
        table.flights.clear();
    }
}
