package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.OriginOutage.Sign;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginBackoffTest {
    private static final BackoffDelay BACKOFF = new BackoffDelay(100, 1_000);
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");
    private static final Failure UNAVAILABLE = Failure.of(503, "unavailable");
    private static final Failure NOT_FOUND = Failure.of(404, "not found");

    private @Nullable OriginBackoff origin;

    @ParameterizedTest
    @CsvSource({
        "CONNECT, UNREACHABLE",
        "TIMEOUT, FAULT",
        "BROKEN, FAULT",
        "PROTOCOL, FAULT",
        "TOO_LARGE, ANSWERS",
        "REDIRECT, ANSWERS",
        "UNDECODABLE, ANSWERS",
        "PATIENCE, NOTHING",
        "BUSY, NOTHING",
        "CLOSED, NOTHING",
        "APPLICATION, NOTHING",
        "INTERNAL, NOTHING",
    })
    void a_failure_of_a_url_says_this_of_its_origin(Reason reason, Sign expected) {
        assertThat(OriginOutage.sign(Failure.of(reason, "failed"))).isEqualTo(expected);
    }

    @Test
    void a_status_says_that_the_origin_is_in_trouble_or_that_it_answers() {
        for (int status = 100; status <= 599; status++) {
            boolean trouble = status == 408 || status == 429 || status >= 500;
            assertThat(OriginOutage.sign(Failure.of(status, "failed")))
                    .as("%d", status)
                    .isEqualTo(trouble ? Sign.FAULT : Sign.ANSWERS);
        }
    }

    @Test
    void a_third_different_url_in_a_row_widens_and_so_does_each_that_follows() {
        OriginOutage outage = OriginOutage.NONE;
        String[] urls = {"a", "b", "a", "b", "c", "a", "d"};
        boolean[] wide = {false, false, false, false, true, true, true};
        for (int i = 0; i < urls.length; i++) {
            outage = outage.failed(urls[i], UNAVAILABLE);
            assertThat(outage.widens(UNAVAILABLE)).as("%d", i).isEqualTo(wide[i]);
        }
        assertThat(outage.urls()).containsExactly("a", "b", "c");
        assertThat(outage.widens(Failure.of(Reason.BUSY, "busy"))).isFalse();
        assertThat(outage.widens(NOT_FOUND)).isFalse();
    }

    @Test
    void an_answer_empties_it_and_what_says_nothing_leaves_it() {
        OriginOutage outage = OriginOutage.NONE.failed("a", UNAVAILABLE).failed("b", REFUSED);
        assertThat(outage.failed("c", Failure.of(Reason.INTERNAL, "ours"))).isSameAs(outage);
        assertThat(outage.failed("c", NOT_FOUND)).isEqualTo(OriginOutage.NONE);
    }

    @Test
    void its_text_tells_no_url() {
        OriginOutage outage = OriginOutage.NONE.failed("http://h/?geheim", REFUSED);
        assertThat(outage).hasToString("1 URLs failed in a row");
        assertThat(new OriginBackoff(outage, null).toString()).doesNotContain("geheim");
    }

    @Test
    void an_origin_that_cannot_be_reached_is_closed_at_once() {
        failed("a", REFUSED, true, 0);
        closedUntil(100);
    }

    @Test
    void with_nothing_stored_the_first_failure_closes_nothing_and_the_second_does() {
        failed("a", REFUSED, false, 0);
        assertThat(BackoffRule.decide(origin.backoff(), 0)).isEqualTo(new BackoffRule.Allow());
        assertThat(origin.backoff().failures()).isEqualTo(1);
        failed("a", REFUSED, false, 10);
        closedUntil(210);
        assertThat(origin.backoff().failures()).isEqualTo(2);
    }

    @Test
    void the_third_url_closes_it_with_nothing_stored_too() {
        failed("a", UNAVAILABLE, false, 0);
        failed("b", UNAVAILABLE, false, 1);
        assertThat(origin.backoff()).isNull();
        failed("c", UNAVAILABLE, false, 2);
        closedUntil(102);
        assertThat(origin.backoff().failures()).isEqualTo(1);
    }

    @Test
    void one_url_that_fails_for_ever_closes_no_origin() {
        for (int i = 0; i < 100; i++) {
            failed("a", UNAVAILABLE, true, i * 10_000);
            assertThat(origin.backoff()).isNull();
        }
    }

    @Test
    void once_it_is_closed_any_trouble_of_one_url_keeps_it_closed() {
        failed("a", REFUSED, true, 0);
        failed("a", UNAVAILABLE, true, 100);
        closedUntil(300);
        assertThat(origin.backoff().failures()).isEqualTo(2);
        assertThat(origin.backoff().since()).isZero();
    }

    @Test
    void refused_once_with_nothing_stored_it_is_not_closed_by_another_trouble_of_one_url() {
        failed("a", REFUSED, false, 0);
        failed("a", UNAVAILABLE, false, 10);
        assertThat(BackoffRule.decide(origin.backoff(), 10)).isEqualTo(new BackoffRule.Allow());
    }

    @Test
    void many_that_were_on_their_way_count_once() {
        for (int i = 0; i < 64; i++) {
            failed("url" + i, REFUSED, true, i);
        }
        closedUntil(100);
        assertThat(origin.backoff().failures()).isEqualTo(1);
    }

    @Test
    void an_answer_opens_it_though_it_is_no_success() {
        for (Failure answer : new Failure[] {NOT_FOUND, Failure.of(Reason.UNDECODABLE, "no JSON")}) {
            failed("a", REFUSED, true, 0);
            failed("b", answer, true, 100);
            assertThat(origin).isNull();
        }
    }

    @Test
    void an_outcome_that_says_nothing_of_the_origin_changes_nothing() {
        failed("a", Failure.of(Reason.BUSY, "busy"), true, 0);
        assertThat(origin).isNull();
        failed("a", REFUSED, true, 0);
        OriginBackoff before = origin;
        failed("b", Failure.of(Reason.INTERNAL, "ours"), true, 100);
        assertThat(origin).isSameAs(before);
    }

    private void failed(String url, Failure failure, boolean stored, long now) {
        origin = OriginBackoff.failed(origin, url, failure, OptionalLong.empty(), stored, BACKOFF, 1, now);
    }

    private void closedUntil(long until) {
        assertThat(BackoffRule.decide(origin.backoff(), until - 1)).isEqualTo(new BackoffRule.Refuse(origin.backoff()));
        assertThat(BackoffRule.decide(origin.backoff(), until)).isEqualTo(new BackoffRule.Probe(origin.backoff()));
    }
}
