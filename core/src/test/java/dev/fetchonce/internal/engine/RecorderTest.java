package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.response;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.engine.LandingPlan.Marking;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.LiveBodies;
import dev.fetchonce.testing.Logs;
import dev.fetchonce.testing.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The log lines of landings, each shortened to its level and the words that tell it apart. */
class RecorderTest {
    private static final StoredResponse RESPONSE = response(200, lasting(60));
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "h refused");
    private static final Failure OUTAGE = Failure.of(503, "h answered with status 503");
    private static final BackoffUpdate ANSWERED = new BackoffUpdate.Answered();
    private static final BackoffUpdate UNCHANGED = new BackoffUpdate.Unchanged();

    private final Logs logs = new Logs();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void close() {
        logs.close();
    }

    /** One landing, with the effects of its publication. */
    private record Landed(LandingPlan plan, @Nullable BackoffState backoff, boolean fits) {
        Landed failing(int failures) {
            return new Landed(plan, new BackoffState(failures, 0, REFUSED, new BackoffState.Counting()), fits);
        }

        Landed tooHeavy() {
            return new Landed(plan, backoff, false);
        }
    }

    private static Landed landed(FlightOutcome outcome, BackoffUpdate backoff) {
        return new Landed(new LandingPlan(outcome, List.of(), Marking.KEEP, backoff), null, true);
    }

    private static Landed stored() {
        return landed(new FlightOutcome.Fetched(RESPONSE, false, Optional.empty()), ANSWERED);
    }

    private static Landed unstored(Obstacle why) {
        return landed(new FlightOutcome.Fetched(RESPONSE, false, Optional.of(why)), ANSWERED);
    }

    private static Landed failed(Failure failure, boolean covered, boolean standsBy) {
        return landed(
                new FlightOutcome.Failed(failure),
                new BackoffUpdate.Failed(failure, covered, OptionalLong.empty(), standsBy));
    }

    private static Landed answered(int status, @Nullable Obstacle why) {
        Failure failure = Failure.of(status, "no");
        return landed(
                new FlightOutcome.Failed(failure, response(status, lasting(60)), Optional.ofNullable(why)),
                new BackoffUpdate.Failed(failure, false, OptionalLong.empty(), false));
    }

    private static ExchangeResult.Live live() {
        return new ExchangeResult.Live(200, fields(), ConnectionInfo.PLAIN, LiveBodies.live(() -> {}));
    }

    static Stream<Row<List<Landed>>> landings() {
        Failure undecodable = Failure.of(Reason.UNDECODABLE, "no");
        return Stream.of(
                row("a stored response", List.of(stored()), ""),
                row("a response that says no-store", List.of(unstored(Obstacle.NO_STORE)), "it says no-store"),
                row(
                        "two responses that say no-store",
                        List.of(unstored(Obstacle.NO_STORE), unstored(Obstacle.NO_STORE)),
                        "it says no-store"),
                row(
                        "two responses with two obstacles",
                        List.of(unstored(Obstacle.NO_STORE), unstored(Obstacle.VARY), unstored(Obstacle.NO_STORE)),
                        "it says no-store; WARN its Vary matches no request"),
                row(
                        "a stored response between two that say no-store",
                        List.of(unstored(Obstacle.NO_STORE), stored(), unstored(Obstacle.NO_STORE)),
                        "it says no-store; it says no-store"),
                row(
                        "a failure between two responses that say no-store",
                        List.of(unstored(Obstacle.NO_STORE), failed(REFUSED, true, false), unstored(Obstacle.NO_STORE)),
                        "it says no-store"),
                row("a response of another type", List.of(unstored(Obstacle.UNDECODABLE)), ""),
                row(
                        "a response too heavy for the store",
                        List.of(stored().tooHeavy()),
                        "WARN it takes more than the whole cache, with its decoded values (maximumBytes)"),
                row(
                        "two responses too heavy for the store",
                        List.of(stored().tooHeavy(), stored().tooHeavy()),
                        "WARN it takes more than the whole cache, with its decoded values (maximumBytes)"),
                row(
                        "a response that says no-store, and a store that is too small",
                        List.of(unstored(Obstacle.NO_STORE).tooHeavy()),
                        "it says no-store"),
                row(
                        "a streamed response",
                        List.of(landed(new FlightOutcome.Streaming(live(), Obstacle.TOO_LARGE), ANSWERED)),
                        "its body is longer than maximumBodyBytes"),
                row(
                        "an outgrown response",
                        List.of(landed(new FlightOutcome.Outgrown(200), UNCHANGED)),
                        "its body is longer than maximumBodyBytes"),
                row(
                        "the first failure with a stored response",
                        List.of(failed(REFUSED, true, true).failing(1)),
                        "WARN http://h: stale responses stand in (CONNECT): h refused; the next call may send a request"),
                row(
                        "two failures with a stored response",
                        List.of(
                                failed(REFUSED, true, true).failing(1),
                                failed(REFUSED, true, true).failing(2)),
                        "WARN http://h: stale responses stand in (CONNECT): h refused; the next call may send a request"),
                row(
                        "the first failure without a stored response",
                        List.of(failed(REFUSED, true, false).failing(1)),
                        ""),
                row(
                        "the first failure that is not covered",
                        List.of(failed(OUTAGE, false, true).failing(1)),
                        ""),
                row(
                        "an answer after a failure",
                        List.of(failed(REFUSED, true, true), stored()),
                        "WARN http://h: stale responses stand in (CONNECT): h refused; the next call may send a"
                                + " request; http://h answers again after 0 s"),
                row(
                        "an answer that is not stored after a failure",
                        List.of(failed(OUTAGE, true, true), unstored(Obstacle.NO_STORE)),
                        "WARN http://h: stale responses stand in (STATUS): h answered with status 503; the next call"
                                + " may send a request; http://h/a answers again after 0 s; it says no-store"),
                row(
                        "a growing answer after a failure",
                        List.of(failed(OUTAGE, true, true), landed(new FlightOutcome.Growing(live()), ANSWERED)),
                        "WARN http://h: stale responses stand in (STATUS): h answered with status 503; the next call"
                                + " may send a request; http://h/a answers again after 0 s"),
                row(
                        "a 401 after a failure",
                        List.of(failed(OUTAGE, true, true), answered(401, Obstacle.FAILURE)),
                        "WARN http://h: stale responses stand in (STATUS): h answered with status 503; the next call"
                                + " may send a request; http://h/a answers again after 0 s"),
                row("a 401 of one user", List.of(answered(401, Obstacle.FAILURE)), ""),
                row(
                        "a 404 that the application counts as an outage",
                        List.of(failed(Failure.of(404, "gone"), true, true)),
                        "WARN http://h: stale responses stand in (STATUS): gone; the next call may send a request"),
                row("the end of the cache", List.of(failed(Failure.of(Reason.CLOSED, "closed"), false, true)), ""),
                row("a growing outage", List.of(landed(new FlightOutcome.Growing(live()), UNCHANGED)), ""),
                row("a 404 that is remembered", List.of(answered(404, null)), ""),
                row(
                        "a 404 too heavy for the store",
                        List.of(answered(404, null).tooHeavy()),
                        "WARN it takes more than the whole cache, with its decoded values (maximumBytes)"),
                row("a 404 that says no-store", List.of(answered(404, Obstacle.NO_STORE)), "it says no-store"),
                row("a 404 that is a failure", List.of(answered(404, Obstacle.FAILURE)), ""),
                row("an outage that says no-store", List.of(answered(503, Obstacle.NO_STORE)), ""),
                row(
                        "an outage too heavy for the store",
                        List.of(answered(503, null).tooHeavy()),
                        ""),
                row(
                        "the first response of another type with a stored response",
                        List.of(landed(
                                        new FlightOutcome.Undecodable(RESPONSE, undecodable),
                                        Collaborators.failure(undecodable))
                                .failing(1)),
                        "WARN http://h: stale responses stand in (UNDECODABLE): no; the next call may send a request"),
                row(
                        "no request at all",
                        List.of(
                                landed(new FlightOutcome.AlreadyStored(RESPONSE), UNCHANGED),
                                landed(new FlightOutcome.Rekeyed(), UNCHANGED),
                                landed(new FlightOutcome.Overtaken(), UNCHANGED),
                                landed(
                                        new FlightOutcome.BackedOff(new Outlook.Held(
                                                new BackoffState(1, 0, REFUSED, new BackoffState.Counting()), 1)),
                                        UNCHANGED)),
                        ""));
    }

    private void record(Landed landed) {
        recorder.landed(
                Samples.request(),
                landed.plan(),
                new LandingPublisher.Published(7, 0, landed.backoff(), landed.fits()),
                Optional.empty());
    }

    @ParameterizedTest
    @MethodSource("landings")
    void the_log_after(Row<List<Landed>> row) {
        row.given().forEach(this::record);
        List<String> lines = new ArrayList<>();
        for (String line : logs.messages(Level.INFO)) {
            String words = line.replace("the response of http://h/a was not stored: ", "");
            lines.add(logs.warnings().contains(line) ? "WARN " + words : words);
        }
        assertThat(String.join("; ", lines)).isEqualTo(row.outcome());
    }

    @ParameterizedTest
    @EnumSource(Obstacle.class)
    void each_obstacle_is_logged_once_as_a_warning_where_it_is_unintended(Obstacle why) {
        record(unstored(why));
        record(unstored(why));
        boolean named = why == Obstacle.FAILURE || why == Obstacle.UNDECODABLE;
        assertThat(logs.messages(Level.INFO)).hasSize(named ? 0 : 1);
        assertThat(logs.warnings()).hasSize(why.unintended() ? 1 : 0);
    }

    @Test
    void an_obstacle_is_logged_again_after_a_failure_was_stored() {
        record(unstored(Obstacle.NO_STORE));
        record(answered(404, null));
        record(unstored(Obstacle.NO_STORE));
        assertThat(logs.messages(Level.INFO)).hasSize(2);
    }

    @Test
    void each_landing_has_one_line_for_debugging() {
        record(stored());
        record(unstored(Obstacle.UNDECODABLE));
        record(failed(REFUSED, true, true).failing(2));
        record(failed(REFUSED, true, true));
        record(landed(new FlightOutcome.Growing(live()), ANSWERED));
        assertThat(logs.messages(Level.DEBUG))
                .filteredOn(line -> line.startsWith("landing"))
                .containsExactly(
                        "landing 7: fetched http://h/a status=200 renewed=false stored=true",
                        "landing 7: fetched http://h/a status=200 renewed=false stored=false",
                        "landing 7: http://h/a failed reason=CONNECT failures=2",
                        "landing 7: http://h/a failed reason=CONNECT failures=0");
    }

    @Test
    void each_count_has_its_own_event() {
        recorder.hit(Served.HIT);
        recorder.hit(Served.STALE);
        recorder.missed();
        recorder.joined(true);
        recorder.joined(false);
        recorder.servedStale(Served.STALE_ERROR);
        recorder.held();
        recorder.sent();
        recorder.callFailed("http://h", Reason.PATIENCE);
        recorder.fetched(Samples.request(), true);
        recorder.fetched(Samples.request(), false);
        recorder.fetchFailed(Samples.request(), REFUSED);
        recorder.queued(10);
        recorder.queued(30);
        recorder.exchanged(5);
        assertThat(List.of(
                        recorder.hits(),
                        recorder.misses(),
                        recorder.collapsed(),
                        recorder.heldByBackoff(),
                        recorder.requestsSent(),
                        recorder.revalidated()))
                .containsExactly(2L, 2L, 1L, 1L, 1L, 1L);
        assertThat(recorder.stale()).isEqualTo(Map.of(Served.STALE, 1L, Served.STALE_ERROR, 1L));
        assertThat(recorder.failuresByOrigin()).isEqualTo(Map.of("http://h", 2L));
        assertThat(recorder.failures()).isEqualTo(Map.of(Reason.PATIENCE, 1L, Reason.CONNECT, 1L));
        assertThat(recorder.queues().mean()).isEqualTo(Duration.ofNanos(20));
        assertThat(recorder.queues().longest()).isEqualTo(Duration.ofNanos(30));
        assertThat(recorder.loads().mean()).isEqualTo(Duration.ofNanos(5));
    }
}
