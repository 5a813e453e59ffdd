package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.Decision.Allow;
import dev.fetchonce.internal.http.failure.Decision.Due;
import dev.fetchonce.internal.http.failure.Decision.Held;
import dev.fetchonce.internal.http.failure.Decision.InTurn;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first wait is 100, and a wait is a tenth of the failing time up to 1,000; the random half is whole. */
class OriginBackoffTest {
    private static final BackoffDelay DELAY = new BackoffDelay(100, 1_000);
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");
    private static final Failure UNAVAILABLE = Failure.of(503, "unavailable");
    private static final Failure LIMITED = Failure.of(429, "limited");
    private static final Failure NOT_FOUND = Failure.of(404, "not found");
    private static final Failure BUSY = Failure.of(Reason.BUSY, "busy");

    private @Nullable OriginBackoff origin;

    private void failed(String url, Failure failure, boolean stored, long probe, long now) {
        BackoffRule.Attempt attempt = new BackoffRule.Attempt(failure, OptionalLong.empty(), stored);
        origin = OriginBackoff.failed(origin, url, attempt, probe, DELAY, 1, now);
    }

    private void failed(String url, Failure failure, long now) {
        failed(url, failure, true, 0, now);
    }

    /** Three URLs fail at 0. */
    private void sick() {
        failed("a", UNAVAILABLE, 0);
        failed("b", UNAVAILABLE, 0);
        failed("c", UNAVAILABLE, 0);
    }

    private void probes(boolean urlFailed, long now, long overdueAt) {
        assertThat(origin.decide(urlFailed, now)).isEqualTo(new Due());
        origin = origin.probed(urlFailed, DELAY, 1, now, overdueAt);
    }

    private String words() {
        if (origin == null) {
            return "no failure";
        }
        String connecting = origin.connecting() == null
                ? ""
                : origin.connecting().phase() instanceof Counting ? "connecting counts" : "connecting waits";
        String row = origin.row() == null ? "" : "row of " + origin.urls().size();
        String sick = origin.sick() == null ? "" : "sick";
        return String.join(
                ", ",
                Stream.of(connecting, row, sick).filter(word -> !word.isEmpty()).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, 'connecting waits, row of 1'",
        "TIMEOUT, row of 2",
        "BROKEN, row of 2",
        "PROTOCOL, row of 2",
        "TOO_LARGE, no failure",
        "REDIRECT, no failure",
        "UNDECODABLE, no failure",
        "PATIENCE, row of 1",
        "BUSY, row of 1",
        "TOO_MANY_WAITERS, row of 1",
        "CLOSED, row of 1",
        "APPLICATION, row of 1",
        "INTERNAL, row of 1",
    })
    void after_a_failing_url_another_url_fails_with(Reason reason, String expected) {
        failed("a", UNAVAILABLE, 0);
        failed("b", Failure.of(reason, "failed"), 0);
        assertThat(words()).isEqualTo(expected);
        assertThat(OriginBackoff.works(Failure.of(reason, "failed"))).isEqualTo(origin == null);
    }

    @Test
    void a_status_is_a_fault_or_a_limit_or_shows_that_the_host_works() {
        for (int status = 100; status <= 599; status++) {
            origin = null;
            failed("a", UNAVAILABLE, 0);
            failed("b", Failure.of(status, "failed"), 0);
            String expected = status == 429 ? "row of 1" : status == 408 || status >= 500 ? "row of 2" : "no failure";
            assertThat(words()).as("%d", status).isEqualTo(expected);
            assertThat(OriginBackoff.works(Failure.of(status, "failed"))).isEqualTo(origin == null);
        }
    }

    @Test
    void a_403_with_a_rate_limit_is_a_limit() {
        failed("a", UNAVAILABLE, 0);
        Failure limited = Failure.answered("http://h/b", 403, fields("Retry-After", "60"));
        failed("b", limited, 0);
        assertThat(words()).isEqualTo("row of 1");
        assertThat(OriginBackoff.works(limited)).isFalse();
    }

    @Test
    void the_third_different_url_in_a_row_makes_the_host_sick() {
        String[] urls = {"a", "b", "a", "b", "c", "a", "d"};
        boolean[] sick = {false, false, false, false, true, true, true};
        for (int i = 0; i < urls.length; i++) {
            failed(urls[i], UNAVAILABLE, i * 1_000);
            assertThat(origin.sick() != null).as("%d", i).isEqualTo(sick[i]);
        }
        assertThat(origin.urls()).containsExactly("a", "b", "c");
    }

