package dev.fetchonce.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.Gate.Ajar;
import dev.fetchonce.internal.http.Gate.Probing;
import dev.fetchonce.internal.http.Gate.Waiting;
import dev.fetchonce.internal.http.GateRule.Closed;
import dev.fetchonce.internal.http.GateRule.Effect;
import dev.fetchonce.internal.http.GateRule.Open;
import dev.fetchonce.internal.http.GateRule.Probe;
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

class GateRuleTest {
    private static final Backoff BACKOFF = new Backoff(100, 1_000);
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
    void a_failure_without_a_status_does_this_to_a_gate(Reason reason, Effect expected) {
        Failure failure = Failure.of(reason, "failed");
        assertThat(GateRule.effect(failure)).isEqualTo(expected);
        Gate before = waiting(1, 50);
        Gate after = failed(before, failure, true, 50);
        if (expected == Effect.COUNTS) {
            assertThat(after).isEqualTo(new Gate(2, 0, failure, new Waiting(250)));
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
            assertThat(GateRule.effect(failure)).as("%d", status).isEqualTo(counts ? Effect.COUNTS : Effect.OPENS);
            Gate after = failed(waiting(1, 50), failure, true, 50);
            assertThat(after == null).as("%d", status).isEqualTo(!counts);
        }
    }

    @Test
    void what_leaves_a_stale_answer_in_use_counts_unless_nobody_asked() {
        for (Reason reason : Reason.values()) {
            if (!EnumSet.of(Reason.STATUS, Reason.PATIENCE, Reason.BUSY, Reason.TOO_MANY_WAITERS, Reason.APPLICATION)
                    .contains(reason)) {
                Failure failure = Failure.of(reason, "failed");
                assertThat(GateRule.effect(failure) == Effect.COUNTS)
                        .as("%s", reason)
                        .isEqualTo(ErrorFallback.covers(failure));
            }
        }
    }

    @Test
    void without_a_gate_anybody_may_ask() {
        assertThat(GateRule.decide(null, Long.MIN_VALUE)).isEqualTo(new Open());
    }

    @Test
    void with_something_stored_the_first_failure_closes_it_until_the_wait_is_over() {
        Gate gate = failed(null, UNAVAILABLE, true, 7);
        assertThat(gate).isEqualTo(new Gate(1, 7, UNAVAILABLE, new Waiting(107)));
        assertThat(GateRule.decide(gate, 7)).isEqualTo(new Closed(gate));
        assertThat(GateRule.decide(gate, 106)).isEqualTo(new Closed(gate));
        assertThat(GateRule.decide(gate, 107)).isEqualTo(new Probe(gate));
        assertThat(GateRule.decide(gate, 107_000)).isEqualTo(new Probe(gate));
        assertThat(gate.due()).hasValue(107);
    }

    @Test
    void with_nothing_stored_the_first_failure_counts_and_the_second_closes_it() {
        Gate first = failed(null, UNAVAILABLE, false, 7);
        assertThat(first).isEqualTo(new Gate(1, 7, UNAVAILABLE, new Ajar()));
        assertThat(GateRule.decide(first, 7)).isEqualTo(new Open());
        assertThat(first.due()).isEmpty();
        assertThat(GateRule.probed(first, 99)).isSameAs(first);
        assertThat(GateRule.returned(first, 99)).isSameAs(first);
        Gate second = failed(first, REFUSED, false, 8);
        assertThat(second).isEqualTo(new Gate(2, 7, REFUSED, new Waiting(208)));
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 200", "3, 400", "4, 800", "5, 1000", "2147483647, 1000"})
    void each_failure_in_a_row_doubles_the_wait(int errors, long expected) {
        Gate gate = errors == 1 ? failed(null, REFUSED, true, 0) : failed(waiting(errors - 1, 0), REFUSED, true, 0);
        assertThat(gate).isEqualTo(new Gate(errors, 0, REFUSED, new Waiting(expected)));
    }

    @Test
    void the_count_of_errors_does_not_overflow() {
        Gate gate = failed(waiting(Integer.MAX_VALUE, 0), REFUSED, true, 0);
        assertThat(gate.errors()).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"300, 300", "1000, 1000", "1001, 1000", "9223372036854775807, 1000", "99, 100", "0, 100", "-5, 100"})
    void the_origin_says_how_long_within_the_first_wait_and_the_maximum(long retryAfter, long expected) {
        for (int errors : new int[] {1, 9}) {
            Gate gate =
                    GateRule.failed(waiting(errors, 0), UNAVAILABLE, OptionalLong.of(retryAfter), true, BACKOFF, 1, 0);
            assertThat(gate.hold()).isEqualTo(new Waiting(expected));
        }
    }

