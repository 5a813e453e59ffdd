package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.BackoffState.Phase;
import dev.fetchonce.internal.http.failure.BackoffState.Probing;
import dev.fetchonce.internal.http.failure.BackoffState.Waiting;
import dev.fetchonce.internal.http.failure.Decision.Allow;
import dev.fetchonce.internal.http.failure.Decision.Due;
import dev.fetchonce.internal.http.failure.Decision.Held;
import dev.fetchonce.internal.http.message.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The first wait is 100, and a wait is a tenth of the failing time up to 1,000; the random half is whole. */
class BackoffRuleTest {
    private static final BackoffDelay DELAY = new BackoffDelay(100, 1_000);
    private static final OptionalLong NO_WAIT = OptionalLong.empty();
    private static final Failure UNAVAILABLE = Failure.of(503, "unavailable");
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");

    /** The phases of a place that has failed three times since 0; the wait is over at 400, the probe overdue at 700. */
    private static @Nullable BackoffState in(String phase) {
        Phase made = switch (phase) {
            case "no failure" -> null;
            case "counting" -> new Counting();
            case "waiting" -> new Waiting(400, false);
            case "waiting by request" -> new Waiting(400, true);
            case "probing" -> new Probing(new Waiting(400, false), 700);
            case "probing by request" -> new Probing(new Waiting(400, true), 700);
            default -> throw new IllegalArgumentException(phase);
        };
        return made == null ? null : new BackoffState(3, 0, UNAVAILABLE, made);
    }

    private static String words(@Nullable BackoffState state) {
        return state == null ? "no failure" : state.failures() + " " + words(state.phase());
    }

    private static String words(Phase phase) {
        return switch (phase) {
            case Counting counting -> "counting";
            case Waiting waiting -> "waiting to " + waiting.until() + (waiting.requested() ? " by request" : "");
            case Probing probing -> "probing to " + probing.overdueAt() + ", " + words(probing.before());
        };
    }

    private static BackoffState failed(
            @Nullable BackoffState before, boolean stored, OptionalLong requested, long now) {
        return BackoffRule.failed(before, new BackoffRule.Attempt(REFUSED, requested, stored), DELAY, 1, now);
    }

