package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPermitsTest {
    private static final String ORIGIN = "http://h";

    private OriginPermits permits = new OriginPermits(1);

    @AfterEach
    void no_origin_is_remembered() {
        assertThat(permits.origins()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64})
    void never_more_than_that_many_are_out_at_once(int most) throws Exception {
        permits = new OriginPermits(most);
        AtomicInteger out = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                all.add(threads.submit(() -> {
                    permits.acquire(ORIGIN);
                    highest.accumulateAndGet(out.incrementAndGet(), Math::max);
                    Thread.yield();
                    out.decrementAndGet();
                    permits.release(ORIGIN);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(highest.get()).isBetween(1, most);
        assertThat(out).hasValue(0);
    }

    @Test
    void all_of_them_can_be_out_at_once() throws Exception {
        permits = new OriginPermits(3);
        for (int i = 0; i < 3; i++) {
            permits.acquire(ORIGIN);
        }
        assertThat(permits.free(ORIGIN)).isZero();
        for (int i = 0; i < 3; i++) {
            permits.release(ORIGIN);
        }
    }

    @Test
    void origins_are_independent() throws Exception {
        permits.acquire(ORIGIN);
        permits.acquire("https://h");
        permits.acquire("http://h:81");
        assertThat(permits.origins()).isEqualTo(3);
        permits.release("https://h");
        assertThat(permits.free(ORIGIN)).as("its own is still out").isZero();
        permits.release(ORIGIN);
        permits.release("http://h:81");
    }

    @Test
    void first_come_is_first_served() throws Exception {
        permits.acquire(ORIGIN);
        ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
        List<Thread> line = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int place = i;
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    permits.acquire(ORIGIN);
                    served.add(place);
                    permits.release(ORIGIN);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            queues(thread);
            line.add(thread);
        }
        permits.release(ORIGIN);
        for (Thread thread : line) {
            thread.join();
        }
        assertThat(List.copyOf(served)).hasSize(20).isSorted();
    }

    @Test
    void an_interrupted_waiter_gets_none_and_gives_none_back() throws Exception {
        permits.acquire(ORIGIN);
        AtomicInteger interrupted = new AtomicInteger();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                permits.acquire(ORIGIN);
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            }
        });
        queues(waiter);
        waiter.interrupt();
        waiter.join();
        assertThat(interrupted).hasValue(1);
        assertThat(permits.free(ORIGIN)).as("still out").isZero();
        permits.release(ORIGIN);
        assertThat(permits.origins()).isZero();
    }

    @Test
    void an_interrupt_before_the_wait_counts() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> permits.acquire(ORIGIN)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void nothing_can_be_given_back_that_is_not_out() {
        assertThatThrownBy(() -> permits.release(ORIGIN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(ORIGIN);
    }

    @Test
    void nothing_can_be_given_back_twice_while_others_queue() throws Exception {
        permits.acquire(ORIGIN);
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                permits.acquire(ORIGIN);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        queues(waiter);
        permits.release(ORIGIN);
        waiter.join();
        permits.release(ORIGIN);
        assertThatThrownBy(() -> permits.release(ORIGIN)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void among_interrupts_no_permit_is_lost_or_made() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("among_interrupts: -Dseed=" + seed);
        permits = new OriginPermits(3);
        AtomicInteger out = new AtomicInteger();
        AtomicInteger highest = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Random random = new Random(seed + i);
            all.add(Thread.ofVirtual().start(() -> {
                for (int step = 0; step < 20; step++) {
                    try {
                        if (random.nextInt(10) == 0) {
                            Thread.currentThread().interrupt();
                        }
                        permits.acquire(ORIGIN);
                        highest.accumulateAndGet(out.incrementAndGet(), Math::max);
                        Thread.yield();
                        out.decrementAndGet();
                        permits.release(ORIGIN);
                    } catch (InterruptedException e) {
                        Thread.yield();
                    }
                }
            }));
        }
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            all.get(random.nextInt(all.size())).interrupt();
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(highest.get()).isBetween(1, 3);
        assertThat(permits.origins()).isZero();
        for (int i = 0; i < 3; i++) {
            permits.acquire(ORIGIN);
        }
        assertThat(permits.free(ORIGIN)).isZero();
        for (int i = 0; i < 3; i++) {
            permits.release(ORIGIN);
        }
    }

    // Queueing without a thread.

    @Test
    void a_turn_comes_at_once_where_one_is_free() {
        AtomicInteger turns = new AtomicInteger();
        OriginPermits.Place place = permits.queue(ORIGIN, () -> turns.incrementAndGet() == 1);
        assertThat(turns).hasValue(1);
        assertThat(permits.free(ORIGIN)).isZero();
        assertThat(place.leave()).as("it was served").isFalse();
        permits.release(ORIGIN);
    }

    @Test
    void a_flight_that_does_not_want_a_free_permit_takes_none() {
        permits.queue(ORIGIN, () -> false);
        assertThat(permits.origins()).isZero();
    }

    @Test
    void turns_come_in_order_and_pass_over_those_who_left_or_want_none() throws Exception {
        permits.acquire(ORIGIN);
        List<Integer> turns = new ArrayList<>();
        List<OriginPermits.Place> places = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int place = i;
            places.add(permits.queue(ORIGIN, () -> turns.add(place) && place % 3 != 0));
        }
        assertThat(places.get(1).leave()).isTrue();
        assertThat(places.get(1).leave()).isFalse();
        assertThat(places.get(8).leave()).isTrue();
        for (int served : new int[] {2, 4, 5, 7}) {
            permits.release(ORIGIN);
            assertThat(turns).endsWith(served);
            assertThat(permits.free(ORIGIN)).isZero();
        }
        permits.release(ORIGIN);
        assertThat(turns).containsExactly(0, 2, 3, 4, 5, 6, 7, 9);
    }

    @Test
    void a_turn_may_ask_for_permits_itself() throws Exception {
        permits.acquire(ORIGIN);
        List<Boolean> seen = new ArrayList<>();
        permits.queue(ORIGIN, () -> seen.add(permits.tryAcquire(ORIGIN)));
        permits.release(ORIGIN);
        assertThat(seen).as("it has the only one itself").containsExactly(false);
        permits.release(ORIGIN);
    }

    @Test
    void ten_thousand_who_all_left_do_not_stand_in_each_other_s_way() throws Exception {
        permits.acquire(ORIGIN);
        for (int i = 0; i < 10_000; i++) {
            permits.queue(ORIGIN, () -> false).leave();
        }
        permits.release(ORIGIN);
        assertThat(permits.origins()).isZero();
    }

    private static void queues(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }

    @Test
    void places_that_were_left_take_no_memory_while_the_line_does_not_move() throws Exception {
        permits.acquire(ORIGIN);
        AtomicInteger turns = new AtomicInteger();
        OriginPermits.Place stays = permits.queue(ORIGIN, () -> turns.incrementAndGet() == 1);
        for (int i = 0; i < 10_000; i++) {
            assertThat(permits.queue(ORIGIN, () -> turns.incrementAndGet() < 0).leave())
                    .isTrue();
        }
        assertThat(permits.places(ORIGIN)).isLessThan(200);
        permits.release(ORIGIN);
        assertThat(turns).as("who stayed has its turn").hasValue(1);
        assertThat(stays.leave()).isFalse();
        permits.release(ORIGIN);
    }

    @Test
    void a_bounded_wait_ends_without_a_permit() throws Exception {
        permits.acquire(ORIGIN);
        assertThat(permits.acquire(ORIGIN, 0)).isFalse();
        assertThat(permits.acquire(ORIGIN, 1_000_000)).isFalse();
        assertThat(permits.free(ORIGIN)).isZero();
        permits.release(ORIGIN);
        assertThat(permits.acquire(ORIGIN, 0))
                .as("a free one is taken without a wait")
                .isTrue();
        permits.release(ORIGIN);
    }

    @Test
    void a_bounded_wait_whose_turn_comes_at_its_end_has_the_permit_or_leaves_it() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            permits.acquire(ORIGIN);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Boolean> waits = threads.submit(() -> permits.acquire(ORIGIN, 50_000));
                while (permits.places(ORIGIN) == 0 && !waits.isDone()) {
                    Thread.onSpinWait();
                }
                permits.release(ORIGIN);
                if (waits.get()) {
                    permits.release(ORIGIN);
                }
            }
            assertThat(permits.origins()).isZero();
        }
    }
}
