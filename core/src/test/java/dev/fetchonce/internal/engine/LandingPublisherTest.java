package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Collaborators.REFUSED;
import static dev.fetchonce.internal.engine.Collaborators.failure;
import static dev.fetchonce.internal.engine.Samples.PLAIN;
import static dev.fetchonce.internal.engine.Samples.TARGET;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.internal.engine.Samples.response;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.engine.LandingPlan.Marking;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.GrowingBody;
import dev.fetchonce.internal.origin.LiveBodies;
import dev.fetchonce.internal.origin.StreamingBody;
import dev.fetchonce.testing.Logs;
import dev.fetchonce.testing.Row;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A landing publishes its plan under the flight's lock, and records it afterwards. */
class LandingPublisherTest {
    private static final StoredResponse RESPONSE = response(200, lasting(60));
    private static final FlightOutcome FETCHED = new FlightOutcome.Fetched(RESPONSE, false, Optional.empty());
    private static final BackoffUpdate ANSWERED = new BackoffUpdate.Answered();
    private static final BackoffUpdate UNCHANGED = new BackoffUpdate.Unchanged();
    private static final Change PUT = new Change.Put(PLAIN, fields(), RESPONSE, Revalidation.BY_TAG, 1_000);

    /** A change that no store can apply. */
    private static final Change SPOILT = new Change.Drop(withoutText(), fields());

    private final Logs logs = new Logs();
    private final Collaborators cache = new Collaborators();
    private final LandingPublisher publisher = new LandingPublisher(
            cache.store, Seeds.NONE, cache.passMarkers, cache.backoffs, cache.clock, cache.recorder);
    private final AtomicBoolean counted = new AtomicBoolean();
    private long probe;

    @AfterEach
    void close() {
        logs.close();
    }

    /** Returns a key that makes each change of it throw. */
    private static CacheKey withoutText() {
        return new CacheKey(TARGET.text(), TARGET.text(), null, "");
    }

    private FlightResult<FlightOutcome> landing(LandingPlan plan) {
        return publisher.resultOf(request(), plan, probe, () -> true, counted);
    }

    private FlightResult<FlightOutcome> landing(FlightOutcome outcome) {
        return landing(LandingPlan.of(outcome));
    }

    private void lands(LandingPlan plan) {
        FlightResult<FlightOutcome> result = landing(plan);
        result.publication().run();
        result.afterwards().run();
    }

    private static LandingPlan plan(FlightOutcome outcome, Marking marking, BackoffUpdate backoff, Change... changes) {
        return new LandingPlan(outcome, List.of(changes), marking, backoff);
    }

    private static LandingPlan failing() {
        return plan(new FlightOutcome.Failed(REFUSED), Marking.MARK, failure(REFUSED), PUT);
    }

    private boolean stored() {
        return cache.store.get(PLAIN.text()) != null;
    }

    private boolean marked() {
        return cache.passMarkers.marked(PLAIN.text(), cache.clock.now());
    }

    private boolean backsOff() {
        return cache.outlook(request()) instanceof Outlook.Held;
    }

    /** Takes the probe after a wait; returns whether there was one to take. */
    private boolean takesProbe() {
        Backoffs.Admission admission = cache.backoffs.admit(request().backoffKey(), cache.clock.now());
        probe = admission instanceof Backoffs.Admitted admitted ? admitted.probe() : probe;
        return admission instanceof Backoffs.Admitted;
    }

    private void probes() {
        cache.fails(request());
        cache.passes(1);
        assertThat(takesProbe()).isTrue();
        assertThat(takesProbe()).as("one probe at a time").isFalse();
    }

    @Test
    void the_backoffs_change_first_then_the_responses_then_the_marker() {
        List<String> seen = new ArrayList<>();
        cache.atFailure = () -> seen.add("backoffs; stored: " + stored() + ", marked: " + marked());
        landing(failing()).publication().run();
        assertThat(seen).containsExactly("backoffs; stored: false, marked: false");
        assertThat(stored()).isTrue();
        assertThat(marked()).isTrue();
        assertThat(backsOff()).isTrue();
    }

    @Test
    void nothing_changes_before_the_publication() {
        landing(failing());
        assertThat(stored()).isFalse();
        assertThat(marked()).isFalse();
        assertThat(backsOff()).isFalse();
    }

    @Test
    void the_changes_apply_in_their_order() {
        Change drop = new Change.Drop(PLAIN, fields());
        lands(plan(FETCHED, Marking.KEEP, ANSWERED, PUT, drop));
        assertThat(stored()).isFalse();
        lands(plan(FETCHED, Marking.KEEP, ANSWERED, drop, PUT));
        assertThat(stored()).isTrue();
    }