    private static BackoffState failed(@Nullable BackoffState before, boolean stored, long now) {
        return failed(before, stored, NO_WAIT, now);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "no failure, 399 -> Allow[]",
                "counting, 0 -> Allow[]",
                "waiting, 399 -> Held[until=400]",
                "waiting, 400 -> Due[]",
                "waiting by request, 399 -> Held[until=400]",
                "waiting by request, 400 -> Due[]",
                "probing, 399 -> Held[until=700]",
                "probing, 699 -> Held[until=700]",
                "probing, 700 -> Due[]",
                "probing by request, 699 -> Held[until=700]",
                "probing by request, 700 -> Due[]",
            })
    void the_decision_in_each_phase(String situation, String expected) {
        String[] words = situation.split(", ");
        assertThat(BackoffRule.decide(in(words[0]), Long.parseLong(words[1]))).hasToString(expected);
    }

    @Test
    void a_probe_overdue_before_the_end_of_a_longer_wait_lets_no_other_probe_go() {
        BackoffState state = new BackoffState(1, 0, REFUSED, new Probing(new Waiting(900, true), 700));
        assertThat(BackoffRule.decide(state, 700)).isEqualTo(new Held(900));
        assertThat(BackoffRule.decide(state, 900)).isEqualTo(new Due());
    }

    /** The failures come at 5000, when the place has been failing for that long; so its own wait is 500. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "no failure; nothing stored -> 1 counting",
                "no failure; stored -> 1 waiting to 5100",
                "no failure; nothing stored; requests 0 -> 1 waiting to 5100 by request",
                "no failure; nothing stored; requests 7000 -> 1 waiting to 12000 by request",
                "no failure; stored; requests 7000 -> 1 waiting to 12000 by request",
                "counting; nothing stored -> 4 waiting to 5500",
                "counting; stored -> 4 waiting to 5500",
                "counting; nothing stored; requests 1 -> 4 waiting to 5100 by request",
                "waiting; nothing stored -> 4 waiting to 5500",
                "waiting; stored; requests 501 -> 4 waiting to 5501 by request",
                "waiting by request; stored -> 4 waiting to 5500",
                "probing; stored -> 4 probing to 700, waiting to 5500",
                "probing; stored; requests 9000 -> 4 probing to 700, waiting to 14000 by request",
                "probing by request; stored -> 4 probing to 700, waiting to 5500",
            })
    void after_a_failure_when_the_wait_is_over(String situation, String expected) {
        String[] words = situation.split("; ");
        OptionalLong requested =
                words.length < 3 ? NO_WAIT : OptionalLong.of(Long.parseLong(words[2].substring("requests ".length())));
        BackoffState state = failed(in(words[0]), words[1].equals("stored"), requested, 5_000);
        assertThat(words(state)).isEqualTo(expected);
        assertThat(state.last()).isEqualTo(REFUSED);
        assertThat(state.since()).isEqualTo(words[0].equals("no failure") ? 5_000 : 0);
    }

    /** The failures come at 300, before the end of the wait at 400. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "waiting -> 3 waiting to 400",
                "waiting; requests 0 -> 3 waiting to 400 by request",
                "waiting; requests 100 -> 3 waiting to 400 by request",
                "waiting; requests 101 -> 3 waiting to 401 by request",
                "waiting by request -> 3 waiting to 400 by request",
                "waiting by request; requests 50 -> 3 waiting to 400 by request",
                "waiting by request; requests 200 -> 3 waiting to 500 by request",
                "probing -> 3 probing to 700, waiting to 400",
                "probing; requests 900 -> 3 probing to 700, waiting to 1200 by request",
                "probing by request -> 3 probing to 700, waiting to 400 by request",
            })
    void failures_together_count_once_and_only_a_request_lengthens_the_wait(String situation, String expected) {
        String[] words = situation.split("; ");
        OptionalLong requested =
                words.length < 2 ? NO_WAIT : OptionalLong.of(Long.parseLong(words[1].substring("requests ".length())));
        for (boolean stored : new boolean[] {true, false}) {
            assertThat(words(failed(in(words[0]), stored, requested, 300))).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 100", "999, 100", "1010, 101", "5000, 500", "10000, 1000", "9000000, 1000"})
    void the_wait_is_a_tenth_of_the_failing_time(long failing, long wait) {
        BackoffState before = new BackoffState(1, 7, UNAVAILABLE, new Counting());
        assertThat(failed(before, true, 7 + failing).phase()).isEqualTo(new Waiting(7 + failing + wait, false));
    }

    @Test
    void a_requested_wait_takes_the_place_of_a_longer_wait_of_the_cache() {
        BackoffState state = null;
        for (long at = 0; at <= 10_000; at += 2_000) {
            state = BackoffRule.failed(
                    state, new BackoffRule.Attempt(REFUSED, OptionalLong.of(300), true), DELAY, 1, at);
        }
        assertThat(DELAY.wait(10_000, 1.0)).isGreaterThan(300);
        assertThat(state.phase()).isEqualTo(new Waiting(10_300, true));
    }

    @Test
    void half_of_a_wait_is_random_but_no_part_of_a_requested_wait() {
        BackoffRule.Attempt own = new BackoffRule.Attempt(REFUSED, NO_WAIT, true);
        assertThat(BackoffRule.failed(null, own, DELAY, 0, 0).phase()).isEqualTo(new Waiting(50, false));
        BackoffRule.Attempt requested = new BackoffRule.Attempt(REFUSED, OptionalLong.of(300), true);
        assertThat(BackoffRule.failed(null, requested, DELAY, 0, 0).phase()).isEqualTo(new Waiting(300, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "no failure -> 1 counting",
                "counting -> 4 counting",
                "waiting -> 4 waiting to 400",
                "waiting by request -> 4 waiting to 400 by request",
                "probing -> 4 probing to 700, waiting to 400",
                "probing by request -> 4 probing to 700, waiting to 400 by request",
            })
    void a_failure_that_speaks_of_another_place_counts_and_starts_no_wait(String phase, String expected) {
        BackoffState state = BackoffRule.counted(in(phase), REFUSED, 400);
        assertThat(words(state)).isEqualTo(expected);
        assertThat(state.last()).isEqualTo(REFUSED);
        if (!phase.equals("no failure") && !phase.equals("counting")) {
            assertThat(BackoffRule.counted(in(phase), REFUSED, 399).failures())
                    .as("together with the failure before")
                    .isEqualTo(3);
        }
    }

    @Test
    void the_number_of_failures_does_not_overflow() {
        BackoffState most = new BackoffState(Integer.MAX_VALUE, 0, UNAVAILABLE, new Waiting(0, false));
        assertThat(failed(most, true, 0).failures()).isEqualTo(Integer.MAX_VALUE);
        assertThat(BackoffRule.counted(most, REFUSED, 0).failures()).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "counting -> 3 counting",
                "waiting -> 3 probing to 900, waiting to 400",
                "waiting by request -> 3 probing to 900, waiting to 400 by request",
                "probing -> 3 probing to 900, waiting to 400",
                "probing by request -> 3 probing to 900, waiting to 400 by request",
            })
    void once_a_probe_is_out(String phase, String expected) {
        assertThat(words(BackoffRule.probed(in(phase), 900))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "no failure -> no failure",
                "counting -> 3 counting",
                "waiting -> 3 waiting to 400",
                "waiting by request -> 3 waiting to 400 by request",
                "probing -> 3 waiting to 400",
                "probing by request -> 3 waiting to 400 by request",
            })
    void after_a_probe_has_returned(String phase, String expected) {
        assertThat(words(BackoffRule.returned(in(phase), 700))).isEqualTo(expected);
        assertThat(BackoffRule.returned(in(phase), 699)).as("another probe").isEqualTo(in(phase));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "counting, 300 -> 3 counting",
                "waiting, 300 -> 3 waiting to 300",
                "waiting, 400 -> 3 waiting to 400",
                "waiting, 900 -> 3 waiting to 400",
                "waiting by request, 300 -> 3 waiting to 400 by request",
                "probing, 300 -> 3 probing to 700, waiting to 300",
                "probing, 500 -> 3 probing to 700, waiting to 400",
                "probing by request, 300 -> 3 probing to 700, waiting to 400 by request",
            })
    void after_a_sign_that_the_place_works(String situation, String expected) {
        String[] words = situation.split(", ");
        assertThat(words(BackoffRule.ended(in(words[0]), Long.parseLong(words[1]))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "counting, 300 -> no failure",
                "waiting, 300 -> no failure",
                "waiting by request, 399 -> 3 waiting to 400 by request",
                "waiting by request, 400 -> no failure",
                "probing, 500 -> no failure",
                "probing by request, 399 -> 3 probing to 700, waiting to 400 by request",
                "probing by request, 500 -> no failure",
            })
    void after_a_response_to_a_user(String situation, String expected) {
        String[] words = situation.split(", ");
        assertThat(words(BackoffRule.answered(in(words[0]), Long.parseLong(words[1]))))
                .isEqualTo(expected);
    }

    @Test
    void a_wait_that_has_ended_early_lets_one_probe_go_and_its_failure_counts() {
        BackoffState ended = BackoffRule.ended(in("waiting"), 300);
        assertThat(BackoffRule.decide(ended, 300)).isEqualTo(new Due());
        assertThat(words(failed(ended, true, 300))).isEqualTo("4 waiting to 400");
    }

    static Stream<Arguments> orders() {
        BiFunction<BackoffState, Long, BackoffState> failure = (state, now) -> failed(state, true, now);
        BiFunction<BackoffState, Long, BackoffState> back = (state, now) -> BackoffRule.returned(state, 700);
        return Stream.of(
                Arguments.of("failed and returned", failure, back), Arguments.of("returned and failed", back, failure));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orders")
    void a_probe_that_fails_leads_to_one_wait_in_either_order(
            String order,
            BiFunction<BackoffState, Long, BackoffState> first,
            BiFunction<BackoffState, Long, BackoffState> second) {
        BackoffState state = second.apply(first.apply(in("probing"), 450L), 450L);
        assertThat(words(state)).isEqualTo("4 waiting to 550");
    }

    @Test
    void a_replaced_probe_that_returns_changes_nothing() {
        BackoffState second = BackoffRule.probed(in("probing"), 900);
        assertThat(BackoffRule.returned(second, 700)).isSameAs(second);
        assertThat(BackoffRule.decide(second, 899)).isEqualTo(new Held(900));
    }

    @Test
    void the_failing_time_is_never_negative() {
        BackoffState state = failed(null, true, 100);
        assertThat(state.failingNanos(90)).isZero();
        assertThat(state.failingNanos(350)).isEqualTo(250);
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        long now = Long.MAX_VALUE - 50;
        BackoffState state = failed(null, true, now);
        assertThat(BackoffRule.decide(state, now + 99)).isEqualTo(new Held(now + 100));
        assertThat(BackoffRule.decide(state, now + 100)).isEqualTo(new Due());
        assertThat(failed(state, true, now + 99).failures()).as("together").isEqualTo(1);
        BackoffState again = failed(state, true, now + 10_000);
        assertThat(again.phase()).isEqualTo(new Waiting(now + 11_000, false));
        assertThat(BackoffRule.ended(again, now + 10_500).phase()).isEqualTo(new Waiting(now + 10_500, false));
        BackoffState probing = BackoffRule.probed(state, now + 200);
        assertThat(BackoffRule.decide(probing, now + 199)).isEqualTo(new Held(now + 200));
        assertThat(BackoffRule.decide(probing, now + 200)).isEqualTo(new Due());
        BackoffState longest = failed(null, true, OptionalLong.of(1L << 62), now);
        assertThat(BackoffRule.decide(longest, now)).isInstanceOf(Held.class);
        assertThat(failed(longest, true, OptionalLong.of(5), now + 1).phase()).isEqualTo(longest.phase());
    }

    /** Callers ask, fail, cancel, come back too late and get responses, in any order. */
    @Test
    void at_most_one_probe_is_out() {
        Random random = Fields.random("at_most_one_probe_is_out");
        int probes = 0;
        for (int round = 0; round < 2_000; round++) {
            long now = random.nextLong();
            BackoffState state = null;
            long lastName = now;
            OptionalLong out = OptionalLong.empty();
            List<Long> late = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                now += random.nextInt(150);
                if (out.isPresent() && now - out.getAsLong() >= 0) { // overdue, but it may still come back
                    late.add(out.getAsLong());
                    out = OptionalLong.empty();
                }
                BackoffState before = state;
                switch (random.nextInt(9)) {
                    case 0, 1, 2 -> {
                        if (BackoffRule.decide(state, now) instanceof Due) {
                            assertThat(out).as("a probe that is out").isEmpty();
                            lastName = BackoffState.later(lastName + 1, now + 1 + random.nextInt(400));
                            out = OptionalLong.of(lastName);
                            state = BackoffRule.probed(state, lastName);
                            probes++;
                        }
                    }
                    case 3 -> state = anyFailure(random, state, now);
                    case 4 -> {
                        if (out.isPresent()) {
                            long name = out.getAsLong();
                            state = random.nextBoolean()
                                    ? BackoffRule.returned(anyFailure(random, state, now), name)
                                    : anyFailure(random, BackoffRule.returned(state, name), now);
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
                    case 7 -> {
                        if (state != null && random.nextInt(5) == 0) {
                            state = BackoffRule.ended(state, now);
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
            if (!(before.phase() instanceof Counting)) {
                assertThat(BackoffRule.decide(state, now)).as("no longer free").isNotInstanceOf(Allow.class);
            }
            Waiting wait = before.currentWait();
            if (wait != null && wait.requested() && now - wait.until() < 0) {
                assertThat(state.currentWait().until() - wait.until())
                        .as("a requested wait is never cut")
                        .isNotNegative();
                assertThat(state.currentWait().requested()).isTrue();
            }
        }
        if (out.isPresent()) {
            assertThat(BackoffRule.decide(state, now)).isInstanceOf(Held.class);
        } else if (state.phase() instanceof Waiting waiting) {
            assertThat(waiting.until() - now).isLessThanOrEqualTo(2_000);
            if (state.failures() > (before == null ? 0 : before.failures()) && !state.equals(before)) {
                assertThat(waiting.until() - now).isGreaterThanOrEqualTo(DELAY.firstNanos() / 2);
            }
        }
    }

    private static BackoffState anyFailure(Random random, @Nullable BackoffState state, long now) {
        OptionalLong requested = random.nextInt(4) == 0 ? OptionalLong.of(random.nextInt(2_000)) : NO_WAIT;
        Failure failure = Fields.oneOf(random, REFUSED, UNAVAILABLE);
        BackoffRule.Attempt attempt = new BackoffRule.Attempt(failure, requested, random.nextBoolean());
        return BackoffRule.failed(state, attempt, DELAY, random.nextDouble(), now);
    }
}
