package dev.fetchonce.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheClockTest {
    private static final long SECOND = 1_000_000_000;
    private static final Duration NIGHT = Duration.ofHours(8);

    private long monotonic = 17;
    private Instant wall = Instant.parse("2026-03-29T00:59:59Z");
    private int wallReads;
    private CacheClock clock = clock();

    @Test
    void it_runs_with_monotonic_time() {
        long start = clock.now();
        for (long nanos : new long[] {1, SECOND - 1, SECOND, 90 * SECOND, 24 * 3600 * SECOND}) {
            long before = clock.now();
            passes(nanos);
            assertThat(clock.now()).isEqualTo(before + nanos);
        }
        assertThat(clock.now() - start).isEqualTo(monotonic - 17);
    }

    @Test
    void sleep_counts_from_the_first_look_after_it() {
        long before = clock.now();
        wall = wall.plus(NIGHT);
        passes(SECOND - 1);
        assertThat(clock.now()).as("not looked yet").isEqualTo(before + SECOND - 1);
        passes(1);
        assertThat(clock.now()).isEqualTo(before + SECOND + NIGHT.toNanos());
        passes(5);
        assertThat(clock.now()).as("and from then on").isEqualTo(before + SECOND + 5 + NIGHT.toNanos());
    }

    @Test
    void every_sleep_adds_up() {
        long before = clock.now();
        for (int i = 1; i <= 5; i++) {
            wall = wall.plus(NIGHT);
            passes(SECOND);
            assertThat(clock.now()).isEqualTo(before + i * (SECOND + NIGHT.toNanos()));
        }
    }

    @Test
    void a_wall_clock_set_forward_ages_what_is_stored() {
        long before = clock.now();
        wall = wall.plus(Duration.ofDays(400));
        passes(SECOND);
        assertThat(clock.now()).isEqualTo(before + SECOND + Duration.ofDays(400).toNanos());
    }

    @Test
    void a_wall_clock_set_back_changes_nothing() {
        long before = clock.now();
        wall = wall.minus(Duration.ofDays(400));
        passes(SECOND);
        assertThat(clock.now()).isEqualTo(before + SECOND);
        passes(SECOND);
        assertThat(clock.now()).isEqualTo(before + 2 * SECOND);
        wall = wall.plus(NIGHT);
        passes(SECOND);
        assertThat(clock.now()).as("a sleep after it counts").isEqualTo(before + 3 * SECOND + NIGHT.toNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, SECOND / 2, SECOND - 1, SECOND, -1, -SECOND})
    void a_difference_up_to_a_second_is_drift(long drift) {
        long before = clock.now();
        for (int i = 1; i <= 10; i++) {
            wall = wall.plusNanos(drift);
            passes(SECOND);
            assertThat(clock.now()).isEqualTo(before + i * SECOND);
        }
    }

    @Test
    void a_difference_of_more_than_a_second_is_sleep() {
        long before = clock.now();
        wall = wall.plusNanos(SECOND + 1);
        passes(SECOND);
        assertThat(clock.now()).isEqualTo(before + 2 * SECOND + 1);
    }

    @Test
    void the_wall_clock_is_read_at_most_once_a_second() {
        wallReads = 0;
        for (int i = 0; i < 1_000; i++) {
            passes(SECOND / 100);
            clock.now();
            clock.now();
        }
        assertThat(wallReads).isEqualTo(10);
    }

    @Test
    void a_wall_clock_at_its_ends_does_no_harm() {
        wall = Instant.MIN;
        clock = clock();
        wall = Instant.MAX;
        long before = clock.now();
        monotonic += SECOND;
        assertThat(clock.now()).isGreaterThan(before + Duration.ofDays(36_000).toNanos());
        wall = Instant.MIN;
        monotonic += SECOND;
        assertThat(clock.now()).isGreaterThan(before);
    }

    @Test
    void monotonic_time_may_pass_its_largest_value() {
        monotonic = Long.MAX_VALUE - 5 * SECOND / 2;
        clock = clock();
        long before = clock.now();
        for (int i = 1; i <= 10; i++) {
            passes(SECOND);
            assertThat(clock.now() - before).isEqualTo(i * SECOND);
        }
        wall = wall.plus(NIGHT);
        passes(SECOND);
        assertThat(clock.now() - before).isEqualTo(11 * SECOND + NIGHT.toNanos());
    }

    @Test
    void the_instant_is_the_wall_clocks() {
        assertThat(clock.instant()).isEqualTo(wall);
        wall = wall.minusSeconds(5);
        assertThat(clock.instant()).isEqualTo(wall);
    }

    /**
     * A thread that reads the clock after another thread never gets an earlier time, even where several threads look
     * for sleep at once.
     */
    @Test
    void it_never_runs_back_under_concurrent_readers() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("it_never_runs_back: -Dseed=" + seed);
        AtomicLong awake = new AtomicLong();
        AtomicLong elapsed = new AtomicLong();
        AtomicLong highest = new AtomicLong(Long.MIN_VALUE);
        AtomicInteger backwards = new AtomicInteger();
        CacheClock shared = new CacheClock(awake::get, () -> Instant.EPOCH.plusNanos(elapsed.get()));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed + i);
                all.add(threads.submit(() -> {
                    for (int step = 0; step < 100_000; step++) {
                        long nanos = random.nextLong(SECOND / 2);
                        awake.addAndGet(nanos);
                        elapsed.addAndGet(random.nextInt(10) == 0 ? 5 * SECOND : nanos);
                        long earlier = highest.get();
                        long now = shared.now();
                        if (now < earlier) {
                            backwards.incrementAndGet();
                        }
                        highest.accumulateAndGet(now, Math::max);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(backwards).hasValue(0);
    }

    private CacheClock clock() {
        return new CacheClock(() -> monotonic, () -> {
            wallReads++;
            return wall;
        });
    }

    private void passes(long nanos) {
        monotonic += nanos;
        wall = wall.plusNanos(nanos);
    }
}
