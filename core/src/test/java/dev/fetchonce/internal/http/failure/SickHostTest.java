package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.failure.Decision.Due;
import dev.fetchonce.internal.http.failure.Decision.Held;
import dev.fetchonce.internal.http.failure.Decision.InTurn;
import dev.fetchonce.internal.http.message.Fields;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The times are in milliseconds from 0 on; the host gets sick at 0. */
class SickHostTest {
    private static final long MS = 1_000_000;
    private static final long LONGEST = 10_000 * MS;

    private SickHost host = SickHost.from(0);

    private Decision failedUrl(long now) {
        return host.decide(true, now * MS);
    }

    private Decision otherUrl(long now) {
        return host.decide(false, now * MS);
    }

    private void probe(long wait, long now) {
        assertThat(failedUrl(now)).isEqualTo(new Due());
        host = host.probed(true, wait * MS, now * MS, (now + 30_000) * MS);
    }

    private void turn(long now, long overdueAt) {
        assertThat(otherUrl(now)).isEqualTo(new Due());
        host = host.probed(false, 500 * MS, now * MS, overdueAt * MS);
    }

    private void turnFails(long overdueAt, long now) {
        host = host.failed(overdueAt * MS, LONGEST, now * MS);
    }

    private static Decision held(long until) {
        return new Held(until * MS);
    }

    private static Decision inTurn(long from) {
        return new InTurn(from * MS);
    }

    @Test
    void a_host_that_has_just_become_sick_lets_a_probe_and_a_turn_go() {
        assertThat(failedUrl(0)).isEqualTo(new Due());
        assertThat(otherUrl(0)).isEqualTo(new Due());
    }

    @Test
    void in_each_wait_three_urls_that_have_failed_may_ask() {
        probe(400, 0);
        probe(9_999, 1);
        probe(9_999, 2);
        assertThat(failedUrl(3)).isEqualTo(held(400));
        assertThat(failedUrl(399)).isEqualTo(held(400));
        probe(700, 400);
        probe(700, 401);
        probe(700, 1_099);
        assertThat(failedUrl(1_099)).as("the window began at 400").isEqualTo(held(1_100));
        assertThat(failedUrl(1_100)).isEqualTo(new Due());
    }

    @Test
    void places_that_no_url_takes_in_a_wait_do_not_add_up() {
        probe(400, 0);
        probe(400, 5_000);
        probe(400, 5_000);
        probe(400, 5_000);
        assertThat(failedUrl(5_000)).isEqualTo(held(5_400));
    }

    @Test
    void probes_of_failed_urls_leave_the_turns_alone() {
        probe(400, 0);
        probe(400, 0);
        probe(400, 0);
        turn(0, 900);
        assertThat(failedUrl(0)).isEqualTo(held(400));
        assertThat(host.failed(30_000 * MS, LONGEST, 10 * MS))
                .as("a probe is no turn")
                .isSameAs(host);
        assertThat(host.returned(30_000 * MS)).isSameAs(host);
    }

    @Test
    void a_probe_that_was_not_sent_leaves_its_place_to_another_in_the_same_wait() {
        probe(400, 0);
        host = host.unsent(30_000 * MS);
        probe(900, 1);
        host = host.probed(true, 900 * MS, 2 * MS, 31_000 * MS);
        host = host.probed(true, 900 * MS, 3 * MS, 32_000 * MS);
        assertThat(failedUrl(3)).isEqualTo(held(400));
        host = host.unsent(31_000 * MS);
        assertThat(failedUrl(3)).isEqualTo(new Due());
        assertThat(host.unsent(99 * MS)).isSameAs(host);
        host = host.returned(32_000 * MS);
        assertThat(host.probes()).as("a probe that was sent keeps its place").hasSize(2);
        turn(3, 903);
        host = host.unsent(903 * MS);
        assertThat(otherUrl(3)).isEqualTo(new Due());
    }

    @Test
    void turns_go_one_at_a_time() {
        turn(0, 900);
        assertThat(otherUrl(0)).isEqualTo(inTurn(500));
        assertThat(otherUrl(499)).isEqualTo(inTurn(500));
        host = host.returned(900 * MS);
        turn(10, 910);
        assertThat(otherUrl(10)).isEqualTo(inTurn(510));
    }

    @Test
    void each_failed_turn_adds_50_ms_to_the_space_up_to_the_longest_wait() {
        long now = 0;
        for (int failed = 1; failed <= 300; failed++) {
            turn(now, now + 30_000);
            turnFails(now + 30_000, now + 3);
            long space = Math.min(50L * failed, 10_000);
            assertThat(otherUrl(now + 3)).as("%d", failed).isEqualTo(inTurn(now + 3 + space));
            assertThat(otherUrl(now + 2 + space)).isEqualTo(inTurn(now + 3 + space));
            now += 3 + space;
        }
    }

    @Test
    void the_number_of_failed_turns_does_not_overflow() {
        host = new SickHost(0, List.of(), Integer.MAX_VALUE, 0, new SickHost.Turn(900 * MS, 900 * MS));
        turnFails(900, 10);
        assertThat(host.turnsFailed()).isEqualTo(Integer.MAX_VALUE);
        assertThat(otherUrl(10)).isEqualTo(inTurn(10_010));
    }

