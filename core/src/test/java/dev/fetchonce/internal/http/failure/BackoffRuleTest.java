package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffRule.Allow;
import dev.fetchonce.internal.http.failure.BackoffRule.Effect;
import dev.fetchonce.internal.http.failure.BackoffRule.Probe;
import dev.fetchonce.internal.http.failure.BackoffRule.Refuse;
import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.BackoffState.Probing;
import dev.fetchonce.internal.http.failure.BackoffState.Waiting;
import dev.fetchonce.internal.http.message.Fields;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffRuleTest {
    private static final BackoffDelay BACKOFF = new BackoffDelay(100, 1_000);
    private static final OptionalLong NO_WORD = OptionalLong.empty();
    private static final Failure UNAVAILABLE = Failure.of(503, "unavailable");
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");

    @ParameterizedTest
    @CsvSource({
        "CONNECT, COUNTS",
        "TIMEOUT, COUNTS",
        "BROKEN, COUNTS",
        "PROTOCOL, COUNTS",
        "TOO_LARGE, COUNTS",
        "REDIRECT, COUNTS",
        "UNDECODABLE, COUNTS",
        "APPLICATION, NOTHING",
        "INTERNAL, COUNTS",
        "PATIENCE, NOTHING",
        "BUSY, NOTHING",
        "CLOSED, NOTHING",
    })
    void a_failure_without_a_status_does_this_to_a_backoff_state(Reason reason, Effect expected) {
        Failure failure = Failure.of(reason, "failed");
        assertThat(BackoffRule.effect(failure)).isEqualTo(expected);
        BackoffState before = waiting(1, 50);
        BackoffState after = failed(before, failure, true, 50);
        if (expected == Effect.COUNTS) {
            assertThat(after).isEqualTo(new BackoffState(2, 0, failure, new Waiting(250)));
        } else {
            assertThat(after).isSameAs(before);
            assertThat(failed(null, failure, true, 50)).isNull();
        }
    }

    @Test
    void a_status_is_a_failure_of_the_place_or_an_answer_that_opens() {
        for (int status = 100; status <= 599; status++) {
            Failure failure = Failure.of(status, "failed");
            boolean counts = status == 408 || status == 429 || status >= 500;
            assertThat(BackoffRule.effect(failure))
                    .as("%d", status)
                    .isEqualTo(counts ? Effect.COUNTS : Effect.ENDS_BACKOFF);
            BackoffState after = failed(waiting(1, 50), failure, true, 50);
            assertThat(after == null).as("%d", status).isEqualTo(!counts);
        }
    }

    @Test
    void a_failure_that_leaves_a_stale_answer_in_use_counts_unless_no_request_was_sent() {
        for (Reason reason : Reason.values()) {
            if (!EnumSet.of(Reason.STATUS, Reason.PATIENCE, Reason.BUSY, Reason.TOO_MANY_WAITERS, Reason.APPLICATION)
                    .contains(reason)) {
                Failure failure = Failure.of(reason, "failed");
                assertThat(BackoffRule.effect(failure) == Effect.COUNTS)
                        .as("%s", reason)
                        .isEqualTo(FailureRule.covers(failure));
            }
        }
    }

    @Test
    void without_a_backoff_state_any_caller_may_ask() {
        assertThat(BackoffRule.decide(null, Long.MIN_VALUE)).isEqualTo(new Allow());
    }

    @Test
    void with_something_stored_the_first_failure_closes_it_until_the_wait_is_over() {
        BackoffState state = failed(null, UNAVAILABLE, true, 7);
        assertThat(state).isEqualTo(new BackoffState(1, 7, UNAVAILABLE, new Waiting(107)));
        assertThat(BackoffRule.decide(state, 7)).isEqualTo(new Refuse(state));
        assertThat(BackoffRule.decide(state, 106)).isEqualTo(new Refuse(state));
        assertThat(BackoffRule.decide(state, 107)).isEqualTo(new Probe(state));
        assertThat(BackoffRule.decide(state, 107_000)).isEqualTo(new Probe(state));
        assertThat(state.due()).hasValue(107);
    }

    @Test
    void with_nothing_stored_the_first_failure_counts_and_the_second_closes_it() {
        BackoffState first = failed(null, UNAVAILABLE, false, 7);
        assertThat(first).isEqualTo(new BackoffState(1, 7, UNAVAILABLE, new Counting()));
        assertThat(BackoffRule.decide(first, 7)).isEqualTo(new Allow());
        assertThat(first.due()).isEmpty();
        assertThat(BackoffRule.probed(first, 99)).isSameAs(first);
        assertThat(BackoffRule.returned(first, 99)).isSameAs(first);
        BackoffState second = failed(first, REFUSED, false, 8);
        assertThat(second).isEqualTo(new BackoffState(2, 7, REFUSED, new Waiting(208)));
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 200", "3, 400", "4, 800", "5, 1000", "2147483647, 1000"})
    void each_failure_in_a_row_doubles_the_wait(int failures, long expected) {
        BackoffState state =
                failures == 1 ? failed(null, REFUSED, true, 0) : failed(waiting(failures - 1, 0), REFUSED, true, 0);
        assertThat(state).isEqualTo(new BackoffState(failures, 0, REFUSED, new Waiting(expected)));
    }

    @Test
    void the_count_of_failures_does_not_overflow() {
        BackoffState state = failed(waiting(Integer.MAX_VALUE, 0), REFUSED, true, 0);
        assertThat(state.failures()).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"300, 300", "1000, 1000", "1001, 1000", "9223372036854775807, 1000", "99, 100", "0, 100", "-5, 100"})
    void the_origin_says_how_long_within_the_first_wait_and_the_maximum(long retryAfter, long expected) {
        for (int failures : new int[] {1, 9}) {
            BackoffState state = BackoffRule.failed(
                    waiting(failures, 0), UNAVAILABLE, OptionalLong.of(retryAfter), true, BACKOFF, 1, 0);
            assertThat(state.phase()).isEqualTo(new Waiting(expected));
        }
    }

    @Test
    void with_nothing_stored_the_first_failure_does_not_close_it_whatever_the_origin_says() {
        BackoffState state = BackoffRule.failed(null, UNAVAILABLE, OptionalLong.of(500), false, BACKOFF, 1, 0);
        assertThat(state.phase()).isEqualTo(new Counting());
    }

    @Test
    void a_failure_while_the_wait_runs_is_not_counted_again() {
        BackoffState before = waiting(3, 400);
        assertThat(failed(before, REFUSED, true, 399)).isEqualTo(new BackoffState(3, 0, REFUSED, new Waiting(400)));
        assertThat(failed(before, REFUSED, true, 400)).isEqualTo(new BackoffState(4, 0, REFUSED, new Waiting(1_200)));
    }

    @Test
    void a_failure_while_the_wait_runs_can_lengthen_it_by_retry_after_and_never_shortens_it() {
        BackoffState before = waiting(3, 400);
        assertThat(BackoffRule.failed(before, UNAVAILABLE, OptionalLong.of(600), true, BACKOFF, 1, 300)
                        .phase())
                .isEqualTo(new Waiting(900));
        assertThat(BackoffRule.failed(before, UNAVAILABLE, OptionalLong.of(0), true, BACKOFF, 1, 200)
                        .phase())
                .isEqualTo(new Waiting(400));
    }

    @Test
    void while_a_probe_is_out_no_other_call_may_ask_until_it_is_overdue() {
        BackoffState state = BackoffRule.probed(waiting(1, 100), 500);
        assertThat(BackoffRule.decide(state, 100)).isEqualTo(new Refuse(state));
        assertThat(BackoffRule.decide(state, 499)).isEqualTo(new Refuse(state));
        assertThat(BackoffRule.decide(state, 500)).isEqualTo(new Probe(state));
        assertThat(state.due()).hasValue(500);
        assertThat(BackoffRule.probed(state, 900).phase()).isEqualTo(new Probing(100, 900));
    }

    @Test
    void a_probe_that_was_called_off_leaves_its_place_to_another_at_once() {
        BackoffState state = BackoffRule.returned(BackoffRule.probed(waiting(1, 100), 500), 500);
        assertThat(state).isEqualTo(waiting(1, 100));
        assertThat(BackoffRule.decide(state, 100)).isEqualTo(new Probe(state));
    }

    @Test
    void a_probe_that_was_replaced_gives_back_nothing() {
        BackoffState state = BackoffRule.probed(BackoffRule.probed(waiting(1, 100), 500), 900);
        assertThat(BackoffRule.returned(state, 500)).isSameAs(state);
        assertThat(BackoffRule.returned(null, 500)).isNull();
        assertThat(BackoffRule.returned(waiting(1, 100), 500)).isEqualTo(waiting(1, 100));
    }

    @Test
    void a_probe_that_fails_is_counted_and_returned_in_any_order() {
        BackoffState out = BackoffRule.probed(waiting(1, 100), 500);
        BackoffState expected = new BackoffState(2, 0, REFUSED, new Waiting(350));
        assertThat(BackoffRule.returned(failed(out, REFUSED, true, 150), 500)).isEqualTo(expected);
        assertThat(failed(BackoffRule.returned(out, 500), REFUSED, true, 150)).isEqualTo(expected);
    }

    @Test
    void a_failure_of_another_than_the_probe_leaves_the_probe_out() {
        BackoffState state = failed(BackoffRule.probed(waiting(1, 100), 500), REFUSED, true, 150);
        assertThat(state).isEqualTo(new BackoffState(2, 0, REFUSED, new Probing(350, 500)));
        assertThat(BackoffRule.decide(state, 350)).isEqualTo(new Refuse(state));
        assertThat(failed(state, REFUSED, true, 200))
                .as("counted together with the failure before it")
                .isEqualTo(state);
        BackoffState longer = failed(BackoffRule.probed(waiting(4, 100), 500), REFUSED, true, 150);
        assertThat(BackoffRule.decide(longer, 500))
                .as("the probe is overdue, but the wait is not over")
                .isEqualTo(new Refuse(longer));
        assertThat(BackoffRule.decide(longer, 1_150)).isEqualTo(new Probe(longer));
        assertThat(longer.due()).hasValue(1_150);
    }

    @Test
    void the_time_of_failing_is_never_negative() {
        BackoffState state = failed(null, REFUSED, true, 100);
        assertThat(state.failingNanos(100)).isZero();
        assertThat(state.failingNanos(90)).isZero();
        assertThat(state.failingNanos(350)).isEqualTo(250);
        assertThat(failed(state, REFUSED, true, 1_000).failingNanos(1_500)).isEqualTo(1_400);
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        long now = Long.MAX_VALUE - 50;
        BackoffState state = failed(null, REFUSED, true, now);
        assertThat(BackoffRule.decide(state, now + 99)).isEqualTo(new Refuse(state));
        assertThat(BackoffRule.decide(state, now + 100)).isEqualTo(new Probe(state));
        BackoffState probing = BackoffRule.probed(state, now + 200);
        assertThat(BackoffRule.decide(probing, now + 199)).isEqualTo(new Refuse(probing));
        assertThat(BackoffRule.decide(probing, now + 200)).isEqualTo(new Probe(probing));
        assertThat(probing.failingNanos(now + 100)).isEqualTo(100);
    }

    /** Callers ask, fail, cancel, come back too late and get responses, in any order. */
    @Test
    void at_most_one_probe_is_out_whatever_happens() {
        Random random = Fields.random("at_most_one_probe_is_out_whatever_happens");
        int probes = 0;
        for (int round = 0; round < 2_000; round++) {
            long now = random.nextLong();
            BackoffState state = null;
            long nextToken = now;
            OptionalLong out = OptionalLong.empty();
            List<Long> late = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                now += random.nextInt(150);
                if (out.isPresent() && now - out.getAsLong() >= 0) { // overdue, but it may still come back
                    late.add(out.getAsLong());
                    out = OptionalLong.empty();
                }
                BackoffState before = state;
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        if (BackoffRule.decide(state, now) instanceof Probe probe) {
                            assertThat(out).as("a probe that is out").isEmpty();
                            nextToken = BackoffState.later(nextToken + 1, now + 1 + random.nextInt(400));
                            out = OptionalLong.of(nextToken);
                            state = BackoffRule.probed(probe.backoff(), nextToken);
                            probes++;
                        }
                    }
                    case 3 -> state = anyFailure(random, state, now);
                    case 4 -> {
                        if (out.isPresent()) {
                            long token = out.getAsLong();
                            state = random.nextBoolean()
                                    ? BackoffRule.returned(anyFailure(random, state, now), token)
                                    : anyFailure(random, BackoffRule.returned(state, token), now);
                            out = OptionalLong.empty();
                        }
                    }
                    case 5 -> {
                        if (out.isPresent()) {
                            state = BackoffRule.returned(state, out.getAsLong());
                            out = OptionalLong.empty();
                            assertThat(BackoffRule.decide(state, now)).isNotInstanceOf(Allow.class);
                        }
                    }
                    case 6 -> {
                        if (!late.isEmpty()) {
                            state = BackoffRule.returned(state, late.remove(random.nextInt(late.size())));
                        }
                    }
                    default -> {
                        if (random.nextInt(5) == 0) { // a response
                            state = null;
                            out.ifPresent(late::add);
                            out = OptionalLong.empty();
                        }
                    }
                }
                check(before, state, now, out);
            }
        }
        assertThat(probes).isGreaterThan(2_000);
    }

    private static void check(@Nullable BackoffState before, @Nullable BackoffState state, long now, OptionalLong out) {
        if (state == null) {
            return;
        }
        assertThat(state.failingNanos(now)).isNotNegative();
        if (before != null) {
            assertThat(state.failures()).isBetween(before.failures(), before.failures() + 1);
            assertThat(state.since()).isEqualTo(before.since());
            if (before.due().isPresent()) {
                assertThat(BackoffRule.decide(state, now)).as("no longer open").isNotInstanceOf(Allow.class);
            }
        }
        if (out.isPresent()) {
            assertThat(BackoffRule.decide(state, now)).isEqualTo(new Refuse(state));
        } else if (state.phase() instanceof Waiting waiting) {
            assertThat(waiting.until() - now).isLessThanOrEqualTo(BACKOFF.maximumNanos());
            if (state.failures() > (before == null ? 0 : before.failures())) {
                assertThat(waiting.until() - now).isGreaterThanOrEqualTo(BACKOFF.firstNanos() / 2);
            }
        }
    }

    private static @Nullable BackoffState anyFailure(Random random, @Nullable BackoffState state, long now) {
        OptionalLong retryAfter =
                random.nextInt(4) == 0 ? OptionalLong.of(random.nextInt(2_000)) : OptionalLong.empty();
        Failure failure = Fields.oneOf(random, REFUSED, UNAVAILABLE);
        return BackoffRule.failed(state, failure, retryAfter, random.nextBoolean(), BACKOFF, random.nextDouble(), now);
    }

    private static @Nullable BackoffState failed(
            @Nullable BackoffState before, Failure failure, boolean stored, long now) {
        return BackoffRule.failed(before, failure, NO_WORD, stored, BACKOFF, 1, now);
    }

    private static BackoffState waiting(int failures, long until) {
        return new BackoffState(failures, 0, UNAVAILABLE, new Waiting(until));
    }
}