    @Test
    void with_nothing_stored_the_first_failure_does_not_close_it_whatever_the_origin_says() {
        Gate gate = GateRule.failed(null, UNAVAILABLE, OptionalLong.of(500), false, BACKOFF, 1, 0);
        assertThat(gate.hold()).isEqualTo(new Ajar());
    }

    @Test
    void what_fails_while_the_wait_runs_is_not_counted_again() {
        Gate before = waiting(3, 400);
        assertThat(failed(before, REFUSED, true, 399)).isEqualTo(new Gate(3, 0, REFUSED, new Waiting(400)));
        assertThat(failed(before, REFUSED, true, 400)).isEqualTo(new Gate(4, 0, REFUSED, new Waiting(1_200)));
    }

    @Test
    void what_fails_while_the_wait_runs_can_lengthen_it_by_the_origins_word_and_never_shortens_it() {
        Gate before = waiting(3, 400);
        assertThat(GateRule.failed(before, UNAVAILABLE, OptionalLong.of(600), true, BACKOFF, 1, 300)
                        .hold())
                .isEqualTo(new Waiting(900));
        assertThat(GateRule.failed(before, UNAVAILABLE, OptionalLong.of(0), true, BACKOFF, 1, 200)
                        .hold())
                .isEqualTo(new Waiting(400));
    }

    @Test
    void while_a_probe_is_out_nobody_else_may_ask_until_it_is_overdue() {
        Gate gate = GateRule.probed(waiting(1, 100), 500);
        assertThat(GateRule.decide(gate, 100)).isEqualTo(new Closed(gate));
        assertThat(GateRule.decide(gate, 499)).isEqualTo(new Closed(gate));
        assertThat(GateRule.decide(gate, 500)).isEqualTo(new Probe(gate));
        assertThat(gate.due()).hasValue(500);
        assertThat(GateRule.probed(gate, 900).hold()).isEqualTo(new Probing(100, 900));
    }

    @Test
    void a_probe_that_was_called_off_leaves_its_place_to_another_at_once() {
        Gate gate = GateRule.returned(GateRule.probed(waiting(1, 100), 500), 500);
        assertThat(gate).isEqualTo(waiting(1, 100));
        assertThat(GateRule.decide(gate, 100)).isEqualTo(new Probe(gate));
    }

    @Test
    void a_probe_that_was_replaced_gives_back_nothing() {
        Gate gate = GateRule.probed(GateRule.probed(waiting(1, 100), 500), 900);
        assertThat(GateRule.returned(gate, 500)).isSameAs(gate);
        assertThat(GateRule.returned(null, 500)).isNull();
        assertThat(GateRule.returned(waiting(1, 100), 500)).isEqualTo(waiting(1, 100));
    }

    @Test
    void a_probe_that_fails_is_counted_and_returned_in_any_order() {
        Gate out = GateRule.probed(waiting(1, 100), 500);
        Gate expected = new Gate(2, 0, REFUSED, new Waiting(350));
        assertThat(GateRule.returned(failed(out, REFUSED, true, 150), 500)).isEqualTo(expected);
        assertThat(failed(GateRule.returned(out, 500), REFUSED, true, 150)).isEqualTo(expected);
    }

    @Test
    void a_failure_of_another_than_the_probe_leaves_the_probe_out() {
        Gate gate = failed(GateRule.probed(waiting(1, 100), 500), REFUSED, true, 150);
        assertThat(gate).isEqualTo(new Gate(2, 0, REFUSED, new Probing(350, 500)));
        assertThat(GateRule.decide(gate, 350)).isEqualTo(new Closed(gate));
        assertThat(failed(gate, REFUSED, true, 200)).as("together with that").isEqualTo(gate);
        Gate longer = failed(GateRule.probed(waiting(4, 100), 500), REFUSED, true, 150);
        assertThat(GateRule.decide(longer, 500))
                .as("overdue, but the wait runs")
                .isEqualTo(new Closed(longer));
        assertThat(GateRule.decide(longer, 1_150)).isEqualTo(new Probe(longer));
        assertThat(longer.due()).hasValue(1_150);
    }