    @Test
    void a_turn_that_is_out_for_a_wait_lets_the_next_url_ask_and_changes_nothing_when_it_comes_back() {
        turn(0, 900);
        turn(500, 1_800);
        SickHost second = host;
        turnFails(900, 901);
        assertThat(host).isSameAs(second);
        host = host.returned(900 * MS);
        assertThat(host).isSameAs(second);
        assertThat(otherUrl(999)).isEqualTo(inTurn(1_000));
    }

    @Test
    void a_turn_that_is_returned_twice_changes_nothing_the_second_time() {
        turn(0, 900);
        turnFails(900, 10);
        SickHost once = host;
        assertThat(host.returned(900 * MS)).isSameAs(once);
        assertThat(host.failed(900 * MS, LONGEST, 20 * MS)).isSameAs(once);
    }

    @Test
    void a_sign_of_recovery_lets_a_probe_and_a_turn_go_also_where_a_turn_is_out() {
        probe(400, 0);
        probe(400, 0);
        probe(400, 0);
        turn(0, 900);
        turnFails(900, 10);
        host = host.ended(20 * MS);
        assertThat(failedUrl(20)).isEqualTo(new Due());
        turn(20, 920);
        host = host.ended(30 * MS);
        turn(30, 930);
        turnFails(920, 40);
        assertThat(otherUrl(40)).as("the last turn is out").isEqualTo(inTurn(530));
        turnFails(930, 40);
        assertThat(otherUrl(40)).as("failures still count").isEqualTo(inTurn(140));
    }

    @Test
    void a_turn_that_is_due_at_once_leaves_failed_urls_waiting() {
        probe(400, 0);
        probe(400, 0);
        probe(400, 0);
        turn(0, 900);
        turnFails(900, 10);
        assertThat(otherUrl(20)).isEqualTo(inTurn(60));
        host = host.turnDue(20 * MS);
        assertThat(failedUrl(20)).isEqualTo(held(400));
        turn(20, 920);
        host = host.turnDue(30 * MS);
        assertThat(otherUrl(30)).as("a turn that is out does not stop it").isEqualTo(new Due());
    }

    @Test
    void the_clock_may_pass_its_largest_value() {
        long now = Long.MAX_VALUE - 5;
        SickHost sick = SickHost.from(now).probed(true, 10, now, now + 100).probed(false, 10, now, now + 100);
        sick = sick.probed(true, 10, now, now + 100).probed(true, 10, now, now + 100);
        assertThat(sick.decide(true, now + 9)).isEqualTo(new Held(now + 10));
        assertThat(sick.decide(true, now + 10)).isEqualTo(new Due());
        assertThat(sick.decide(false, now + 9)).isEqualTo(new InTurn(now + 10));
        assertThat(sick.decide(false, now + 10)).isEqualTo(new Due());
        sick = sick.failed(now + 100, 3, now + 9);
        assertThat(sick.decide(false, now + 11)).isEqualTo(new InTurn(now + 12));
        assertThat(sick.decide(false, now + 12)).isEqualTo(new Due());
    }

    /** URLs ask, fail, come back late and get lost, in any order; this test counts the requests by its own book. */
    @Test
    void in_each_wait_at_most_three_failed_urls_ask_and_at_most_one_turn_is_out() {
        Random random = Fields.random("in_each_wait_at_most_three_failed_urls_ask_and_at_most_one_turn_is_out");
        for (int round = 0; round < 1_000; round++) {
            long now = random.nextLong();
            SickHost sick = SickHost.from(now);
            long windowEnds = now;
            int inWindow = 0;
            long out = 0;
            long blocked = 0;
            boolean isOut = false;
            int failedTurns = 0;
            long nextTurn = now;
            long name = now;
            for (int step = 0; step < 200; step++) {
                now += random.nextInt(100) * MS;
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        boolean expected = inWindow < SickHost.PROBES || now - windowEnds >= 0;
                        Decision decision = sick.decide(true, now);
                        assertThat(decision).isEqualTo(expected ? new Due() : new Held(windowEnds));
                        if (expected) {
                            long wait = (250 + random.nextInt(250)) * MS;
                            if (inWindow == 0 || now - windowEnds >= 0) {
                                windowEnds = now + wait;
                                inWindow = 0;
                            }
                            inWindow++;
                            sick = sick.probed(true, wait, now, ++name);
                        }
                    }
                    case 2, 3 -> {
                        boolean busy = isOut && now - blocked < 0;
                        boolean expected = !busy && now - nextTurn >= 0;
                        Decision decision = sick.decide(false, now);
                        assertThat(decision instanceof Due).isEqualTo(expected);
                        if (expected) {
                            name = BackoffState.later(name + 1, now + 2_000 * MS);
                            out = name;
                            isOut = true;
                            long wait = random.nextInt(500) * MS;
                            blocked = now + wait;
                            sick = sick.probed(false, wait, now, name);
                        } else {
                            long latest = busy ? BackoffState.later(blocked, nextTurn) : nextTurn;
                            assertThat(decision).isEqualTo(new InTurn(latest));
                        }
                    }
                    case 4 -> {
                        boolean mine = isOut && random.nextBoolean();
                        sick = sick.failed(mine ? out : out - 1, LONGEST, now);
                        if (mine) {
                            isOut = false;
                            failedTurns++;
                            nextTurn = now + Math.min(failedTurns * SickHost.STEP, LONGEST);
                        }
                    }
                    default -> {
                        boolean mine = isOut && random.nextInt(4) == 0;
                        sick = sick.returned(mine ? out : out + 1);
                        isOut &= !mine;
                    }
                }
            }
        }
    }
}
