package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.CallerKind.BACKOFF_CLIENT;
import static dev.fetchonce.internal.engine.CallerKind.HTTP_CLIENT;
import static dev.fetchonce.internal.engine.Collaborators.REFUSED;
import static dev.fetchonce.internal.engine.Samples.NOON;
import static dev.fetchonce.internal.engine.Samples.SECOND;
import static dev.fetchonce.internal.engine.Samples.by;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.internal.engine.Samples.response;
import static dev.fetchonce.internal.engine.Samples.to;
import static dev.fetchonce.internal.engine.Samples.wanting;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.stored.Validity.Placement.PARTITION;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.NEVER;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.WHILE_FRESH;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.AbandonPolicy;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.FlightWork;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.LiveBodies;
import dev.fetchonce.testing.Logs;
import dev.fetchonce.testing.Row;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The answer of each caller: its kind, how it was served, and the words of its Cache-Status. */
class ResponderTest {
    private static final StoredResponse FRESH = response(200, lasting(60), "Set-Cookie", "a=b");
    private static final StoredResponse FOR_ONE = response(200, lasting(60, NEVER, PARTITION));
    private static final StoredResponse STALE = response(200, lasting(-5));
    private static final StoredResponse TOO_STALE = response(200, lasting(-105));
    private static final StoredResponse GERMAN = to(fields("Accept", "de"), lasting(60), "Vary", "Accept");
    private static final StoredResponse CODED = response(200, lasting(60), "Content-Encoding", "br");
    private static final StoredResponse GONE = response(404, lasting(60));
    private static final StoredResponse OUTAGE = response(503, lasting(0));

    private final Logs logs = new Logs();
    private final Collaborators cache = new Collaborators();
    private final FlightTable<FlightKey, FlightOutcome> flights =
            new FlightTable<>(Duration.ofMinutes(1), 100, AbandonPolicy.LANDS, fault -> {});
    private final Flight<FlightOutcome> flight = flights.fly(FlightKey.of(request(), HTTP_CLIENT, null), new Unsent());
    private CachePolicy policy = Samples.http();
    private @Nullable StoredResponse standing;

    /** Work whose flight gets no thread. */
    private static final class Unsent implements FlightWork<FlightOutcome> {
        @Override
        public @Nullable FlightOutcome secondLook() {
            return null;
        }

        @Override
        public void begin(Flight<FlightOutcome> me, Start start) {
            // its flight stays where the test puts it
        }

        @Override
        public FlightResult<FlightOutcome> run(Flight<FlightOutcome> me) {
            throw new AssertionError("the flight has no thread");
        }

        @Override
        public FlightResult<FlightOutcome> describeFailure(Throwable why) {
            return FlightResult.of(new FlightOutcome.Failed(Failure.of(Reason.CLOSED, "closed")));
        }
    }

    @BeforeEach
    void send() {
        flight.recordSent();
    }

    @AfterEach
    void close() {
        logs.close();
        assertThat(flights.close(Duration.ofMinutes(1))).isTrue();
    }

    private Responder responder() {
        return new Responder(policy, 6, cache.store, cache.backoffs, cache.clock, cache.recorder);
    }

    private FlightMembership membership(boolean leader) {
        return new FlightMembership(flight, leader, standing, ForwardReason.STALE);
    }

    /** Returns the answer to a caller that asked before the request was sent. */
    private Optional<Answer> of(CacheRequest request, boolean leader, FlightOutcome outcome) {
        return responder().of(request, membership(leader), outcome, System.nanoTime() - 3_600_000_000_000L);
    }

    private static String words(Optional<Answer> answer) {
        return answer.map(ResponderTest::words).orElse("asks again");
    }

    private static String words(Answer answer) {
        return switch (answer) {
            case Answer.Response response ->
                response.served() + " " + response.response().status() + " "
                        + response.status().text().replace("c; ", "");
            case Answer.Streaming streaming ->
                "STREAMING " + streaming.code() + " "
                        + streaming.status().text().replace("c; ", "");
            case Answer.Held held -> "HELD " + held.failure().reason();
            case Answer.Failed failed ->
                "FAILED " + failed.failure().reason()
                        + (failed.answered() == null ? "" : " after " + words(failed.answered()));
        };
    }

    /** A caller of one outcome. */
    private interface Caller extends Function<ResponderTest, Optional<Answer>> {}

    private static Caller leader(FlightOutcome outcome) {
        return leader(request(), null, outcome);
    }