    @Test
    void a_url_that_fails_for_ever_or_for_many_users_holds_no_other_url_back() {
        for (int i = 0; i < 1_000; i++) {
            failed("a", UNAVAILABLE, i * 100);
            assertThat(origin.decide(false, i * 100)).isEqualTo(new Allow());
            assertThat(origin.decide(true, i * 100)).isEqualTo(new Allow());
            assertThat(origin.trouble()).isNull();
        }
    }

    @Test
    void a_response_between_three_failing_urls_begins_the_row_anew() {
        failed("a", UNAVAILABLE, 0);
        failed("b", UNAVAILABLE, 1);
        failed("c", NOT_FOUND, 2);
        assertThat(origin).isNull();
        failed("d", UNAVAILABLE, 3);
        failed("a", UNAVAILABLE, 4);
        assertThat(words()).isEqualTo("row of 2");
    }

    @Test
    void a_host_without_connections_holds_all_urls_back() {
        failed("a", REFUSED, 0);
        for (boolean urlFailed : new boolean[] {true, false}) {
            assertThat(origin.decide(urlFailed, 99)).isEqualTo(new Held(100));
            assertThat(origin.decide(urlFailed, 100)).isEqualTo(new Due());
        }
        assertThat(origin.trouble()).isSameAs(origin.connecting());
        assertThat(origin.heldUntil()).isEqualTo(100);
        probes(false, 100, 900);
        assertThat(origin.decide(true, 899)).isEqualTo(new Held(900));
        assertThat(origin.decide(true, 900)).isEqualTo(new Due());
        origin = origin.returned(900);
        assertThat(origin.decide(true, 100)).isEqualTo(new Due());
    }

    @Test
    void with_nothing_stored_the_first_failure_to_connect_holds_no_url_back_and_the_second_does() {
        failed("a", REFUSED, false, 0, 0);
        assertThat(origin.decide(true, 0)).isEqualTo(new Allow());
        assertThat(origin.probed(true, DELAY, 1, 0, 900)).isEqualTo(origin);
        failed("a", REFUSED, false, 0, 10);
        assertThat(origin.decide(true, 10)).isEqualTo(new Held(110));
        assertThat(origin.connecting().failures()).isEqualTo(2);
    }

    @Test
    void requests_that_are_refused_together_count_once() {
        for (int i = 0; i < 64; i++) {
            failed("url" + i, REFUSED, i);
        }
        assertThat(origin.connecting().failures()).isEqualTo(1);
        assertThat(origin.decide(false, 99)).isEqualTo(new Held(100));
    }

    @Test
    void any_fault_after_a_failure_to_connect_shows_that_connections_are_accepted() {
        failed("a", REFUSED, 0);
        failed("a", UNAVAILABLE, 100);
        assertThat(words()).isEqualTo("row of 1");
        assertThat(origin.decide(false, 100)).isEqualTo(new Allow());
    }

    @Test
    void a_rate_limit_shows_that_connections_are_accepted_and_leaves_the_row() {
        sick();
        failed("a", REFUSED, 10);
        assertThat(words()).isEqualTo("connecting waits, row of 3, sick");
        failed("b", LIMITED, 20);
        assertThat(words()).isEqualTo("row of 3, sick");
        origin = null;
        failed("a", REFUSED, 0);
        failed("b", LIMITED, 20);
        assertThat(origin).isNull();
        failed("b", LIMITED, 20);
        assertThat(origin).isNull();
    }

    @Test
    void a_turn_that_ends_with_a_rate_limit_makes_room_before_the_next_turn() {
        sick();
        probes(false, 0, 904);
        failed("d", LIMITED, true, 904, 10);
        assertThat(origin.decide(false, 10)).isEqualTo(new InTurn(110));
    }

    @Test
    void one_probe_that_is_due_at_once_is_a_turn_of_a_sick_host() {
        sick();
        probes(true, 0, 901);
        probes(true, 0, 902);
        probes(true, 0, 903);
        probes(false, 0, 904);
        failed("d", UNAVAILABLE, true, 904, 10);
        origin = origin.probeDue(20);
        assertThat(origin.decide(true, 20)).isEqualTo(new Held(100));
        probes(false, 20, 905);
        assertThat(origin.decide(false, 20)).isInstanceOf(InTurn.class);
    }

