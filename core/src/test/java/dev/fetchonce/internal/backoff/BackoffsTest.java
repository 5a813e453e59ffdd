package dev.fetchonce.internal.backoff;

import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.Backoffs.Admitted;
import dev.fetchonce.internal.backoff.Backoffs.Refused;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.testing.Row;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The places of one request, and the probes that they give out and take back. */
class BackoffsTest extends BackoffsFixture {
    /** Each row lands updates at the URL a without credentials and at others. */
    static Stream<Row<Consumer<BackoffsTest>>> landings() {
        BackoffUpdate broken404 = new BackoffUpdate.Failed(GONE, false, OptionalLong.empty(), true);
        BackoffUpdate covered404 = failure(GONE);
        BackoffUpdate requesting404 = new BackoffUpdate.Failed(GONE, false, OptionalLong.of(7 * SECOND), true);
        Failure patience = Failure.of(Reason.PATIENCE, "late");
        Failure undecodable = Failure.of(Reason.UNDECODABLE, "no");
        return Stream.of(
                row("no failure", test -> {}, "clear"),
                row("an answer", test -> test.lands(A, ANSWERED), "clear"),
                row("no news", test -> test.lands(A, UNCHANGED), "clear"),
                row("a failure", test -> test.lands(A, BROKEN), "held for 1000 ms after 1"),
                row(
                        "a failure with nothing stored",
                        test -> test.lands(A, withoutStored(Failure.of(503, "no"))),
                        "due after 1"),
                row(
                        "two failures with nothing stored",
                        test -> {
                            test.lands(A, withoutStored(Failure.of(503, "no")));
                            test.lands(A, withoutStored(Failure.of(503, "no")));
                        },
                        "held for 1000 ms after 2"),
                row(
                        "a failure that requests 7 s",
                        test -> test.lands(A, requesting(Failure.of(500, "no"), 7)),
                        "held for 7000 ms after 1"),
                row(
                        "a failure that requests 7 s with nothing stored",
                        test -> test.lands(
                                A,
                                new BackoffUpdate.Failed(
                                        Failure.of(503, "no"), true, OptionalLong.of(7 * SECOND), false)),
                        "held for 7000 ms after 1"),
                row(
                        "two failures together",
                        test -> {
                            test.lands(A, BROKEN);
                            test.lands(A, BROKEN);
                        },
                        "held for 1000 ms after 1"),
                row(
                        "a second failure after 40 s",
                        test -> {
                            test.lands(A, BROKEN);
                            test.passes(40_000);
                            test.lands(A, BROKEN);
                        },
                        "held for 4000 ms after 2"),
                row(
                        "a failure whose wait is over",
                        test -> {
                            test.lands(A, BROKEN);
                            test.passes(1_000);
                        },
                        "due after 1"),
                row(
                        "an answer after a failure",
                        test -> {
                            test.lands(A, REFUSED);
                            test.lands(A, ANSWERED);
                        },
                        "clear"),
                row(
                        "no news after a failure",
                        test -> {
                            test.lands(A, BROKEN);
                            test.lands(A, UNCHANGED);
                        },
                        "held for 1000 ms after 1"),
                row("a 404 that is not covered", test -> test.lands(A, broken404), "clear"),
                row(
                        "a 404 that is not covered, after a failure",
                        test -> {
                            test.lands(A, BROKEN);
                            test.lands(A, broken404);
                        },
                        "clear"),
                row("a 404 that is covered", test -> test.lands(A, covered404), "held for 1000 ms after 1"),
                row("a 404 that requests 7 s", test -> test.lands(A, requesting404), "held for 7000 ms after 1"),
                row("a patience that ended", test -> test.lands(A, failure(patience)), "clear"),
                row(
                        "content that cannot be decoded",
                        test -> test.lands(A, failure(undecodable)),
                        "held for 1000 ms after 1"),
                row("no connection", test -> test.lands(A, REFUSED), "held for 1000 ms after 1"),
                row(
                        "no connection with nothing stored",
                        test -> test.lands(A, withoutStored(Failure.of(Reason.CONNECT, "refused"))),
                        "due after 1"),
                row("no connection for another URL", test -> test.lands(B, REFUSED), "held for 1000 ms after 1"),
                row(
                        "no connection for another user",
                        test -> test.lands(of(A, "me"), REFUSED),
                        "held for 1000 ms after 1"),
                row("no connection to another host", test -> test.lands(of("http://g", "a"), REFUSED), "clear"),
                row("a failure of another URL", test -> test.lands(B, BROKEN), "clear"),
                row("a failure for another user", test -> test.lands(of(A, "me"), BROKEN), "clear"),
                row(
                        "an answer for another URL after no connection",
                        test -> {
                            test.lands(A, REFUSED);
                            test.lands(B, ANSWERED);
                        },
                        "due after 1"),
                row(
                        "a 404 of another URL after no connection",
                        test -> {
                            test.lands(A, REFUSED);
                            test.lands(B, broken404);
                        },
                        "due after 1"),
                row("a rate limit", test -> test.lands(A, LIMITED), "held for 1000 ms after 1"),
                row("a rate limit of another URL", test -> test.lands(B, LIMITED), "held for 1000 ms after 1"),
                row("a rate limit of another user", test -> test.lands(of(A, "me"), LIMITED), "clear"),
                row(
                        "a rate limit of this user at another host",
                        test -> test.lands(of("http://g", "a"), LIMITED),
                        "clear"),
                row(
                        "a rate limit of another URL that requests 7 s",
                        test -> test.lands(B, requesting(Failure.of(429, "limited"), 7)),
                        "held for 7000 ms after 1"),
                row(
                        "a rate limit whose wait is over",
                        test -> {
                            test.lands(B, LIMITED);
                            test.passes(1_000);
                        },
                        "due after 1"),
                row("three other failing URLs", BackoffsTest::sick, "due after 3"),
                row(
                        "one URL that fails for three users",
                        test -> {
                            test.lands(B, BROKEN);
                            test.lands(of(B, "me"), BROKEN);
                            test.lands(of(B, "you"), BROKEN);
                        },
                        "clear"),
                row(
                        "a turn that is out at a sick host",
                        test -> {
                            test.sick();
                            test.probe(B);
                        },
                        "in turn in 1000 ms after 3"),
                row(
                        "a turn that has failed at a sick host",
                        test -> {
                            test.sick();
                            long turn = test.probe(B);
                            test.backoffs.landed(B, turn, BROKEN, test.now());
                        },
                        "in turn in 50 ms after 4"));
    }

