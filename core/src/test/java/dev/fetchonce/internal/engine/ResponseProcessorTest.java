package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Arrival.answer;
import static dev.fetchonce.internal.engine.Arrival.http;
import static dev.fetchonce.internal.engine.Arrival.stale;
import static dev.fetchonce.internal.engine.Arrival.ttl;
import static dev.fetchonce.internal.engine.CallerKind.BACKGROUND;
import static dev.fetchonce.internal.engine.CallerKind.HTTP_CLIENT;
import static dev.fetchonce.internal.engine.CallerKind.VALUE_API;
import static dev.fetchonce.internal.engine.Samples.NOON;
import static dev.fetchonce.internal.engine.Samples.SECOND;
import static dev.fetchonce.internal.engine.Samples.by;
import static dev.fetchonce.internal.engine.Samples.holding;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.internal.engine.Samples.response;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.GrowingBody;
import dev.fetchonce.internal.origin.LiveBodies;
import dev.fetchonce.testing.Row;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The plan for each reply of an origin, stated in the words of {@link Plans}. */
class ResponseProcessorTest {
    private static ExchangeResult broken() {
        return new ExchangeResult.Broken(Failure.of(Reason.CONNECT, "refused"));
    }

    private static ExchangeResult live(int status, String... namesAndValues) {
        return new ExchangeResult.Live(status, fields(namesAndValues), ConnectionInfo.PLAIN, LiveBodies.live(() -> {}));
    }

    /** A validity of 60 s, without stale use after an error. */
    private static final Validity NEVER_IN_ERROR = new Validity(
            60 * SECOND,
            0,
            0,
            0,
            0,
            Validity.Staleness.ALLOWED,
            Validity.Sharing.ALWAYS,
            false,
            Validity.Placement.PARTITION);

    private static ExchangeResult growing(int status, Runnable closed, String... namesAndValues) {
        GrowingBody body = LiveBodies.growing(closed);
        return new ExchangeResult.Growing(
                new ExchangeResult.Live(status, fields(namesAndValues), ConnectionInfo.PLAIN, LiveBodies.reader(body)),
                body,
                () -> {
                    throw new AssertionError("the plan of a live body does not wait for its end");
                });
    }

    private static ExchangeResult growing(int status) {
        return growing(status, () -> {});
    }

    private static ExchangeResult bare() {
        return new ExchangeResult.Bare(
                (ExchangeResult.Answered) answer(204, new byte[0], false, Map.of()),
                Failure.of(Reason.PROTOCOL, "a 204 with a body"));
    }

