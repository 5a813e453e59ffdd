package dev.fetchonce.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import dev.fetchonce.internal.http.failure.OriginOutage;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackoffStoreTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final BackoffDelay BACKOFF = new BackoffDelay(SECOND, 30 * SECOND);
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");
    private static final int THREADS = 8;

    private final AtomicLong clock = new AtomicLong();
    private BackoffStore store = new BackoffStore(1_000, BACKOFF.maximumNanos(), clock::get);

    @AfterEach
    void invariants_hold() {
        store.checkInvariants();
    }

    @Test
    void where_nothing_has_failed_anybody_may_ask() {
        assertThat(store.keys().get("k")).isNull();
        assertThat(store.origins().get("o")).isNull();
        assertThat(store.keys().admit("k", 0, 1)).isEqualTo(new BackoffRule.Allow());
        assertThat(store.origins().admit("o", 0, 1)).isEqualTo(new BackoffRule.Allow());
        assertThat(store.keys().remove("k")).isNull();
        assertThat(store.origins().remove("o")).isNull();
        store.keys().returned("k", 1);
        store.origins().returned("o", 1);
        assertThat(entries()).isZero();
    }

    @Test
    void a_backoff_holds_for_its_key_only_until_it_is_ended() {
        BackoffState backoff = failed("k", 0);
        assertThat(store.keys().get("k")).isSameAs(backoff);
        assertThat(store.keys().admit("k", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Refuse(backoff));
        assertThat(store.keys().admit("other", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Allow());
        assertThat(store.origins().admit("k", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Allow());
        assertThat(store.keys().remove("k")).isSameAs(backoff);
        assertThat(store.keys().admit("k", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Allow());
    }

    @Test
    void an_origin_holds_until_it_is_opened() {
        OriginBackoff state = failedOrigin("o", "u", 0);
        assertThat(store.origins().get("o")).isSameAs(state);
        assertThat(store.origins().admit("o", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Refuse(state.backoff()));
        assertThat(store.keys().admit("o", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Allow());
        assertThat(store.origins().remove("o")).isSameAs(state);
        assertThat(store.origins().admit("o", 0, 10 * SECOND)).isEqualTo(new BackoffRule.Allow());
    }

    @Test
    void an_origin_of_which_one_url_fails_is_open() {
        store.origins().update("o", state -> new OriginBackoff(OriginOutage.NONE.failed("u", REFUSED), null));
        assertThat(store.origins().admit("o", 0, 1)).isEqualTo(new BackoffRule.Allow());
        store.origins().returned("o", 1);
        assertThat(store.origins().get("o").backoff()).isNull();
    }

    @Test
    void the_token_goes_to_one_and_comes_back() {
        failed("k", 0);
        failedOrigin("o", "u", 0);
        assertThat(store.keys().admit("k", SECOND, 9 * SECOND))
                .isEqualTo(new BackoffRule.Probe(store.keys().get("k")));
        assertThat(store.keys().get("k").phase()).isEqualTo(new BackoffState.Probing(SECOND, 9 * SECOND));
        assertThat(store.keys().admit("k", SECOND, 8 * SECOND))
                .isEqualTo(new BackoffRule.Refuse(store.keys().get("k")));
        store.keys().returned("k", 8 * SECOND);
        assertThat(store.keys().admit("k", SECOND, 8 * SECOND))
                .as("not that token")
                .isInstanceOf(BackoffRule.Refuse.class);
        store.keys().returned("k", 9 * SECOND);
        assertThat(store.keys().admit("k", SECOND, 8 * SECOND)).isInstanceOf(BackoffRule.Probe.class);

        assertThat(store.origins().admit("o", SECOND, 9 * SECOND))
                .isEqualTo(new BackoffRule.Probe(store.origins().get("o").backoff()));
        assertThat(store.origins().admit("o", SECOND, 8 * SECOND)).isInstanceOf(BackoffRule.Refuse.class);
        store.origins().returned("o", 9 * SECOND);
        assertThat(store.origins().admit("o", SECOND, 8 * SECOND)).isInstanceOf(BackoffRule.Probe.class);
        assertThat(store.origins().get("o").outage().urls()).containsExactly("u");
    }

    @Test
    void a_change_that_throws_changes_nothing() {
        BackoffState backoff = failed("k", 0);
        assertThatThrownBy(() -> store.keys().update("k", before -> {
                    throw new IllegalStateException("expected");
                }))
                .hasMessage("expected");
        assertThat(store.keys().get("k")).isSameAs(backoff);
    }

    @Test
    void a_change_to_null_opens() {
        failed("k", 0);
        failedOrigin("o", "u", 0);
        assertThat(store.keys().update("k", backoff -> null)).isNull();
        assertThat(store.origins().update("o", state -> null)).isNull();
        assertThat(store.keys().update("k", backoff -> backoff)).isNull();
        assertThat(entries()).isZero();
    }

    @Test
    void the_bound_is_kept() {
        store = new BackoffStore(100, BACKOFF.maximumNanos(), clock::get);
        for (int i = 0; i < 5_000; i++) {
            failed("k" + i, 0);
            failedOrigin("o" + i, "u", 0);
        }
        assertThat(entries()).isBetween(2L, 200L);
    }

    @Test
    void a_backoff_is_remembered_for_four_of_the_longest_waits_from_its_last_change_on() {
        failed("k", 0);
        failedOrigin("o", "u", 0);
        clock.set(60 * SECOND);
        failed("k", 60 * SECOND);
        clock.set(120 * SECOND - 1);
        assertThat(store.origins().get("o")).isNotNull();
        clock.set(120 * SECOND);
        assertThat(store.origins().get("o")).isNull();
        assertThat(store.origins().admit("o", 0, 1)).isEqualTo(new BackoffRule.Allow());
        clock.set(180 * SECOND - 1);
        assertThat(store.keys().get("k").failures()).isEqualTo(2);
        clock.set(180 * SECOND);
        assertThat(store.keys().get("k")).isNull();
        assertThat(entries()).isZero();
    }

    @Test
    void a_backoff_is_remembered_for_a_minute_at_least_and_for_ever_at_most() {
        store = new BackoffStore(10, 1, clock::get);
        failed("k", 0);
        clock.set(60 * SECOND - 1);
        assertThat(store.keys().get("k")).isNotNull();
        clock.set(60 * SECOND);
        assertThat(store.keys().get("k")).isNull();

        clock.set(0);
        store = new BackoffStore(10, Long.MAX_VALUE, clock::get);
        failed("k", 0);
        clock.set((1L << 62) - 1);
        assertThat(store.keys().get("k")).isNotNull();
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        clock.set(Long.MAX_VALUE - 1 - SECOND); // Caffeine keeps even times only
        store = new BackoffStore(10, BACKOFF.maximumNanos(), clock::get);
        failed("k", clock.get());
        clock.addAndGet(120 * SECOND - 1);
        assertThat(store.keys().get("k")).isNotNull();
        clock.addAndGet(1);
        assertThat(store.keys().get("k")).isNull();
    }

    @Test
    void no_change_is_lost_under_many_threads() {
        BackoffState first = failed("k", 0);
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 3_000; i++) {
                store.keys()
                        .update("k", backoff -> new BackoffState(backoff.failures() + 1, 0, REFUSED, first.phase()));
            }
        });
        assertThat(store.keys().get("k").failures()).isEqualTo(1 + THREADS * 3_000);
    }

    @Test
    void of_many_who_ask_at_once_one_gets_the_token() {
        for (int round = 0; round < 500; round++) {
            failed("k", 0);
            failedOrigin("o", "u", 0);
            AtomicInteger tokens = new AtomicInteger();
            AtomicInteger originTokens = new AtomicInteger();
            Together.run(THREADS, thread -> {
                // All threads ask with equal moments, so that a token could pass for the token of another thread.
                tokens.addAndGet(store.keys().admit("k", SECOND, 9 * SECOND) instanceof BackoffRule.Probe ? 1 : 0);
                originTokens.addAndGet(
                        store.origins().admit("o", SECOND, 9 * SECOND) instanceof BackoffRule.Probe ? 1 : 0);
            });
            assertThat(tokens).hasValue(1);
            assertThat(originTokens).hasValue(1);
            store.keys().remove("k");
            store.origins().remove("o");
        }
    }

    private long entries() {
        return store.keys().size() + store.origins().size();
    }

    private BackoffState failed(String text, long now) {
        return store.keys()
                .update(
                        text,
                        backoff -> BackoffRule.failed(backoff, REFUSED, OptionalLong.empty(), true, BACKOFF, 1, now));
    }

    private OriginBackoff failedOrigin(String origin, String url, long now) {
        return store.origins()
                .update(
                        origin,
                        state ->
                                OriginBackoff.failed(state, url, REFUSED, OptionalLong.empty(), true, BACKOFF, 1, now));
    }
}
