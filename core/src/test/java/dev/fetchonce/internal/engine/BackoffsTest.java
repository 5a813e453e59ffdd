package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.CallerKind.BACKGROUND;
import static dev.fetchonce.internal.engine.CallerKind.HTTP_CLIENT;
import static dev.fetchonce.internal.engine.CallerKind.VALUE_API;
import static dev.fetchonce.internal.engine.Collaborators.REFUSED;
import static dev.fetchonce.internal.engine.Collaborators.failure;
import static dev.fetchonce.internal.engine.Samples.NOON;
import static dev.fetchonce.internal.engine.Samples.SECOND;
import static dev.fetchonce.internal.engine.Samples.by;
import static dev.fetchonce.internal.engine.Samples.personal;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.testing.Row;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A failure with a stored response starts a wait of 1 s for its URL, and one of 1 s for an origin without connection. */
class BackoffsTest {
    private static final BackoffUpdate ANSWERED = new BackoffUpdate.Answered();
    private static final BackoffUpdate UNCHANGED = new BackoffUpdate.Unchanged();
    private static final Failure BROKEN = Failure.of(Reason.BROKEN, "broken");

    private final Collaborators cache = new Collaborators();
    private final Backoffs backoffs = cache.backoffs;

    private static BackoffUpdate of(Failure failure, boolean covered, long retryAfter, boolean stored) {
        OptionalLong wait = retryAfter < 0 ? OptionalLong.empty() : OptionalLong.of(retryAfter * SECOND);
        return new BackoffUpdate.Failed(failure, covered, wait, stored);
    }

    private @Nullable BackoffState landed(BackoffUpdate update) {
        return backoffs.landed(request(), 0, update, cache.clock.now());
    }

    private static String words(@Nullable BackoffState backoff) {
        return backoff == null ? "no backoff" : "failures: " + backoff.failures();
    }

    private static String words(Backoffs.Outlook outlook) {
        return "failures: " + outlook.consecutiveFailures()
                + outlook.nextAttempt()
                        .map(next -> ", next in " + Duration.between(NOON, next).toMillis() + " ms")
                        .orElse(", next now");
    }

    private static String words(Backoffs.Admission admission) {
        return switch (admission) {
            case Backoffs.Admitted admitted -> "admitted";
            case Backoffs.Refused refused -> "refused";
        };
    }

    /** Each row lands its updates, one after the other; a null update is a second that passes. */
    static Stream<Row<Consumer<BackoffsTest>>> landings() {
        Failure gone = Failure.of(404, "gone");
        return Stream.of(
                row("no failure", test -> {}, "failures: 0, next now"),
                row("an answer", test -> test.landed(ANSWERED), "failures: 0, next now"),
                row("no news", test -> test.landed(UNCHANGED), "failures: 0, next now"),
                row("a failure", test -> test.landed(failure(BROKEN)), "failures: 1, next in 1000 ms"),
                row(
                        "a failure without a stored response",
                        test -> test.landed(of(BROKEN, true, -1, false)),
                        "failures: 1, next now"),
                row(
                        "two failures without a stored response",
                        test -> {
                            test.landed(of(BROKEN, true, -1, false));
                            test.landed(of(BROKEN, true, -1, false));
                        },
                        "failures: 2, next in 2000 ms"),
                row(
                        "a failure with a wait",
                        test -> test.landed(of(BROKEN, true, 7, true)),
                        "failures: 1, next in 7000 ms"),
                row(
                        "a failure with a wait too long",
                        test -> test.landed(of(BROKEN, true, 700, true)),
                        "failures: 1, next in 60000 ms"),
                row(
                        "two failures at once",
                        test -> {
                            test.landed(failure(BROKEN));
                            test.landed(failure(BROKEN));
                        },
                        "failures: 1, next in 1000 ms"),
                row(
                        "a failure after the wait of another",
                        test -> {
                            test.landed(failure(BROKEN));
                            test.cache.passes(1);
                            test.landed(failure(BROKEN));
                        },
                        "failures: 2, next in 3000 ms"),
                row(
                        "a failure whose wait is over",
                        test -> {
                            test.landed(failure(BROKEN));
                            test.cache.passes(1);
                        },
                        "failures: 1, next now"),
                row(
                        "an answer after a failure",
                        test -> {
                            test.landed(failure(REFUSED));
                            test.landed(ANSWERED);
                        },
                        "failures: 0, next now"),
                row(
                        "no news after a failure",
                        test -> {
                            test.landed(failure(BROKEN));
                            test.landed(UNCHANGED);
                        },
                        "failures: 1, next in 1000 ms"),
                row(
                        "a 404 that is not covered",
                        test -> test.landed(of(gone, false, -1, true)),
                        "failures: 0, next now"),
                row(
                        "a 404 that is not covered, after a failure",
                        test -> {
                            test.landed(failure(BROKEN));
                            test.landed(of(gone, false, -1, true));
                        },
                        "failures: 0, next now"),
                row(
                        "a 404 that is covered",
                        test -> test.landed(of(gone, true, -1, true)),
                        "failures: 1, next in 1000 ms"),
                row(
                        "a patience that ended",
                        test -> test.landed(failure(Failure.of(Reason.PATIENCE, "late"))),
                        "failures: 0, next now"),
                row(
                        "no connection for another key",
                        test -> test.backoffs.landed(personal(), 0, failure(REFUSED), 0),
                        "failures: 0, next in 1000 ms"),
                row(
                        "a broken answer for another key",
                        test -> test.backoffs.landed(personal(), 0, failure(BROKEN), 0),
                        "failures: 0, next now"),
                row(
                        "an answer for another key after no connection",
                        test -> {
                            test.landed(failure(REFUSED));
                            test.backoffs.landed(personal(), 0, ANSWERED, 0);
                        },
                        "failures: 1, next in 1000 ms"));
    }