    private static Caller waiter(FlightOutcome outcome) {
        return waiter(request(), null, outcome);
    }

    private static Caller leader(CacheRequest request, @Nullable StoredResponse standing, FlightOutcome outcome) {
        return test -> {
            test.standing = standing;
            return test.of(request, true, outcome);
        };
    }

    private static Caller waiter(CacheRequest request, @Nullable StoredResponse standing, FlightOutcome outcome) {
        return test -> {
            test.standing = standing;
            return test.of(request, false, outcome);
        };
    }

    private static FlightOutcome fetched(StoredResponse response) {
        return new FlightOutcome.Fetched(response, false, Optional.empty());
    }

    private static FlightOutcome renewed(StoredResponse response) {
        return new FlightOutcome.Fetched(response, true, Optional.empty());
    }

    private static FlightOutcome unstored(StoredResponse response) {
        return new FlightOutcome.Fetched(response, false, Optional.of(Obstacle.NO_STORE));
    }

    private static FlightOutcome failed(Failure failure) {
        return new FlightOutcome.Failed(failure);
    }

    private static FlightOutcome outage() {
        return new FlightOutcome.Failed(Failure.of(503, "no"), OUTAGE, Optional.of(Obstacle.NO_STORE));
    }

    private static FlightOutcome gone(StoredResponse answered) {
        return new FlightOutcome.Failed(Failure.of(404, "no"), answered, Optional.empty());
    }

    private static FlightOutcome undecodable(StoredResponse response) {
        return new FlightOutcome.Undecodable(response, Failure.of(Reason.UNDECODABLE, "no"));
    }

    private static FlightOutcome backedOff() {
        return new FlightOutcome.BackedOff(
                new Outlook.Held(new BackoffState(2, 0, REFUSED, new BackoffState.Waiting(1, false)), 1));
    }

    private static ExchangeResult.Live live() {
        return new ExchangeResult.Live(200, fields(), ConnectionInfo.PLAIN, LiveBodies.live(() -> {}));
    }

    private static CacheRequest reload() {
        return request("Cache-Control", "no-cache");
    }