    @Test
    void where_a_change_throws_the_probe_is_back_the_answer_counts_and_the_marker_stays() {
        probes();
        Runnable publication =
                landing(plan(FETCHED, Marking.MARK, ANSWERED, SPOILT, PUT)).publication();
        assertThatThrownBy(publication::run).isInstanceOf(NullPointerException.class);
        assertThat(takesProbe()).isTrue();
        assertThat(cache.outlook(request())).isEqualTo(new Outlook.Clear());
        assertThat(stored()).isFalse();
        assertThat(marked()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "MARK, without a marker -> marked", "MARK, with a marker -> marked",
                        "CLEAR, without a marker -> not marked",
                "CLEAR, with a marker -> not marked", "KEEP, without a marker -> not marked",
                        "KEEP, with a marker -> marked"
            })
    void the_marker_after(String situation, String outcome) {
        if (situation.endsWith("with a marker")) {
            cache.passMarkers.mark(PLAIN.text(), 0);
        }
        Marking marking = Marking.valueOf(situation.substring(0, situation.indexOf(',')));
        lands(plan(FETCHED, marking, UNCHANGED));
        assertThat(marked() ? "marked" : "not marked").isEqualTo(outcome);
    }

    @Test
    void a_detached_flight_gives_its_probe_back_and_records_nothing() {
        probes();
        landing(plan(FETCHED, Marking.MARK, ANSWERED, PUT)).afterwards().run();
        assertThat(takesProbe()).isTrue();
        assertThat(Troubles.of(cache.outlook(request()), cache.clock)
                        .orElseThrow()
                        .consecutiveFailures())
                .isEqualTo(1);
        assertThat(stored()).isFalse();
        assertThat(marked()).isFalse();
        assertThat(logs.messages(Level.DEBUG)).isEmpty();
    }

    @Test
    void a_published_probe_is_back_before_the_waiters_go_on() {
        probes();
        landing(plan(FETCHED, Marking.KEEP, UNCHANGED)).publication().run();
        assertThat(takesProbe()).isTrue();
    }

    @Test
    void a_landing_that_changes_nothing_reads_no_clock() {
        AtomicBoolean throwing = new AtomicBoolean();
        CacheClock clock = new CacheClock(
                () -> {
                    if (throwing.get()) {
                        throw new IllegalStateException("a clock of the application");
                    }
                    return 0;
                },
                InstantSource.system());
        throwing.set(true);
        LandingPublisher broken =
                new LandingPublisher(cache.store, Seeds.NONE, cache.passMarkers, cache.backoffs, clock, new Recorder());
        FlightResult<FlightOutcome> result =
                broken.resultOf(request(), LandingPlan.of(FETCHED), probe, () -> true, counted);
        result.publication().run();
        result.afterwards().run();
        assertThat(logs.messages(Level.DEBUG)).hasSize(1);
    }

    @Test
    void a_flight_that_is_called_off_gives_its_probe_back_at_once() {
        probes();
        FlightResult<FlightOutcome> result = publisher.calledOff(request(), probe);
        assertThat(takesProbe()).isTrue();
        result.publication().run();
        result.afterwards().run();
        assertThat(Plans.outcome(result.value())).isEqualTo("failed INTERNAL");
        assertThat(cache.recorder.failures()).isEmpty();
        assertThat(logs.messages(Level.DEBUG)).isEmpty();
    }

    @Test
    void a_failure_counts_once_over_several_landings() {
        FlightOutcome closed = new FlightOutcome.Failed(Failure.of(Reason.CLOSED, "closed"));
        landing(failing());
        landing(closed);
        landing(new FlightOutcome.Undecodable(RESPONSE, Failure.of(Reason.UNDECODABLE, "no")));
        assertThat(cache.recorder.failures()).isEqualTo(Map.of(Reason.CONNECT, 1L));
        publisher.resultOf(request(), LandingPlan.of(closed), 0, () -> true, new AtomicBoolean());
        assertThat(cache.recorder.failures()).isEqualTo(Map.of(Reason.CONNECT, 1L, Reason.CLOSED, 1L));
    }