    @ParameterizedTest
    @MethodSource("landings")
    void the_outlook_after(Row<Consumer<BackoffsTest>> row) {
        row.given().accept(this);
        assertThat(words(backoffs.outlook(request()))).isEqualTo(row.outcome());
        BackoffState inForce = backoffs.inForce(request());
        assertThat(inForce == null)
                .as("in force: %s", inForce)
                .isEqualTo(row.outcome().endsWith("next now"));
    }

    static Stream<Row<BackoffUpdate>> results() {
        return Stream.of(
                row("an answer", ANSWERED, "failures: 1"),
                row("no news", UNCHANGED, "no backoff"),
                row("another failure", failure(BROKEN), "failures: 2"),
                row("a 404 that is not covered", of(Failure.of(404, "gone"), false, -1, true), "no backoff"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void after_one_failure_the_landing_returns_for(Row<BackoffUpdate> row) {
        assertThat(words(landed(failure(BROKEN)))).isEqualTo("failures: 1");
        cache.passes(1);
        assertThat(words(landed(row.given()))).isEqualTo(row.outcome());
    }

    @ParameterizedTest
    @EnumSource(CallerKind.class)
    void where_nothing_has_failed_a_landing_returns_nothing_and_all_are_admitted(CallerKind kind) {
        assertThat(landed(ANSWERED)).isNull();
        assertThat(landed(UNCHANGED)).isNull();
        assertThat(backoffs.admit(by(kind), 0)).isInstanceOf(Backoffs.Admitted.class);
        assertThat(backoffs.outlook(by(kind))).isSameAs(Backoffs.Outlook.CLEAR);
    }

    /** Each row admits a request of each kind, in the order of the kinds. */
    static Stream<Row<Consumer<BackoffsTest>>> admissions() {
        return Stream.of(
                row(
                        "while the wait of the URL lasts",
                        test -> test.landed(failure(BROKEN)),
                        "VALUE_API refused, HTTP_CLIENT admitted, BACKGROUND refused"),
                row(
                        "while the wait of the origin lasts",
                        test -> test.backoffs.landed(personal(), 0, failure(REFUSED), 0),
                        "VALUE_API refused, HTTP_CLIENT admitted, BACKGROUND refused"),
                row(
                        "after the wait",
                        test -> {
                            test.landed(failure(BROKEN));
                            test.cache.passes(1);
                        },
                        "VALUE_API admitted, HTTP_CLIENT admitted, BACKGROUND refused"),
                row(
                        "after the wait of the origin",
                        test -> {
                            test.backoffs.landed(personal(), 0, failure(REFUSED), 0);
                            test.cache.passes(1);
                        },
                        "VALUE_API admitted, HTTP_CLIENT admitted, BACKGROUND refused"),
                row(
                        "after an answer",
                        test -> {
                            test.landed(failure(REFUSED));
                            test.landed(ANSWERED);
                        },
                        "VALUE_API admitted, HTTP_CLIENT admitted, BACKGROUND admitted"));
    }

    @ParameterizedTest
    @MethodSource("admissions")
    void one_request_of_each_kind(Row<Consumer<BackoffsTest>> row) {
        row.given().accept(this);
        String value = "VALUE_API " + words(backoffs.admit(by(VALUE_API), cache.clock.now()));
        String client = ", HTTP_CLIENT " + words(backoffs.admit(by(HTTP_CLIENT), cache.clock.now()));
        String background = ", BACKGROUND " + words(backoffs.admit(by(BACKGROUND), cache.clock.now()));
        assertThat(value + client + background).isEqualTo(row.outcome());
    }

    private long probe() {
        return ((Backoffs.Admitted) backoffs.admit(request(), cache.clock.now())).probe();
    }

    private boolean refused() {
        return backoffs.admit(request(), cache.clock.now()) instanceof Backoffs.Refused;
    }

    static Stream<Row<Consumer<BackoffsTest>>> ends() {
        return Stream.of(
                row("it is returned", test -> test.backoffs.returned(request(), test.probed), "admitted"),
                row("it lands without news", test -> test.cache.lands(request(), test.probed, UNCHANGED), "admitted"),
                row("it lands with an answer", test -> test.cache.lands(request(), test.probed, ANSWERED), "admitted"),
                row("it fails", test -> test.cache.lands(request(), test.probed, failure(BROKEN)), "refused"),
                row(
                        "another request is returned",
                        test -> test.backoffs.returned(request(), test.probed - 1),
                        "refused"),
                row(
                        "a client without a probe lands",
                        test -> test.cache.lands(by(HTTP_CLIENT), 0, UNCHANGED),
                        "refused"),
                row("nothing comes of it", test -> {}, "refused"));
    }

    /** The name of the probe that is out. */
    private long probed;

    @ParameterizedTest
    @MethodSource("ends")
    void while_a_probe_is_out_the_next_request_where(Row<Consumer<BackoffsTest>> row) {
        landed(failure(BROKEN));
        cache.passes(1);
        probed = probe();
        row.given().accept(this);
        assertThat(refused() ? "refused" : "admitted").isEqualTo(row.outcome());
    }

    @Test
    void a_probe_that_is_overdue_holds_no_request_back() {
        landed(failure(BROKEN));
        cache.passes(1);
        probed = probe();
        cache.passes(29);
        assertThat(refused()).isTrue();
        cache.passes(1);
        assertThat(probe()).isNotEqualTo(probed);
    }

    @Test
    void a_probe_of_the_url_is_given_back_where_the_origin_refuses() {
        landed(failure(BROKEN));
        cache.passes(1);
        backoffs.landed(personal(), 0, failure(REFUSED), cache.clock.now());
        assertThat(refused()).isTrue();
        backoffs.landed(personal(), 0, ANSWERED, cache.clock.now());
        assertThat(refused()).isFalse();
    }

    @Test
    void a_request_admitted_again_gives_its_probe_back_and_gets_another_name() {
        landed(failure(BROKEN));
        cache.passes(1);
        long first = probe();
        Backoffs.Admission again = backoffs.admitAgain(request(), first, cache.clock.now());
        assertThat(again).isInstanceOf(Backoffs.Admitted.class).isNotEqualTo(new Backoffs.Admitted(first));
        assertThat(refused()).isTrue();
        backoffs.returned(request(), ((Backoffs.Admitted) again).probe());
        assertThat(refused()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(CallerKind.class)
    void a_request_admitted_again_during_a_wait_is_refused_if_its_kind_backs_off(CallerKind kind) {
        landed(failure(BROKEN));
        Backoffs.Admission again = backoffs.admitAgain(by(kind), 5, cache.clock.now());
        assertThat(again instanceof Backoffs.Refused).isEqualTo(kind != HTTP_CLIENT);
    }

    @Test
    void without_a_failure_a_request_admitted_again_keeps_its_name() {
        assertThat(backoffs.admitAgain(request(), 5, 0)).isEqualTo(new Backoffs.Admitted(5));
    }

    @Test
    void backoffs_that_are_off_only_count() {
        Backoffs off = new Backoffs(cache.clock, new BackoffDelay(1, 1), 1, () -> 1);
        off.landed(request(), 0, failure(REFUSED), 0);
        assertThat(off.inForce(request())).isNull();
        assertThat(off.admit(request(), 0)).isInstanceOf(Backoffs.Admitted.class);
        assertThat(off.outlook(request()).consecutiveFailures()).isEqualTo(1);
        assertThat(off.outlook(request()).nextAttempt()).isEmpty();
    }
}
