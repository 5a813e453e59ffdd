package dev.fetchonce.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Decision;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import dev.fetchonce.testing.Together;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The waits are of 1 s, and the memory of a backoff is of 120 s after its wait. */
class BackoffStoreTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final BackoffDelay DELAY = new BackoffDelay(SECOND, 30 * SECOND);
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");
    private static final int THREADS = 8;

    private final AtomicLong clock = new AtomicLong();
    private BackoffStore store = new BackoffStore(1_000, clock::get);

    @AfterEach
    void invariants_hold() {
        store.checkInvariants();
    }

    private static BackoffRule.Attempt attempt(long requested) {
        OptionalLong wait = requested == 0 ? OptionalLong.empty() : OptionalLong.of(requested);
        return new BackoffRule.Attempt(REFUSED, wait, true);
    }

    private static BackoffState failed(BackoffPlaces<BackoffState> places, String place, long requested, long now) {
        return places.update(place, before -> BackoffRule.failed(before, attempt(requested), DELAY, 1, now));
    }

    private OriginBackoff failedOrigin(String origin, long now) {
        return store.origins()
                .update(origin, before -> OriginBackoff.failed(before, "u", attempt(0), 0, DELAY, 1, now));
    }

    private void failedEverywhere(String place, long now) {
        failed(store.keys(), place, 0, now);
        failed(store.users(), place, 0, now);
        failedOrigin(place, now);
    }

    private static Decision admit(BackoffPlaces<BackoffState> places, String place, long now, long overdueAt) {
        return places.admit(
                place, state -> BackoffRule.decide(state, now), state -> BackoffRule.probed(state, overdueAt));
    }

    @Test
    void where_nothing_has_failed_any_caller_may_ask() {
        assertThat(store.empty()).isTrue();
        for (BackoffPlaces<BackoffState> places : Set.of(store.keys(), store.users())) {
            assertThat(places.get("k")).isNull();
            assertThat(admit(places, "k", 0, 1)).isEqualTo(new Decision.Allow());
            assertThat(places.remove("k")).isNull();
            places.updateIfPresent("k", state -> {
                throw new AssertionError("no state");
            });
        }
        assertThat(store.origins().get("k")).isNull();
        assertThat(store.origins().remove("k")).isNull();
        assertThat(store.empty()).isTrue();
    }

    @Test
    void a_place_of_each_kind_has_a_state_of_its_own() {
        BackoffState key = failed(store.keys(), "k", 0, 0);
        assertThat(store.empty()).isFalse();
        assertThat(store.users().get("k")).isNull();
        assertThat(store.origins().get("k")).isNull();
        assertThat(store.keys().get("other")).isNull();
        BackoffState user = failed(store.users(), "k", 5 * SECOND, 0);
        OriginBackoff origin = failedOrigin("k", 0);
        assertThat(store.keys().remove("k")).isSameAs(key);
        assertThat(store.users().remove("k")).isSameAs(user);
        assertThat(store.origins().remove("k")).isSameAs(origin);
        assertThat(store.empty()).isTrue();
    }

    @Test
    void a_probe_goes_to_one_caller_and_comes_back() {
        failed(store.keys(), "k", 0, 0);
        assertThat(admit(store.keys(), "k", SECOND - 1, 9 * SECOND)).isEqualTo(new Decision.Held(SECOND));
        assertThat(admit(store.keys(), "k", SECOND, 9 * SECOND)).isEqualTo(new Decision.Due());
        assertThat(admit(store.keys(), "k", SECOND, 9 * SECOND)).isEqualTo(new Decision.Held(9 * SECOND));
        store.keys().updateIfPresent("k", state -> BackoffRule.returned(state, 9 * SECOND));
        assertThat(admit(store.keys(), "k", SECOND, 9 * SECOND)).isEqualTo(new Decision.Due());
    }

    @Test
    void a_change_that_throws_changes_nothing() {
        BackoffState backoff = failed(store.keys(), "k", 0, 0);
        assertThatThrownBy(() -> store.keys().update("k", before -> {
                    throw new IllegalStateException("expected");
                }))
                .hasMessage("expected");
        assertThat(store.keys().get("k")).isSameAs(backoff);
    }

    @Test
    void a_change_to_null_removes_the_state() {
        failedEverywhere("k", 0);
        assertThat(store.keys().update("k", backoff -> null)).isNull();
        store.users().updateIfPresent("k", backoff -> null);
        assertThat(store.origins().update("k", state -> null)).isNull();
        assertThat(store.empty()).isTrue();
    }

    @Test
    void the_store_keeps_its_bound_for_each_kind() {
        store = new BackoffStore(100, clock::get);
        for (int i = 0; i < 5_000; i++) {
            failedEverywhere("http://h/" + i, 0);
        }
        store.checkInvariants();
        assertThat(store.urls()).hasSizeBetween(1, 100);
        assertThat(store.originNames()).hasSizeBetween(1, 100);
    }

    @Test
    void a_backoff_is_remembered_for_two_hours_after_its_wait() {
        failedEverywhere("k", 0);
        clock.set(7_201 * SECOND - 1);
        assertThat(store.keys().get("k")).isNotNull();
        assertThat(store.users().get("k")).isNotNull();
        assertThat(store.origins().get("k")).isNotNull();
        clock.set(7_201 * SECOND + 1);
        assertThat(store.keys().get("k")).isNull();
        assertThat(store.users().get("k")).isNull();
        assertThat(store.origins().get("k")).isNull();
    }

    @Test
    void a_backoff_outlasts_a_requested_wait_of_an_hour_and_is_remembered_after_it() {
        failed(store.users(), "k", 3_600 * SECOND, 0);
        clock.set(3_600 * SECOND - 1);
        assertThat(admit(store.users(), "k", clock.get(), 1)).isEqualTo(new Decision.Held(3_600 * SECOND));
        clock.set(10_800 * SECOND - 1);
        assertThat(store.users().get("k")).isNotNull();
        clock.set(10_800 * SECOND + 1);
        assertThat(store.users().get("k")).isNull();
    }

    @Test
    void a_change_prolongs_the_memory() {
        failedEverywhere("k", 0);
        clock.set(7_000 * SECOND);
        failed(store.keys(), "k", 0, 7_000 * SECOND);
        clock.set(7_205 * SECOND);
        assertThat(store.keys().get("k").failures()).isEqualTo(2);
        assertThat(store.origins().get("k")).isNull();
    }

    @Test
    void the_longest_requested_wait_and_the_longest_memory_do_not_overflow() {
        store = new BackoffStore(10, clock::get);
        failed(store.keys(), "k", 1L << 62, 0);
        assertThat(store.keys().get("k")).isNotNull();
        clock.set(1L << 61);
        assertThat(store.keys().get("k")).isNotNull();
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        clock.set(Long.MAX_VALUE - 1 - 2 * SECOND); // Caffeine keeps even times only
        store = new BackoffStore(10, clock::get);
        failed(store.keys(), "k", 0, clock.get());
        clock.addAndGet(7_201 * SECOND - 1);
        assertThat(store.keys().get("k")).isNotNull();
        clock.addAndGet(2);
        assertThat(store.keys().get("k")).isNull();
    }

    @Test
    void the_keys_of_a_url_are_those_of_all_its_partitions() {
        failed(store.keys(), "http://h/a", 0, 0);
        failed(store.keys(), "http://h/a 1f", 0, 0);
        failed(store.keys(), "http://h/a 2e", 0, 0);
        failed(store.keys(), "http://h/ab", 0, 0);
        assertThat(store.keysOf("http://h/a"::equals))
                .containsExactlyInAnyOrder("http://h/a", "http://h/a 1f", "http://h/a 2e");
        assertThat(store.urls()).containsExactlyInAnyOrder("http://h/a", "http://h/ab");
    }

    @Test
    void no_change_is_lost_under_many_threads() {
        BackoffState first = failed(store.keys(), "k", 0, 0);
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 3_000; i++) {
                store.keys()
                        .update("k", backoff -> new BackoffState(backoff.failures() + 1, 0, REFUSED, first.phase()));
            }
        });
        assertThat(store.keys().get("k").failures()).isEqualTo(1 + THREADS * 3_000);
    }

    @Test
    void of_many_callers_that_ask_at_once_one_gets_the_probe() {
        for (int round = 0; round < 500; round++) {
            failed(store.keys(), "k", 0, 0);
            AtomicInteger probes = new AtomicInteger();
            // All threads use one name, so that the probe of one thread could pass for that of another.
            Together.run(
                    THREADS,
                    thread -> probes.addAndGet(
                            admit(store.keys(), "k", SECOND, 9 * SECOND) instanceof Decision.Due ? 1 : 0));
            assertThat(probes).hasValue(1);
            store.keys().remove("k");
        }
    }
}