    static Stream<Row<FlightOutcome>> outcomes() {
        ExchangeResult.Live live = live(LiveBodies.live(() -> {}));
        Failure undecodable = Failure.of(Reason.UNDECODABLE, "no");
        return Stream.of(
                row("a response", FETCHED, "revalidated: 0, failures: {}, works again"),
                row(
                        "a renewed response",
                        new FlightOutcome.Fetched(RESPONSE, true, Optional.empty()),
                        "revalidated: 1, failures: {}, works again"),
                row(
                        "a streamed response",
                        new FlightOutcome.Streaming(live, Obstacle.TOO_LARGE),
                        "revalidated: 0, failures: {}, works again"),
                row("a growing response", new FlightOutcome.Growing(live), "revalidated: 0, failures: {}"),
                row("an outgrown response", new FlightOutcome.Outgrown(200), "revalidated: 0, failures: {}"),
                row("a stored response", new FlightOutcome.AlreadyStored(RESPONSE), "revalidated: 0, failures: {}"),
                row("another key", new FlightOutcome.Rekeyed(), "revalidated: 0, failures: {}"),
                row("another flight before", new FlightOutcome.Overtaken(), "revalidated: 0, failures: {}"),
                row("a failure", new FlightOutcome.Failed(REFUSED), "revalidated: 0, failures: {CONNECT=1}"),
                row(
                        "a response of another type",
                        new FlightOutcome.Undecodable(RESPONSE, undecodable),
                        "revalidated: 0, failures: {UNDECODABLE=1}"));
    }

    /** Code of the application works again after a response: its next failure is logged anew. */
    @ParameterizedTest
    @MethodSource("outcomes")
    void the_counts_before_the_publication_of(Row<FlightOutcome> row) {
        Failure fault = Failure.threw(Reason.APPLICATION, "spoilt", new IllegalStateException("spoilt"));
        cache.recorder.userCodeFailed(request(), fault);
        landing(row.given());
        cache.recorder.userCodeFailed(request(), fault);
        assertThat("revalidated: " + cache.recorder.revalidated() + ", failures: " + cache.recorder.failures()
                        + (logs.warnings().size() == 2 ? ", works again" : ""))
                .isEqualTo(row.outcome());
    }

    @Test
    void the_numbers_of_the_landings_grow_in_the_order_of_the_publications() {
        FlightResult<FlightOutcome> second = landing(FETCHED);
        FlightResult<FlightOutcome> detached = landing(FETCHED);
        FlightResult<FlightOutcome> first = landing(FETCHED);
        first.publication().run();
        second.publication().run();
        second.afterwards().run();
        detached.afterwards().run();
        first.afterwards().run();
        assertThat(logs.messages(Level.DEBUG))
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("landing 2", "landing 1");
    }

    private static ExchangeResult.Live live(StreamingBody body) {
        return new ExchangeResult.Live(200, fields(), ConnectionInfo.PLAIN, body);
    }

    private FlightResult<FlightOutcome> landing(FlightOutcome outcome, boolean leaderLeft) {
        return publisher.resultOf(request(), LandingPlan.of(outcome), 0, () -> leaderLeft, counted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "a streamed body whose leader has left -> given up",
                "a streamed body that its leader reads -> left alone",
                "a streamed body that its leader read before it left -> left alone",
                "a growing body whose leader has left -> given up",
                "a growing body that its leader reads -> left alone"
            })
    void after_the_landing(String situation, String outcome) {
        GrowingBody growing = LiveBodies.growing(() -> {});
        boolean streams = situation.startsWith("a streamed body");
        StreamingBody body = streams ? LiveBodies.live(() -> {}) : LiveBodies.reader(growing);
        boolean read = !situation.contains("whose leader");
        if (read) {
            assertThat(body.claim()).isPresent();
        }
        FlightOutcome live = streams
                ? new FlightOutcome.Streaming(live(body), Obstacle.TOO_LARGE)
                : new FlightOutcome.Growing(live(body));
        FlightResult<FlightOutcome> result = landing(live, situation.contains(" left"));
        result.publication().run();
        result.afterwards().run();
        boolean givenUp = !read && body.claim().isEmpty();
        assertThat(givenUp ? "given up" : "left alone").isEqualTo(outcome);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_live_body_is_open_until_the_waiters_go_on(boolean detached) {
        AtomicBoolean closed = new AtomicBoolean();
        StreamingBody body = LiveBodies.live(() -> closed.set(true));
        FlightResult<FlightOutcome> result = landing(new FlightOutcome.Streaming(live(body), Obstacle.TOO_LARGE), true);
        if (!detached) {
            result.publication().run();
        }
        assertThat(closed).isFalse();
        result.afterwards().run();
        assertThat(closed).isTrue();
    }

    @Test
    void a_live_body_of_a_leader_that_has_not_left_is_given_up_at_an_interrupt() {
        StreamingBody body = LiveBodies.live(() -> {});
        FlightResult<FlightOutcome> result =
                landing(new FlightOutcome.Streaming(live(body), Obstacle.TOO_LARGE), false);
        Thread.currentThread().interrupt();
        result.afterwards().run();
        assertThat(Thread.interrupted())
                .as("the wait leaves the interrupt pending")
                .isTrue();
        assertThat(body.claim()).isEmpty();
    }
}