    static Stream<Row<Caller>> responses() {
        String stored = "fwd=stale; fwd-status=200; stored; ttl=60";
        String shared = "fwd=stale; fwd-status=200; stored; collapsed; ttl=60";
        FlightOutcome found = new FlightOutcome.AlreadyStored(FRESH);
        return Stream.of(
                row("the leader of a response", leader(fetched(FRESH)), "FETCHED 200 " + stored),
                row("a waiter of a response", waiter(fetched(FRESH)), "COLLAPSED 200 " + shared),
                row(
                        "the leader of a renewed response",
                        leader(renewed(FRESH)),
                        "REVALIDATED 200 fwd=stale; fwd-status=304; stored; ttl=60"),
                row(
                        "a waiter of a renewed response",
                        waiter(renewed(FRESH)),
                        "COLLAPSED 200 fwd=stale; fwd-status=304; stored; collapsed; ttl=60"),
                row(
                        "the leader of a response that is not stored",
                        leader(unstored(FRESH)),
                        "FETCHED 200 fwd=stale; fwd-status=200; ttl=60; detail=no-store"),
                row(
                        "a waiter of a response that is not stored",
                        waiter(unstored(FRESH)),
                        "COLLAPSED 200 fwd=stale; fwd-status=200; collapsed; ttl=60; detail=no-store"),
                row("the leader of a response for one caller", leader(fetched(FOR_ONE)), "FETCHED 200 " + stored),
                row("a waiter of a response for one caller", waiter(fetched(FOR_ONE)), "asks again"),
                row("the leader of a variant of another request", leader(fetched(GERMAN)), "FETCHED 200 " + stored),
                row("a waiter of a variant of another request", waiter(fetched(GERMAN)), "asks again"),
                row(
                        "a waiter of a variant of its own request",
                        waiter(request("Accept", "de"), null, fetched(GERMAN)),
                        "COLLAPSED 200 " + shared),
                row("the leader of a response in an unknown coding", leader(fetched(CODED)), "FAILED PROTOCOL"),
                row(
                        "a client that leads a response in an unknown coding",
                        leader(by(HTTP_CLIENT), null, fetched(CODED)),
                        "FETCHED 200 " + stored),
                row(
                        "a waiter with a stale response of a fresh one",
                        waiter(request(), STALE, fetched(FRESH)),
                        "COLLAPSED 200 " + shared),
                row("a leader that reloads", leader(reload(), null, fetched(FRESH)), "FETCHED 200 " + stored),
                row("a waiter that reloads", waiter(reload(), null, fetched(FRESH)), "COLLAPSED 200 " + shared),
                row("the leader of a response stored before", leader(found), "HIT 200 hit; ttl=60"),
                row("a waiter of a response stored before", waiter(found), "asks again"),
                row("a leader that reloads, of a response stored before", leader(reload(), null, found), "asks again"),
                row(
                        "the leader of a failure stored before",
                        leader(new FlightOutcome.AlreadyStored(GONE)),
                        "FAILED STATUS after HIT 404 hit; ttl=60"),
                row(
                        "the leader of a stored response in an unknown coding",
                        leader(new FlightOutcome.AlreadyStored(CODED)),
                        "FAILED PROTOCOL"),
                row(
                        "the leader of a streamed response",
                        leader(new FlightOutcome.Streaming(live(), Obstacle.TOO_LARGE)),
                        "STREAMING 200 fwd=stale; fwd-status=200; detail=too-large"),
                row(
                        "a waiter of a streamed response",
                        waiter(new FlightOutcome.Streaming(live(), Obstacle.TOO_LARGE)),
                        "asks again"),
                row(
                        "the leader of a growing response",
                        leader(new FlightOutcome.Growing(live())),
                        "STREAMING 200 fwd=stale; fwd-status=200"),
                row("a waiter of a growing response", waiter(new FlightOutcome.Growing(live())), "asks again"),
                row("the leader of an outgrown response", leader(new FlightOutcome.Outgrown(200)), "asks again"),
                row("a waiter of an outgrown response", waiter(new FlightOutcome.Outgrown(200)), "asks again"),
                row("the leader of a rekeyed fetch", leader(new FlightOutcome.Rekeyed()), "asks again"),
                row("a waiter of a rekeyed fetch", waiter(new FlightOutcome.Rekeyed()), "asks again"),
                row("the leader of an overtaken fetch", leader(new FlightOutcome.Overtaken()), "asks again"),
                row("a waiter of an overtaken fetch", waiter(new FlightOutcome.Overtaken()), "asks again"));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void after_a_response(Row<Caller> row) {
        assertThat(words(row.given().apply(this))).isEqualTo(row.outcome());
        assertThat(cache.recorder.stale()).isEmpty();
    }

    static Stream<Row<Caller>> failures() {
        Failure closed = Failure.of(Reason.CLOSED, "closed");
        Failure timeout = Failure.of(Reason.TIMEOUT, "late");
        String stale = "STALE_ERROR 200 fwd=stale; ttl=-5; detail=connect";
        String collapsed = "STALE_ERROR 200 fwd=stale; collapsed; ttl=-5; detail=connect";
        CacheRequest tolerant = request("Cache-Control", "stale-if-error=200");
        CacheRequest tree = wanting(JsonNode.class);
        return Stream.of(
                row("the leader", leader(failed(REFUSED)), "FAILED CONNECT"),
                row("a waiter", waiter(failed(REFUSED)), "FAILED CONNECT"),
                row("the leader with a stale response", leader(request(), STALE, failed(REFUSED)), stale),
                row("a waiter with a stale response", waiter(request(), STALE, failed(REFUSED)), collapsed),
                row(
                        "the leader with a response that is too stale",
                        leader(request(), TOO_STALE, failed(REFUSED)),
                        "FAILED CONNECT"),
                row(
                        "a tolerant leader with a response that is too stale",
                        leader(tolerant, TOO_STALE, failed(REFUSED)),
                        "STALE_ERROR 200 fwd=stale; ttl=-105; detail=connect"),
                row("a leader that reloads", leader(reload(), STALE, failed(REFUSED)), "FAILED CONNECT"),
                row("the leader with a stored failure", leader(request(), GONE, failed(REFUSED)), "FAILED CONNECT"),
                row(
                        "the leader with a response in an unknown coding",
                        leader(request(), CODED, failed(REFUSED)),
                        "FAILED CONNECT"),
                row(
                        "a client with a response in an unknown coding",
                        leader(by(HTTP_CLIENT), CODED, failed(REFUSED)),
                        "STALE_ERROR 200 fwd=stale; ttl=60; detail=connect"),
                row("the leader in a closed cache", leader(request(), STALE, failed(closed)), "FAILED CLOSED"),
                row(
                        "the leader of an outage",
                        leader(outage()),
                        "FAILED STATUS after FETCHED 503 fwd=stale; fwd-status=503; ttl=0; detail=no-store"),
                row(
                        "a waiter of an outage",
                        waiter(outage()),
                        "FAILED STATUS after COLLAPSED 503 fwd=stale; fwd-status=503; collapsed; ttl=0; detail=no-store"),
                row(
                        "the leader of an outage with a stale response",
                        leader(request(), STALE, outage()),
                        "STALE_ERROR 200 fwd=stale; fwd-status=503; ttl=-5; detail=status"),
                row(
                        "the leader of a 404 with a stale response",
                        leader(request(), STALE, gone(GONE)),
                        "FAILED STATUS after FETCHED 404 fwd=stale; fwd-status=404; stored; ttl=60"),
                row(
                        "a waiter of a 404",
                        waiter(gone(GONE)),
                        "FAILED STATUS after COLLAPSED 404 fwd=stale; fwd-status=404; stored; collapsed; ttl=60"),
                row(
                        "a waiter of a 404 for one caller",
                        waiter(gone(response(404, lasting(60, NEVER, PARTITION)))),
                        "asks again"),
                row(
                        "the leader of a 404 for one caller",
                        leader(gone(response(404, lasting(60, NEVER, PARTITION)))),
                        "FAILED STATUS after FETCHED 404 fwd=stale; fwd-status=404; stored; ttl=60"),
                row("a waiter of a timeout that backs off", waiter(failed(timeout)), "FAILED TIMEOUT"),
                row("a client and another's timeout", waiter(by(HTTP_CLIENT), null, failed(timeout)), "asks again"),
                row("as that, with a backoff", waiter(by(BACKOFF_CLIENT), null, failed(timeout)), "asks again"),
                row(
                        "a leader for the bytes of no JSON",
                        leader(undecodable(FRESH)),
                        "FETCHED 200 fwd=stale; fwd-status=200; ttl=60; detail=undecodable"),
                row(
                        "a waiter for the bytes of no JSON",
                        waiter(request(), STALE, undecodable(FRESH)),
                        "COLLAPSED 200 fwd=stale; fwd-status=200; collapsed; ttl=60; detail=undecodable"),
                row("a leader for the tree of no JSON", leader(tree, null, undecodable(FRESH)), "FAILED UNDECODABLE"),
                row("a waiter for the tree of no JSON", waiter(tree, null, undecodable(FRESH)), "FAILED UNDECODABLE"),
                row(
                        "a leader for the tree of no JSON with a stale response",
                        leader(tree, STALE, undecodable(FRESH)),
                        "STALE_ERROR 200 fwd=stale; ttl=-5; detail=undecodable"),
                row("as that, where it is for one caller", waiter(tree, STALE, undecodable(FOR_ONE)), "asks again"),
                row("the leader of a backoff", leader(backedOff()), "HELD CONNECT"),
                row("a waiter of a backoff", waiter(backedOff()), "HELD CONNECT"),
                row("a client with a backoff", waiter(by(BACKOFF_CLIENT), null, backedOff()), "HELD CONNECT"),
                row("a client without one", waiter(by(HTTP_CLIENT), null, backedOff()), "asks again"),
                row(
                        "the leader of a backoff with a stale response",
                        leader(request(), STALE, backedOff()),
                        "STALE_BACKOFF 200 hit; ttl=-5; detail=backoff"),
                row(
                        "a waiter of a backoff with a stale response",
                        waiter(request(), STALE, backedOff()),
                        "STALE_BACKOFF 200 hit; ttl=-5; detail=backoff"),
                row("a leader of a backoff that reloads", leader(reload(), STALE, backedOff()), "HELD CONNECT"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void after_a_failure(Row<Caller> row) {
        assertThat(words(row.given().apply(this))).isEqualTo(row.outcome());
        assertThat(cache.recorder.stale()).hasSize(row.outcome().startsWith("STALE") ? 1 : 0);
        assertThat(cache.recorder.failures()).as("the flight counts them").isEmpty();
    }

    static Stream<Row<Function<ResponderTest, Answer>>> early() {
        return Stream.of(
                row("a fetch in preparation", test -> test.impatient(null), "FAILED PATIENCE"),
                row(
                        "a fetch in the queue",
                        test -> {
                            test.flight.toQueued();
                            return test.impatient(null);
                        },
                        "FAILED BUSY"),
                row(
                        "a fetch under way",
                        test -> {
                            test.flight.toRunning(Deadline.never());
                            return test.impatient(null);
                        },
                        "FAILED PATIENCE"),
                row(
                        "a fetch in preparation, and a stale response",
                        test -> test.impatient(STALE),
                        "STALE_PATIENCE 200 fwd=stale; collapsed; ttl=-5; detail=patience"),
                row(
                        "a fetch in the queue, and a stale response",
                        test -> {
                            test.flight.toQueued();
                            return test.impatient(STALE);
                        },
                        "STALE_PATIENCE 200 fwd=stale; collapsed; ttl=-5; detail=busy"),
                row(
                        "too many waiters",
                        test -> test.responder().tooManyWaiters(request(), null),
                        "FAILED TOO_MANY_WAITERS"),
                row(
                        "too many waiters, and a stale response",
                        test -> test.responder().tooManyWaiters(request(), STALE),
                        "STALE_PATIENCE 200 hit; ttl=-5; detail=too-many-waiters"));
    }

    private Answer impatient(@Nullable StoredResponse stored) {
        standing = stored;
        return responder().impatient(request(), membership(false));
    }

    @ParameterizedTest
    @MethodSource("early")
    void before_the_end_of(Row<Function<ResponderTest, Answer>> row) {
        Answer answer = row.given().apply(this);
        assertThat(words(answer)).isEqualTo(row.outcome());
        assertThat(cache.recorder.failures())
                .isEqualTo(
                        answer instanceof Answer.Failed failed
                                ? Map.of(failed.failure().reason(), 1L)
                                : Map.of());
    }

    static Stream<Row<Function<ResponderTest, Answer>>> without() {
        Failure redirected = Failure.of(Reason.CONNECT, "no");
        return Stream.of(
                row("a fresh response", test -> test.atOnce(FRESH), "HIT 200 hit; ttl=60"),
                row("a stale response", test -> test.atOnce(STALE), "STALE_WHILE_REVALIDATE 200 hit; ttl=-5"),
                row("a fresh failure", test -> test.atOnce(GONE), "FAILED STATUS after HIT 404 hit; ttl=60"),
                row("only-if-cached", test -> test.responder().declined(request()), "FAILED STATUS"),
                row(
                        "a redirect that led to a failure",
                        test -> test.responder().standIn(request(), redirected),
                        "FAILED CONNECT"),
                row(
                        "a redirect that led to a failure, before a stale response",
                        test -> {
                            test.cache.stores(request(), STALE);
                            test.cache.stores(request(), response(301, lasting(60), "Location", "/b"));
                            return test.responder().standIn(request(), redirected);
                        },
                        "STALE_ERROR 200 fwd=stale; ttl=-5"),
                row(
                        "a redirect that took too long, before a stale response",
                        test -> {
                            test.cache.stores(request(), STALE);
                            return test.responder().standIn(request(), Failure.of(Reason.BUSY, "no"));
                        },
                        "STALE_PATIENCE 200 fwd=stale; ttl=-5"));
    }

    private Answer atOnce(StoredResponse stored) {
        return responder().atOnce(request(), stored, Served.STALE_WHILE_REVALIDATE, cache.clock.now());
    }

    @ParameterizedTest
    @MethodSource("without")
    void without_a_fetch(Row<Function<ResponderTest, Answer>> row) {
        assertThat(words(row.given().apply(this))).isEqualTo(row.outcome());
    }

    @Test
    void a_leader_has_its_cookies_and_a_waiter_has_none() {
        Answer.Response mine =
                (Answer.Response) of(request(), true, fetched(FRESH)).orElseThrow();
        Answer.Response theirs =
                (Answer.Response) of(request(), false, fetched(FRESH)).orElseThrow();
        assertThat(mine.response().values("set-cookie")).containsExactly("a=b");
        assertThat(theirs.response().values("set-cookie")).isEmpty();
    }

    @Test
    void a_live_body_has_one_reader() {
        FlightOutcome streaming = new FlightOutcome.Streaming(live(), Obstacle.TOO_LARGE);
        assertThat(of(request(), true, streaming)).isPresent();
        assertThat(of(request(), true, streaming)).isEmpty();
    }

    @Test
    void an_invalidated_response_stands_in_for_no_failure() {
        standing = STALE;
        assertThat(flights.invalidate(key -> true, () -> {})).hasSize(1);
        assertThat(words(of(request(), true, failed(REFUSED)))).isEqualTo("FAILED CONNECT");
        assertThat(words(of(request(), true, backedOff()))).isEqualTo("HELD CONNECT");
    }

    @Test
    void a_waiter_that_reloads_refuses_a_request_sent_before_its_call() {
        long later = System.nanoTime() + 3_600_000_000_000L;
        assertThat(responder().of(reload(), membership(false), fetched(FRESH), later))
                .isEmpty();
        assertThat(responder().of(request(), membership(false), fetched(FRESH), later))
                .isPresent();
    }

    @Test
    void waiters_that_share_no_failure_ask_again() {
        policy = Samples.sharing(false, status -> true);
        assertThat(words(of(request(), false, failed(REFUSED)))).isEqualTo("asks again");
        assertThat(words(of(request(), false, failed(Failure.of(Reason.CLOSED, "closed")))))
                .isEqualTo("FAILED CLOSED");
        assertThat(words(of(request(), true, failed(REFUSED)))).isEqualTo("FAILED CONNECT");
    }

    @Test
    void a_status_that_the_application_does_not_cover_is_the_answer() {
        policy = Samples.http(status -> false);
        standing = STALE;
        assertThat(words(of(request(), true, outage()))).startsWith("FAILED STATUS after FETCHED 503");
    }

    @Test
    void a_staleIfStatus_that_throws_leaves_the_stale_response_in_use() {
        policy = Samples.http(status -> {
            throw new IllegalStateException("spoilt");
        });
        standing = STALE;
        assertThat(words(of(request(), true, outage()))).startsWith("STALE_ERROR 200");
        assertThat(logs.warnings()).singleElement().asString().contains("staleIfStatus");
    }

    @Test
    void the_next_attempt_of_an_answer_is_the_end_of_the_backoff() {
        cache.fails(request());
        Answer.Failed failed =
                (Answer.Failed) of(request(), true, failed(REFUSED)).orElseThrow();
        assertThat(failed.trouble().flatMap(Trouble::nextAttempt)).contains(NOON.plusSeconds(1));
        standing = STALE;
        Answer.Response stale =
                (Answer.Response) of(request(), true, failed(REFUSED)).orElseThrow();
        assertThat(stale.trouble().flatMap(Trouble::nextAttempt)).contains(NOON.plusSeconds(1));
        assertThat(stale.trouble().map(Trouble::consecutiveFailures).orElse(0)).isEqualTo(1);
        Answer.Response fetched =
                (Answer.Response) of(request(), true, fetched(FRESH)).orElseThrow();
        assertThat(fetched.trouble().flatMap(Trouble::nextAttempt))
                .as("the origin has just answered")
                .isEmpty();
        assertThat(fetched.trouble()).isEmpty();
    }

    @Test
    void the_next_attempt_after_a_stored_failure_is_the_end_of_its_freshness() {
        cache.passes(20);
        cache.fails(request());
        assertThat(((Answer.Failed) atOnce(GONE)).trouble().flatMap(Trouble::nextAttempt))
                .contains(NOON.plusSeconds(60));
    }

    @Test
    void the_next_attempt_after_a_stored_failure_waits_for_a_longer_backoff() {
        cache.passes(20);
        cache.lands(request(), 0, new BackoffUpdate.Failed(REFUSED, true, OptionalLong.of(60 * SECOND), true));
        assertThat(((Answer.Failed) atOnce(GONE)).trouble().flatMap(Trouble::nextAttempt))
                .contains(NOON.plusSeconds(80));
    }

    @Test
    void the_age_of_an_answer_grows_with_the_clock() {
        cache.passes(7);
        Answer.Response stored = (Answer.Response) atOnce(response(200, lasting(60)));
        assertThat(Duration.ofNanos(stored.ageNanos())).isEqualTo(Duration.ofSeconds(7));
        assertThat(words(stored)).isEqualTo("HIT 200 hit; ttl=53");
    }

    @Test
    void a_waiter_shares_a_response_while_it_is_fresh_enough_for_its_request() {
        FlightOutcome fresh = fetched(response(200, lasting(60, WHILE_FRESH, PARTITION)));
        assertThat(words(of(request(), false, fresh))).startsWith("COLLAPSED 200");
        assertThat(words(of(request("Cache-Control", "min-fresh=60"), false, fresh)))
                .startsWith("COLLAPSED 200");
        assertThat(words(of(request("Cache-Control", "min-fresh=61"), false, fresh)))
                .isEqualTo("asks again");
    }
}