    @Test
    void the_time_of_failing_is_never_negative() {
        Gate gate = failed(null, REFUSED, true, 100);
        assertThat(gate.failingNanos(100)).isZero();
        assertThat(gate.failingNanos(90)).isZero();
        assertThat(gate.failingNanos(350)).isEqualTo(250);
        assertThat(failed(gate, REFUSED, true, 1_000).failingNanos(1_500)).isEqualTo(1_400);
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        long now = Long.MAX_VALUE - 50;
        Gate gate = failed(null, REFUSED, true, now);
        assertThat(GateRule.decide(gate, now + 99)).isEqualTo(new Closed(gate));
        assertThat(GateRule.decide(gate, now + 100)).isEqualTo(new Probe(gate));
        Gate probing = GateRule.probed(gate, now + 200);
        assertThat(GateRule.decide(probing, now + 199)).isEqualTo(new Closed(probing));
        assertThat(GateRule.decide(probing, now + 200)).isEqualTo(new Probe(probing));
        assertThat(probing.failingNanos(now + 100)).isEqualTo(100);
    }

    /** Callers that ask, fail, call off, come back too late and are answered, in any order. */
    @Test
    void at_most_one_probe_is_out_whatever_happens() {
        Random random = Fields.random("at_most_one_probe_is_out_whatever_happens");
        int probes = 0;
        for (int round = 0; round < 2_000; round++) {
            long now = random.nextLong();
            Gate gate = null;
            long nextToken = now;
            OptionalLong out = OptionalLong.empty();
            List<Long> late = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                now += random.nextInt(150);
                if (out.isPresent() && now - out.getAsLong() >= 0) { // overdue: it may still come back
                    late.add(out.getAsLong());
                    out = OptionalLong.empty();
                }
                Gate before = gate;
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        if (GateRule.decide(gate, now) instanceof Probe probe) {
                            assertThat(out).as("a probe that is out").isEmpty();
                            nextToken = Gate.later(nextToken + 1, now + 1 + random.nextInt(400));
                            out = OptionalLong.of(nextToken);
                            gate = GateRule.probed(probe.gate(), nextToken);
                            probes++;
                        }
                    }
                    case 3 -> gate = anyFailure(random, gate, now);
                    case 4 -> {
                        if (out.isPresent()) {
                            long token = out.getAsLong();
                            gate = random.nextBoolean()
                                    ? GateRule.returned(anyFailure(random, gate, now), token)
                                    : anyFailure(random, GateRule.returned(gate, token), now);
                            out = OptionalLong.empty();
                        }
                    }
                    case 5 -> {
                        if (out.isPresent()) {
                            gate = GateRule.returned(gate, out.getAsLong());
                            out = OptionalLong.empty();
                            assertThat(GateRule.decide(gate, now)).isNotInstanceOf(Open.class);
                        }
                    }
                    case 6 -> {
                        if (!late.isEmpty()) {
                            gate = GateRule.returned(gate, late.remove(random.nextInt(late.size())));
                        }
                    }
                    default -> {
                        if (random.nextInt(5) == 0) { // an answer
                            gate = null;
                            out.ifPresent(late::add);
                            out = OptionalLong.empty();
                        }
                    }
                }
                check(before, gate, now, out);
            }
        }
        assertThat(probes).isGreaterThan(2_000);
    }

    private static void check(@Nullable Gate before, @Nullable Gate gate, long now, OptionalLong out) {
        if (gate == null) {
            return;
        }
        assertThat(gate.failingNanos(now)).isNotNegative();
        if (before != null) {
            assertThat(gate.errors()).isBetween(before.errors(), before.errors() + 1);
            assertThat(gate.since()).isEqualTo(before.since());
            if (before.due().isPresent()) {
                assertThat(GateRule.decide(gate, now)).as("no longer ajar").isNotInstanceOf(Open.class);
            }
        }
        if (out.isPresent()) {
            assertThat(GateRule.decide(gate, now)).isEqualTo(new Closed(gate));
        } else if (gate.hold() instanceof Waiting waiting) {
            assertThat(waiting.until() - now).isLessThanOrEqualTo(BACKOFF.maximumNanos());
            if (gate.errors() > (before == null ? 0 : before.errors())) {
                assertThat(waiting.until() - now).isGreaterThanOrEqualTo(BACKOFF.firstNanos() / 2);
            }
        }
    }

    private static @Nullable Gate anyFailure(Random random, @Nullable Gate gate, long now) {
        OptionalLong retryAfter =
                random.nextInt(4) == 0 ? OptionalLong.of(random.nextInt(2_000)) : OptionalLong.empty();
        Failure failure = Fields.oneOf(random, REFUSED, UNAVAILABLE);
        return GateRule.failed(gate, failure, retryAfter, random.nextBoolean(), BACKOFF, random.nextDouble(), now);
    }

    private static @Nullable Gate failed(@Nullable Gate before, Failure failure, boolean stored, long now) {
        return GateRule.failed(before, failure, NO_WORD, stored, BACKOFF, 1, now);
    }

    private static Gate waiting(int errors, long until) {
        return new Gate(errors, 0, UNAVAILABLE, new Waiting(until));
    }
}