    @ParameterizedTest
    @MethodSource("landings")
    void the_outlook_after(Row<Consumer<BackoffsTest>> row) {
        row.given().accept(this);
        assertThat(outlook(A)).isEqualTo(row.outcome());
        boolean free = row.outcome().equals("clear") || row.outcome().startsWith("due");
        Backoffs.Admission admission = backoffs.admit(A, now());
        assertThat(admission instanceof Admitted).isEqualTo(free);
        if (admission instanceof Refused why) {
            assertThat(words(why.why())).isEqualTo(row.outcome());
        }
    }

    static Stream<Row<BackoffUpdate>> results() {
        return Stream.of(
                row("an answer", ANSWERED, "1 failures"),
                row("no news", UNCHANGED, "no backoff"),
                row("another failure", BROKEN, "2 failures"),
                row("a rate limit", LIMITED, "2 failures"),
                row("no connection", REFUSED, "2 failures"),
                row("a busy cache", failure(Failure.of(Reason.BUSY, "busy")), "1 failures"),
                row(
                        "a 404 that is not covered",
                        new BackoffUpdate.Failed(GONE, false, OptionalLong.empty(), true),
                        "no backoff"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void after_one_failure_the_landing_returns_for(Row<BackoffUpdate> row) {
        assertThat(lands(A, BROKEN).failures()).isEqualTo(1);
        passes(1_000);
        BackoffState backoff = lands(A, row.given());
        assertThat(backoff == null ? "no backoff" : backoff.failures() + " failures")
                .isEqualTo(row.outcome());
    }

    @Test
    void where_nothing_has_failed_a_landing_returns_nothing() {
        assertThat(lands(A, ANSWERED)).isNull();
        assertThat(lands(A, UNCHANGED)).isNull();
        assertThat(backoffs.urls()).isEmpty();
    }

    @Test
    void the_worst_of_the_places_says_until_when_and_the_failures_are_those_of_the_url() {
        lands(A, requesting(Failure.of(500, "no"), 5));
        lands(B, requesting(Failure.of(429, "no"), 9));
        assertThat(outlook(A)).isEqualTo("held for 9000 ms after 1");
        passes(9_000);
        lands(A, BROKEN);
        assertThat(outlook(A)).isEqualTo("held for 1000 ms after 2");
    }

    // Probes

    /** The name of the probe that is out. */
    private long probed;

    static Stream<Row<Consumer<BackoffsTest>>> ends() {
        return Stream.of(
                row("it is returned", test -> test.backoffs.returned(A, test.probed), "admitted"),
                row(
                        "it lands without news",
                        test -> test.backoffs.landed(A, test.probed, UNCHANGED, test.now()),
                        "admitted"),
                row(
                        "it lands with an answer",
                        test -> test.backoffs.landed(A, test.probed, ANSWERED, test.now()),
                        "admitted"),
                row("it fails", test -> test.backoffs.landed(A, test.probed, BROKEN, test.now()), "refused"),
                row(
                        "it could not be sent",
                        test -> test.backoffs.landed(
                                A, test.probed, failure(Failure.of(Reason.BUSY, "busy")), test.now()),
                        "admitted"),
                row("another request is returned", test -> test.backoffs.returned(A, test.probed - 1), "refused"),
                row("a request without a probe lands", test -> test.lands(A, UNCHANGED), "refused"),
                row("it is out", test -> {}, "refused"));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void while_a_probe_of_the_url_is_out_the_next_request_where(Row<Consumer<BackoffsTest>> row) {
        lands(A, BROKEN);
        nextRequest(row);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void while_a_probe_of_the_host_is_out_the_next_request_where(Row<Consumer<BackoffsTest>> row) {
        lands(B, REFUSED);
        nextRequest(row);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void while_a_probe_of_the_user_is_out_the_next_request_where(Row<Consumer<BackoffsTest>> row) {
        lands(B, LIMITED);
        nextRequest(row);
    }

    private void nextRequest(Row<Consumer<BackoffsTest>> row) {
        passes(1_000);
        probed = probe(A);
        row.given().accept(this);
        assertThat(refused(A) ? "refused" : "admitted").isEqualTo(row.outcome());
    }

    @ParameterizedTest
    @ValueSource(strings = {"url", "host", "user"})
    void a_probe_that_is_lost_holds_requests_back_only_until_it_is_overdue(String place) {
        switch (place) {
            case "url" -> lands(A, BROKEN);
            case "host" -> lands(B, REFUSED);
            default -> lands(B, LIMITED);
        }
        passes(1_000);
        probed = probe(A);
        passes(29_999);
        assertThat(refused(A)).isTrue();
        passes(1);
        assertThat(probe(A)).isGreaterThan(probed);
        backoffs.returned(A, probed);
        assertThat(refused(A)).as("the lost probe is another one").isTrue();
    }

    @Test
    void a_turn_that_is_lost_or_hangs_holds_the_next_one_back_only_for_a_wait() {
        sick();
        passes(1_000);
        probed = probe(A);
        passes(999);
        assertThat(refused(B)).isTrue();
        passes(1);
        assertThat(probe(B)).isGreaterThan(probed);
    }

    @Test
    void each_request_has_a_name_of_its_own_even_when_the_clock_stands() {
        lands(A, BROKEN);
        Set<Long> names = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(names.add(probe(B))).isTrue();
        }
    }

    /** The place that refuses comes later than the one whose probe the request has taken. */
    @ParameterizedTest
    @ValueSource(strings = {"user, url", "user, host", "url, host", "user, turn"})
    void a_probe_is_given_back_where_a_later_place_refuses(String places) {
        String first = places.split(", ")[0];
        String second = places.split(", ")[1];
        BackoffKey mine = of(A, "me");
        lands(first.equals("user") ? of(B, "me") : mine, first.equals("user") ? LIMITED : BROKEN);
        passes(1_000);
        switch (second) {
            case "url" -> lands(mine, requesting(Failure.of(500, "no"), 5));
            case "host" -> lands(url("c"), REFUSED);
            default -> {
                sick();
                probe(url("c"));
            }
        }
        assertThat(refused(mine)).isTrue();
        if (first.equals("user")) {
            assertThat(refused(of(of("http://h", "b"), "me"))).isEqualTo(second.equals("host"));
        }
        passes(60_000);
        assertThat(refused(mine)).as("no probe is lost").isFalse();
    }

    @Test
    void a_request_admitted_again_gives_its_probe_back_and_gets_another_name() {
        lands(A, BROKEN);
        passes(1_000);
        long first = probe(A);
        Backoffs.Admission again = backoffs.admitAgain(A, first, now());
        assertThat(again).isInstanceOf(Admitted.class).isNotEqualTo(new Admitted(first));
        assertThat(refused(A)).isTrue();
        backoffs.returned(A, ((Admitted) again).probe());
        assertThat(refused(A)).isFalse();
    }

    @Test
    void a_request_admitted_again_during_a_wait_is_refused() {
        long first = probe(A);
        lands(A, BROKEN);
        assertThat(backoffs.admitAgain(A, first, now())).isInstanceOf(Refused.class);
    }

    @Test
    void without_a_failure_a_request_is_no_probe() {
        assertThat(backoffs.admit(A, now())).isEqualTo(new Admitted(Backoffs.NO_PROBE));
        assertThat(backoffs.admitAgain(A, Backoffs.NO_PROBE, now())).isEqualTo(new Admitted(Backoffs.NO_PROBE));
    }

    @Test
    void three_queued_probes_of_a_sick_host_are_sent_when_they_ask_again() {
        sick();
        passes(1_000);
        List<BackoffKey> failing = List.of(url("x"), url("y"), url("z"));
        List<Long> names = failing.stream().map(this::probe).toList();
        for (int i = 0; i < 3; i++) {
            assertThat(backoffs.admitAgain(failing.get(i), names.get(i), now()))
                    .as("%d", i)
                    .isInstanceOf(Admitted.class);
        }
        lands(url("w"), BROKEN);
        passes(999);
        assertThat(refused(url("w"))).as("a fourth one").isTrue();
    }

    @Test
    void a_turn_that_has_queued_is_still_the_turn() {
        sick();
        long turn = probe(A);
        Backoffs.Admission again = backoffs.admitAgain(A, turn, now());
        assertThat(again).isInstanceOf(Admitted.class);
        assertThat(refused(B)).isTrue();
        backoffs.returned(A, ((Admitted) again).probe());
        assertThat(refused(B)).isFalse();
    }
}