    @Test
    void a_failure_that_says_nothing_changes_nothing() {
        failed("a", BUSY, 0);
        assertThat(origin).isNull();
        sick();
        OriginBackoff before = origin;
        failed("d", Failure.of(Reason.INTERNAL, "ours"), 100);
        failed("d", BUSY, 100);
        assertThat(origin).isSameAs(before);
    }

    @Test
    void a_sick_host_lets_failed_urls_ask_three_times_a_wait_and_others_in_turn() {
        sick();
        assertThat(origin.trouble()).isSameAs(origin.row());
        probes(true, 0, 901);
        probes(true, 0, 902);
        probes(true, 0, 903);
        assertThat(origin.decide(true, 0)).isEqualTo(new Held(100));
        assertThat(origin.heldUntil()).isEqualTo(100);
        probes(false, 0, 904);
        assertThat(origin.decide(false, 0)).isEqualTo(new InTurn(100));
        failed("d", UNAVAILABLE, true, 904, 10);
        assertThat(origin.decide(false, 10)).isEqualTo(new InTurn(110));
        origin = origin.returned(903);
        assertThat(origin.decide(true, 10))
                .as("a place in the wait does not come back")
                .isEqualTo(new Held(100));
    }

    @Test
    void the_waits_of_a_sick_host_grow_with_the_time_for_which_its_urls_have_been_failing() {
        sick();
        probes(true, 6_000, 9_001);
        probes(true, 6_000, 9_002);
        probes(true, 6_000, 9_003);
        assertThat(origin.decide(true, 6_599)).isEqualTo(new Held(6_600));
        probes(false, 6_000, 9_004);
        failed("d", UNAVAILABLE, true, 9_004, 6_000);
        assertThat(origin.decide(false, 6_599))
                .as("the longest space is the wait")
                .isEqualTo(new InTurn(6_600));
    }

    @Test
    void a_sick_host_without_connections_lets_one_probe_go_and_is_sick_after_it() {
        sick();
        failed("a", REFUSED, 1_000);
        assertThat(origin.decide(false, 1_099)).isEqualTo(new Held(1_100));
        probes(true, 1_100, 2_000);
        assertThat(origin.decide(true, 1_999)).isEqualTo(new Held(2_000));
        assertThat(origin.decide(false, 1_999)).isEqualTo(new Held(2_000));
        failed("a", UNAVAILABLE, true, 2_000, 1_200);
        origin = origin.returned(2_000);
        assertThat(origin.connecting()).isNull();
        assertThat(origin.decide(true, 1_200)).isEqualTo(new Due());
        assertThat(origin.decide(false, 1_200)).isEqualTo(new Due());
    }

    @Test
    void a_turn_that_is_refused_a_connection_is_given_back() {
        sick();
        probes(false, 0, 900);
        failed("d", REFUSED, true, 900, 10);
        origin = origin.returned(900);
        failed("d", UNAVAILABLE, 200);
        assertThat(origin.decide(false, 200)).isEqualTo(new Due());
    }

    @Test
    void after_a_sign_of_recovery_a_probe_is_due_and_failures_count() {
        failed("a", REFUSED, 0);
        origin = origin.ended(10);
        assertThat(origin.decide(false, 10)).isEqualTo(new Due());
        assertThat(origin.connecting().failures()).isEqualTo(1);
        origin = null;
        sick();
        probes(true, 0, 901);
        probes(true, 0, 902);
        probes(true, 0, 903);
        origin = origin.ended(10);
        assertThat(origin.decide(true, 10)).isEqualTo(new Due());
        assertThat(words()).isEqualTo("row of 3, sick");
    }

    @Test
    void only_single_failing_urls_are_no_trouble_of_the_host() {
        failed("a", UNAVAILABLE, 7);
        failed("b", UNAVAILABLE, 8);
        assertThat(origin.trouble()).isNull();
        assertThat(origin.heldUntil()).isEqualTo(7);
        assertThat(origin.ended(9)).isEqualTo(origin);
        assertThat(origin.returned(0)).isEqualTo(origin);
    }

    @Test
    void the_text_of_an_origin_names_no_url() {
        failed("http://h/?secret", REFUSED, 0);
        failed("http://h/?secret", UNAVAILABLE, 0);
        assertThat(origin).hasToString("1 URLs failed in a row");
    }
}