    private static void assertPlans(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    static Stream<Row<Supplier<LandingPlan>>> exchanges() {
        return Stream.of(
                row("no answer", http().plan(broken()), "failed CONNECT; KEEP; failure covered"),
                row(
                        "no answer with a stale response",
                        http().over(stale()).plan(broken()),
                        "failed CONNECT; KEEP; failure covered, stored"),
                row(
                        "no answer with a response that is too stale",
                        http().over(holding("null", lasting(0), -91 * SECOND)).plan(broken()),
                        "failed CONNECT; KEEP; failure covered"),
                row(
                        "no answer with a fresh response",
                        http().over(response(200, lasting(60))).plan(broken()),
                        "failed CONNECT; KEEP; failure covered, stored"),
                row(
                        "no answer with a fresh failure",
                        http().over(response(404, lasting(60))).plan(broken()),
                        "failed CONNECT; KEEP; failure covered"),
                row(
                        "no answer with a fresh response in an unknown coding",
                        http().over(response(200, lasting(60), "Content-Encoding", "br"))
                                .plan(broken()),
                        "failed CONNECT; KEEP; failure covered"),
                row(
                        "no answer to a client with a fresh response in an unknown coding",
                        http().by(by(HTTP_CLIENT))
                                .over(response(200, lasting(60), "Content-Encoding", "br"))
                                .plan(broken()),
                        "failed CONNECT; KEEP; failure covered, stored"),
                row(
                        "a live body that says no-store",
                        http().by(by(HTTP_CLIENT)).plan(live(200, "Cache-Control", "no-store")),
                        "streaming 200 but no-store; drop plain; MARK; answered"),
                row(
                        "a live body of events",
                        http().by(by(HTTP_CLIENT)).plan(live(200, "Content-Type", "text/event-stream")),
                        "streaming 200 but endless; drop plain; MARK; answered"),
                row(
                        "a live body that could be stored",
                        http().by(by(HTTP_CLIENT)).plan(live(200, "Cache-Control", "max-age=60")),
                        "streaming 200 but too-large; drop plain; MARK; answered"),
                row(
                        "a live outage",
                        http().by(by(HTTP_CLIENT)).plan(live(503)),
                        "streaming 503 but too-large; MARK; failure covered"),
                row("a growing body", http().plan(growing(200)), "growing 200; KEEP; answered"),
                row("a growing outage", http().plan(growing(503)), "growing 503; KEEP; unchanged"),
                row(
                        "a growing outage with a stand-in",
                        http().over(stale()).plan(growing(503)),
                        "failed STATUS 503; KEEP; failure covered, stored"),
                row(
                        "a growing outage with a stand-in and a wait",
                        http().over(stale()).plan(growing(503, () -> {}, "Retry-After", "7")),
                        "failed STATUS 503; KEEP; failure covered, stored, wait 7 s"),
                row(
                        "a growing outage with a response that is too stale",
                        http().over(holding("null", lasting(0), -91 * SECOND)).plan(growing(503)),
                        "growing 503; KEEP; unchanged"),
                row(
                        "a growing outage with a stand-in, for a caller that refuses it",
                        http().by(request("Cache-Control", "no-cache"))
                                .over(stale())
                                .plan(growing(503)),
                        "growing 503; KEEP; unchanged"),
                row(
                        "a growing outage with a fresh response that may not be stale",
                        http().over(holding("null", NEVER_IN_ERROR, 0)).plan(growing(503)),
                        "growing 503; KEEP; unchanged"),
                row(
                        "a growing outage that is not covered",
                        Arrival.of(Samples.http(status -> false)).over(stale()).plan(growing(503)),
                        "growing 503; KEEP; unchanged"),
                row(
                        "a growing 404 with a stand-in",
                        http().over(stale()).plan(growing(404)),
                        "growing 404; KEEP; answered"),
                row(
                        "a growing 404 with a stand-in that is covered",
                        Arrival.of(Samples.http(status -> true)).over(stale()).plan(growing(404)),
                        "growing 404; KEEP; answered"),
                row(
                        "a 204 without fields to a client",
                        http().by(by(HTTP_CLIENT)).plan(bare()),
                        "failed PROTOCOL; KEEP; failure covered"),
                row(
                        "a 204 without fields to a client with a stale response",
                        http().by(by(HTTP_CLIENT)).over(stale()).plan(bare()),
                        "failed PROTOCOL; KEEP; failure covered, stored"),
                row(
                        "a 204 without fields to the API of values",
                        http().by(by(VALUE_API)).plan(bare()),
                        "fetched 204 but fields-unseen; CLEAR; answered"),
                row(
                        "a 204 without fields to a request that says no-store",
                        http().by(by(VALUE_API, "Cache-Control", "no-store")).plan(bare()),
                        "fetched 204 but request-no-store; drop plain; MARK; answered"),
                row(
                        "a 204 without fields in the background",
                        http().by(by(BACKGROUND)).plan(bare()),
                        "fetched 204 but fields-unseen; CLEAR; answered"),
                row("a 204 without fields with a TTL", ttl().plan(bare()), "fetched 204; put plain; CLEAR; answered"));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void the_end_of_an_exchange(Row<Supplier<LandingPlan>> row) {
        assertPlans(row);
    }

    @Test
    void a_growing_body_is_abandoned_where_a_stored_response_stands_in() {
        AtomicInteger closed = new AtomicInteger();
        Supplier<LandingPlan> alone = http().plan(growing(503, closed::incrementAndGet));
        assertThat(Plans.outcome(alone.get().outcome())).isEqualTo("growing 503");
        assertThat(closed).hasValue(0);
        Supplier<LandingPlan> stoodIn = http().over(stale()).plan(growing(503, closed::incrementAndGet));
        assertThat(Plans.outcome(stoodIn.get().outcome())).isEqualTo("failed STATUS 503");
        assertThat(closed).hasPositiveValue();
    }

    @Test
    void a_204_without_fields_is_selected_by_exactly_its_own_request() {
        LandingPlan plan = ttl().by(request("Accept", "a")).plan(bare()).get();
        StoredResponse kept = ((Change.Put) plan.changes().getFirst()).response();
        assertThat(kept.selection().matches(fields("Accept", "a"))).isTrue();
        assertThat(kept.selection().matches(fields("Accept", "a", "Other", "b")))
                .isFalse();
    }

    static Stream<Row<Supplier<LandingPlan>>> dispositions() {
        return Stream.of(
                row(
                        "a fresh response",
                        http().plan(answer(200, "Cache-Control", "max-age=60")),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a response that says no-store",
                        http().plan(answer(200, "Cache-Control", "no-store")),
                        "fetched 200 but no-store; drop plain; MARK; answered"),
                row(
                        "a response that needs validation",
                        http().plan(answer(200, "Cache-Control", "no-cache", "ETag", "\"a\"")),
                        "fetched 200; put plain; MARK; answered"),
                row(
                        "a redirect without a reason to store it",
                        http().plan(answer(302, "Location", "/b")),
                        "fetched 302 but no-reason; MARK; answered"),
                row(
                        "a 404 to be remembered",
                        http().plan(answer(404, "Cache-Control", "max-age=60")),
                        "failed STATUS 404, answered 404; drop plain; put plain; CLEAR; failure not covered"),
                row(
                        "a 404 to be remembered, over a stale response",
                        http().over(stale()).plan(answer(404, "Cache-Control", "max-age=60")),
                        "failed STATUS 404, answered 404; drop plain; put plain; CLEAR; failure not covered"),
                row(
                        "a covered 404 to be remembered, over a stale response",
                        Arrival.of(Samples.http(status -> true))
                                .over(stale())
                                .plan(answer(404, "Cache-Control", "max-age=60")),
                        "failed STATUS 404, answered 404 but failure; KEEP; failure covered, stored"),
                row(
                        "an outage to be remembered",
                        http().plan(answer(503, "Cache-Control", "max-age=60", "Retry-After", "7")),
                        "failed STATUS 503, answered 503; put plain; CLEAR; failure covered, wait 7 s"),
                row(
                        "an outage to be remembered, over a stale response",
                        http().over(stale()).plan(answer(503, "Cache-Control", "max-age=60")),
                        "failed STATUS 503, answered 503 but failure; KEEP; failure covered, stored"),
                row(
                        "a 404 that is not stored",
                        http().plan(answer(404, "Cache-Control", "no-store")),
                        "failed STATUS 404, answered 404 but no-store; drop plain; KEEP; failure not covered"),
                row(
                        "an outage with a wait",
                        http().over(stale()).plan(answer(503, "Cache-Control", "no-store", "Retry-After", "7")),
                        "failed STATUS 503, answered 503 but no-store; KEEP; failure covered, stored, wait 7 s"),
                row(
                        "a rate limit with a wait beyond the longest backoff",
                        http().plan(answer(429, "Cache-Control", "no-store", "Retry-After", "700")),
                        "failed STATUS 429, answered 429 but status; KEEP; failure covered, wait 700 s"),
                row(
                        "a rate limit with a wait beyond the longest that is obeyed",
                        http().plan(answer(429, "Cache-Control", "no-store", "Retry-After", "7000")),
                        "failed STATUS 429, answered 429 but status; KEEP; failure covered, wait 3600 s"),
                row(
                        "a rate limit with the time of its reset",
                        http().plan(answer(429, "Cache-Control", "no-store", "X-RateLimit-Reset", "9")),
                        "failed STATUS 429, answered 429 but status; KEEP; failure covered, wait 9 s"),
                row(
                        "a 403 with a rate limit over a stale response",
                        http().over(stale()).plan(answer(403, "Cache-Control", "no-store", "Retry-After", "7")),
                        "failed STATUS 403, answered 403 but no-store; KEEP; failure covered, stored, wait 7 s"),
                row(
                        "a 500 with a wait",
                        http().plan(answer(500, "Cache-Control", "no-store", "Retry-After", "7")),
                        "failed STATUS 500, answered 500 but no-store; KEEP; failure covered, wait 7 s"),
                row(
                        "a part that the request did not ask for",
                        http().plan(answer(206, "Content-Range", "bytes 0-3/9")),
                        "failed PROTOCOL, answered 206 but status; KEEP; failure covered"),
                row(
                        "a 304 to a request without conditions",
                        http().over(stale()).plan(answer(304)),
                        "failed PROTOCOL, answered 304 but status; KEEP; failure covered, stored"),
                row(
                        "a success with a TTL",
                        ttl().plan(answer(200, "Cache-Control", "no-store")),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a permanent redirect with a TTL",
                        ttl().plan(answer(301, "Location", "/b")),
                        "fetched 301; put plain; CLEAR; answered"),
                row(
                        "a temporary redirect with a TTL",
                        ttl().plan(answer(302, "Location", "/b")),
                        "fetched 302 but temporary-redirect; CLEAR; answered"),
                row(
                        "a redirect to a forbidden target with a TTL",
                        ttl().over(stale()).plan(answer(301, "Location", "ftp://h/b")),
                        "failed REDIRECT, answered 301 but failure; KEEP; failure covered, stored"),
                row(
                        "a 404 with a TTL of its own",
                        ttl().over(stale()).plan(answer(404)),
                        "failed STATUS 404, answered 404; drop plain; put plain; CLEAR; failure not covered"),
                row(
                        "a 410 without a TTL of its own",
                        ttl().plan(answer(410)),
                        "failed STATUS 410, answered 410 but failure; drop plain; KEEP; failure not covered"));
    }

    @ParameterizedTest
    @MethodSource("dispositions")
    void a_whole_response(Row<Supplier<LandingPlan>> row) {
        assertPlans(row);
    }

    static Stream<Row<Supplier<LandingPlan>>> confirmations() {
        StoredResponse mine = stale("ETag", "\"a\"", "Cache-Control", "max-age=60");
        StoredResponse twin = holding("null", lasting(5), 1, "ETag", "\"a\"", "Vary", "Accept");
        StoredResponse other = stale("ETag", "\"b\"", "Vary", "Accept");
        return Stream.of(
                row("of mine", http().about(mine).plan(answer(304)), "renewed 200; put plain; CLEAR; answered"),
                row(
                        "of mine by its tag",
                        http().about(mine, other).plan(answer(304, "ETag", "\"a\"")),
                        "renewed 200; put plain; CLEAR; answered"),
                row(
                        "of mine and its twin",
                        http().about(mine, twin, other).plan(answer(304, "ETag", "\"a\"")),
                        "renewed 200; replace plain; put plain; CLEAR; answered"),
                row(
                        "of another response than mine",
                        http().about(mine, other).plan(answer(304, "ETag", "\"b\"")),
                        "renewed 200; replace plain; put plain; CLEAR; answered"),
                row(
                        "of one of several, where none is mine",
                        http().aboutOthers(twin, other).plan(answer(304, "ETag", "\"b\"")),
                        "renewed 200; replace plain; put plain; CLEAR; answered"),
                row(
                        "of mine, which must not be kept any longer",
                        http().about(mine).plan(answer(304, "Cache-Control", "no-store")),
                        "renewed 200 but no-store; drop plain; remove plain; drop plain; MARK; answered"),
                row(
                        "of no stored response, when the time is up",
                        http().about(mine).plan(answer(304, "ETag", "\"x\"")),
                        "failed PROTOCOL; KEEP; failure covered, stored"),
                row(
                        "of mine with a TTL",
                        ttl().about(mine).plan(answer(304, "Cache-Control", "no-store")),
                        "renewed 200; put plain; CLEAR; answered"));
    }

    @ParameterizedTest
    @MethodSource("confirmations")
    void a_304(Row<Supplier<LandingPlan>> row) {
        assertPlans(row);
    }

    @Test
    void of_several_confirmed_responses_mine_is_the_answer_and_each_keeps_its_selection() {
        StoredResponse mine = stale("ETag", "\"a\"");
        StoredResponse twin = Samples.to(fields("Accept", "b"), lasting(5), "ETag", "\"a\"", "Vary", "Accept");
        LandingPlan plan = http().aboutOthers(twin, mine)
                .over(mine)
                .plan(answer(304, "ETag", "\"a\"", "Age", "0"))
                .get();
        FlightOutcome.Fetched fetched = (FlightOutcome.Fetched) plan.outcome();
        assertThat(fetched.response().representation()).isSameAs(mine.representation());
        assertThat(fetched.response().receivedNanos()).isEqualTo(10 * SECOND);
        Change.Replace replace = (Change.Replace) plan.changes().getFirst();
        assertThat(replace.old()).isSameAs(twin);
        assertThat(replace.by().representation()).isSameAs(twin.representation());
        assertThat(replace.by().selection()).isEqualTo(twin.selection());
    }

    @Test
    void another_confirmed_response_becomes_the_answer_to_this_request() {
        StoredResponse mine = stale("ETag", "\"a\"");
        StoredResponse other = Samples.to(fields("Accept", "b"), lasting(5), "ETag", "\"b\"", "Vary", "Accept");
        LandingPlan plan = http().by(request("Accept", "c"))
                .about(mine, other)
                .plan(answer(304, "ETag", "\"b\""))
                .get();
        StoredResponse put = ((Change.Put) plan.changes().getLast()).response();
        assertThat(put.representation()).isSameAs(other.representation());
        assertThat(put.selection().matches(fields("Accept", "c"))).isTrue();
        assertThat(put.selection().matches(fields("Accept", "b"))).isFalse();
    }

    @Test
    void the_rest_of_a_body_too_long_to_be_kept_has_a_plan_of_its_own() {
        ResponseProcessor processor = new ResponseProcessor(
                Samples.http(),
                new CacheClock(() -> 0, () -> NOON),
                Arrival.decoder(new Recorder()),
                new LandingPlanner(Samples.http(), 1),
                new Recorder());
        LandingPlan plan = processor.outgrown(request(), (ExchangeResult.Live) live(200));
        assertThat(Plans.words(plan)).isEqualTo("outgrown 200; drop plain; MARK; unchanged");
        assertThat(processor.requestedWait(503, fields("Retry-After", "7"), SECOND))
                .isEqualTo(OptionalLong.of(SECOND));
        assertThat(processor.requestedWait(500, fields("Retry-After", "7"), SECOND))
                .isEqualTo(OptionalLong.of(SECOND));
        assertThat(processor.requestedWait(302, fields("Retry-After", "7"), SECOND))
                .isEmpty();
        assertThat(processor.requestedWait(503, fields("Retry-After", "7"), -1)).isEmpty();
    }
}
