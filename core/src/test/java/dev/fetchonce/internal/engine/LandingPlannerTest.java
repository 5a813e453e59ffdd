package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Samples.PLAIN;
import static dev.fetchonce.internal.engine.Samples.SECOND;
import static dev.fetchonce.internal.engine.Samples.TIMEOUT;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.personal;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.internal.engine.Samples.response;
import static dev.fetchonce.internal.engine.Samples.within;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.stored.Validity.Placement.COMMON;
import static dev.fetchonce.internal.http.stored.Validity.Placement.PARTITION;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.ALWAYS;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.NEVER;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.WHILE_FRESH;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.LiveBodies;
import dev.fetchonce.internal.origin.UserCodeException;
import dev.fetchonce.testing.Row;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan for each end of a fetch, stated in the words of {@link Plans}. */
class LandingPlannerTest {
    private static final OptionalLong NO_WAIT = OptionalLong.empty();
    private static final Revalidation WAY = Revalidation.BY_TAG;
    private static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");
    private static final StoredResponse SMALL = response(200, lasting(60));

    private static final StoredResponse REDIRECT = response(301, lasting(60), "Location", "/b");

    private static LandingPlanner planner() {
        return new LandingPlanner(Samples.http(), 10_000);
    }

    private static ExchangeResult.Live live(int status) {
        return new ExchangeResult.Live(status, fields(), ConnectionInfo.PLAIN, LiveBodies.live(() -> {}));
    }

    private static Supplier<LandingPlan> stored(CacheRequest request, StoredResponse response) {
        return () -> planner().stored(request, response, WAY, 0);
    }

    private static Supplier<LandingPlan> storedAt(long seconds, CacheRequest request, StoredResponse response) {
        return () -> planner().stored(request, response, WAY, seconds * SECOND);
    }

    static Stream<Row<Supplier<LandingPlan>>> stored() {
        StoredResponse coded = response(200, lasting(60), "Content-Encoding", "gzip");
        Validity forOne = lasting(60, NEVER, PARTITION);
        Validity old = new Validity(
                60 * SECOND, 61 * SECOND, 61 * SECOND, 0, 0, Validity.Staleness.ALLOWED, WHILE_FRESH, false, PARTITION);
        return Stream.of(
                row("a response", stored(request(), SMALL), "fetched 200; put plain; CLEAR; answered"),
                row("a response to one user", stored(personal(), SMALL), "fetched 200; put mine; CLEAR; answered"),
                row(
                        "a response to one user for all",
                        stored(personal(), response(200, lasting(60, ALWAYS, COMMON))),
                        "fetched 200; put plain; drop mine; CLEAR; answered"),
                row(
                        "a response without credentials for all",
                        stored(request(), response(200, lasting(60, ALWAYS, COMMON))),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a response for one caller, found while fresh",
                        stored(request(), response(200, forOne)),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a response for one caller in the last moment of its freshness",
                        () -> planner().stored(request(), response(200, forOne), WAY, 60 * SECOND - 1),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a response for one caller, stale by now",
                        storedAt(60, request(), response(200, forOne)),
                        "fetched 200; put plain; MARK; answered"),
                row(
                        "a response for one caller, never fresh",
                        stored(request(), response(200, lasting(0, NEVER, PARTITION))),
                        "fetched 200; put plain; MARK; answered"),
                row(
                        "a response for all waiters, never fresh",
                        stored(request(), response(200, lasting(0))),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a response for waiters while fresh, never fresh",
                        stored(request(), response(200, lasting(0, WHILE_FRESH, PARTITION))),
                        "fetched 200; put plain; MARK; answered"),
                row(
                        "a response for waiters while fresh, stale at its arrival",
                        stored(request(), response(200, old)),
                        "fetched 200; put plain; MARK; answered"),
                row(
                        "a response in a coding that its request refuses",
                        stored(request("Accept-Encoding", "identity"), coded),
                        "fetched 200; put plain; MARK; answered"),
                row(
                        "a response in a coding that its request accepts",
                        stored(request("Accept-Encoding", "gzip"), coded),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a variant",
                        stored(request(), response(200, lasting(60), "Vary", "Accept")),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a redirect",
                        stored(request(), response(301, lasting(60), "Location", "/b")),
                        "fetched 301; put plain; CLEAR; answered"),
                row(
                        "a response that fills the store",
                        () -> new LandingPlanner(Samples.http(), SMALL.weight()).stored(request(), SMALL, WAY, 0),
                        "fetched 200; put plain; CLEAR; answered"),
                row(
                        "a response too heavy by a byte",
                        () -> new LandingPlanner(Samples.http(), SMALL.weight() - 1).stored(request(), SMALL, WAY, 0),
                        "fetched 200 but too-heavy; put plain; CLEAR; answered"),
                row(
                        "a redirect whose kept form, without its body, fills the store",
                        () -> new LandingPlanner(
                                        Samples.ttl(), REDIRECT.withoutBody().weight())
                                .stored(request(), REDIRECT, WAY, 0),
                        "fetched 301; put plain; CLEAR; answered"));
    }

    @ParameterizedTest
    @MethodSource("stored")
    void a_response_that_is_kept(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    @Test
    void a_put_carries_the_request_the_way_and_the_life_of_its_response() {
        CacheRequest request = request("Accept", "a");
        LandingPlan plan = planner().stored(request, SMALL, Revalidation.BY_DATE, 0);
        assertThat(plan.changes())
                .containsExactly(new Change.Put(
                        PLAIN,
                        request.headers(),
                        SMALL,
                        Revalidation.BY_DATE,
                        Duration.ofDays(1).toNanos()));
    }

    @Test
    void the_life_with_a_ttl_ends_with_the_last_use() {
        LandingPlan plan = new LandingPlanner(Samples.ttl(), 10_000).stored(request(), SMALL, WAY, 0);
        assertThat(plan.changes().getFirst().usefulNanos()).isEqualTo(160 * SECOND);
    }

    static Stream<Row<StoredResponse>> keptWithTtl() {
        return Stream.of(
                row("a success", response(200, lasting(60), "A", "b"), "4 bytes, fields [a]"),
                row(
                        "a success with a cookie",
                        response(200, lasting(60), "A", "b", "Set-Cookie", "c=d"),
                        "4 bytes, fields [a]"),
                row("a redirect", response(301, lasting(60), "Location", "/b"), "0 bytes, fields [location]"));
    }

    /** The waiters get the response as it came, and the store gets the form that is kept. */
    @ParameterizedTest
    @MethodSource("keptWithTtl")
    void with_a_ttl_the_store_keeps(Row<StoredResponse> row) {
        LandingPlan plan = new LandingPlanner(Samples.ttl(), 10_000).stored(request(), row.given(), WAY, 0);
        StoredResponse kept = ((Change.Put) plan.changes().getFirst()).response();
        assertThat(kept.representation().length() + " bytes, fields "
                        + kept.fields().keySet())
                .isEqualToIgnoringCase(row.outcome());
        assertThat(((FlightOutcome.Fetched) plan.outcome()).response()).isSameAs(row.given());
    }

    private static Supplier<LandingPlan> renewed(CacheRequest request, StoredResponse response, int others) {
        List<LandingPlanner.Renewed> renewed = IntStream.range(0, others)
                .mapToObj(i -> new LandingPlanner.Renewed(response(200, lasting(i)), response(200, lasting(60 + i))))
                .toList();
        return () -> planner().renewed(request, response, renewed, WAY, 0);
    }

    static Stream<Row<Supplier<LandingPlan>>> renewed() {
        return Stream.of(
                row("the only response", renewed(request(), SMALL, 0), "renewed 200; put plain; CLEAR; answered"),
                row(
                        "a response with two others",
                        renewed(request(), SMALL, 2),
                        "renewed 200; replace plain; replace plain; put plain; CLEAR; answered"),
                row(
                        "a response to one user with another",
                        renewed(personal(), SMALL, 1),
                        "renewed 200; replace mine; put mine; CLEAR; answered"),
                row(
                        "a response to one user for all with another",
                        renewed(personal(), response(200, lasting(60, ALWAYS, COMMON)), 1),
                        "renewed 200; replace mine; put plain; drop mine; CLEAR; answered"),
                row(
                        "a response for one caller, never fresh",
                        renewed(request(), response(200, lasting(0, NEVER, PARTITION)), 0),
                        "renewed 200; put plain; MARK; answered"),
                row(
                        "a response too heavy by a byte",
                        () -> new LandingPlanner(Samples.http(), SMALL.weight() - 1)
                                .renewed(request(), SMALL, List.of(), WAY, 0),
                        "renewed 200 but too-heavy; put plain; CLEAR; answered"));
    }

    @ParameterizedTest
    @MethodSource("renewed")
    void a_304_renews(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    @Test
    void another_confirmed_response_is_replaced_by_its_kept_form() {
        StoredResponse old = response(200, lasting(0), "Set-Cookie", "a=b");
        StoredResponse by = response(200, lasting(60), "Set-Cookie", "a=b");
        LandingPlan plan = new LandingPlanner(Samples.ttl(), 10_000)
                .renewed(request(), SMALL, List.of(new LandingPlanner.Renewed(old, by)), WAY, 0);
        Change.Replace replace = (Change.Replace) plan.changes().getFirst();
        assertThat(replace.old()).isSameAs(old);
        assertThat(replace.by()).isEqualTo(by.forOthers()).isNotEqualTo(by);
        assertThat(replace.usefulNanos()).isEqualTo(160 * SECOND);
    }

    private static Supplier<LandingPlan> withdrawn(CacheRequest request, Validity.Sharing sharing) {
        StoredResponse now = response(200, lasting(0, sharing, PARTITION));
        return () -> planner().withdrawn(request, SMALL, new Renewal.Withdrawn(now, Obstacle.NO_STORE));
    }

    static Stream<Row<Supplier<LandingPlan>>> withdrawn() {
        return Stream.of(
                row(
                        "a response for one caller",
                        withdrawn(request(), NEVER),
                        "renewed 200 but no-store; drop plain; remove plain; drop plain; MARK; answered"),
                row(
                        "a response to one user",
                        withdrawn(personal(), NEVER),
                        "renewed 200 but no-store; drop mine; remove plain; drop mine; drop for all plain; MARK;"
                                + " answered"),
                row(
                        "a response for all waiters",
                        withdrawn(personal(), ALWAYS),
                        "renewed 200 but no-store; drop mine; remove plain; CLEAR; answered"));
    }

    @ParameterizedTest
    @MethodSource("withdrawn")
    void a_304_withdraws(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    @Test
    void a_withdrawal_removes_the_response_that_was_stored() {
        Change remove = withdrawn(request(), NEVER).get().changes().get(1);
        assertThat(remove).isEqualTo(new Change.Replace(PLAIN, SMALL, null, 0));
    }

    private static Supplier<LandingPlan> unstored(CacheRequest request, StoredResponse response) {
        return () -> planner().unstored(request, response, Obstacle.NO_STORE);
    }

    static Stream<Row<Supplier<LandingPlan>>> unstored() {
        Validity forOne = lasting(0, NEVER, PARTITION);
        return Stream.of(
                row(
                        "a success for one caller",
                        unstored(request(), response(200, forOne)),
                        "fetched 200 but no-store; drop plain; MARK; answered"),
                row(
                        "a success for one user",
                        unstored(personal(), response(200, forOne)),
                        "fetched 200 but no-store; drop mine; drop for all plain; MARK; answered"),
                row(
                        "a failure that revokes",
                        unstored(request(), response(404, forOne)),
                        "fetched 404 but no-store; drop plain; MARK; answered"),
                row(
                        "a failure that does not revoke",
                        unstored(request(), response(405, forOne)),
                        "fetched 405 but no-store; MARK; answered"),
                row(
                        "an outage",
                        unstored(request(), response(503, forOne)),
                        "fetched 503 but no-store; MARK; answered"),
                row(
                        "a redirect",
                        unstored(request(), response(302, forOne)),
                        "fetched 302 but no-store; MARK; answered"),
                row(
                        "a success for all waiters",
                        unstored(request(), response(200, lasting(60))),
                        "fetched 200 but no-store; CLEAR; answered"),
                row(
                        "a success for waiters while fresh",
                        unstored(request(), response(200, lasting(60, WHILE_FRESH, PARTITION))),
                        "fetched 200 but no-store; CLEAR; answered"),
                row(
                        "a success for waiters while fresh, never fresh",
                        unstored(request(), response(200, lasting(0, WHILE_FRESH, PARTITION))),
                        "fetched 200 but no-store; MARK; answered"),
                row(
                        "a variant for all waiters",
                        unstored(request(), response(200, lasting(60), "Vary", "Accept")),
                        "fetched 200 but no-store; MARK; answered"),
                row(
                        "a response whose Vary matches no request",
                        unstored(request(), response(200, lasting(60), "Vary", "*")),
                        "fetched 200 but no-store; MARK; answered"),
                row(
                        "a response in a coding that its request refuses",
                        unstored(
                                request("Accept-Encoding", "identity"),
                                response(200, lasting(60), "Content-Encoding", "gzip")),
                        "fetched 200 but no-store; MARK; answered"));
    }

    @ParameterizedTest
    @MethodSource("unstored")
    void a_response_that_is_not_kept(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    private static Supplier<LandingPlan> streamed(CacheRequest request, int status) {
        return () -> planner().streamed(request, live(status), Obstacle.TOO_LARGE, NO_WAIT);
    }

    private static Supplier<LandingPlan> growing(int status) {
        return () -> planner().growing(live(status));
    }

    private static Supplier<LandingPlan> outgrown(CacheRequest request, int status) {
        return () -> planner().outgrown(request, live(status), NO_WAIT);
    }

    static Stream<Row<Supplier<LandingPlan>>> live() {
        return Stream.of(
                row(
                        "a streamed 200",
                        streamed(request(), 200),
                        "streaming 200 but too-large; drop plain; MARK; answered"),
                row(
                        "a streamed 299",
                        streamed(request(), 299),
                        "streaming 299 but too-large; drop plain; MARK; answered"),
                row(
                        "a streamed 200 to one user",
                        streamed(personal(), 200),
                        "streaming 200 but too-large; drop mine; drop for all plain; MARK; answered"),
                row("a streamed 300", streamed(request(), 300), "streaming 300 but too-large; MARK; answered"),
                row("a streamed 302", streamed(request(), 302), "streaming 302 but too-large; MARK; answered"),
                row(
                        "a streamed 410",
                        streamed(request(), 410),
                        "streaming 410 but too-large; drop plain; MARK; answered"),
                row("a streamed 400", streamed(request(), 400), "streaming 400 but too-large; MARK; answered"),
                row("a streamed 503", streamed(request(), 503), "streaming 503 but too-large; MARK; failure covered"),
                row("a growing 200", growing(200), "growing 200; KEEP; answered"),
                row("a growing 404", growing(404), "growing 404; KEEP; answered"),
                row("a growing 408", growing(408), "growing 408; KEEP; unchanged"),
                row("a growing 429", growing(429), "growing 429; KEEP; unchanged"),
                row("a growing 499", growing(499), "growing 499; KEEP; answered"),
                row("a growing 500", growing(500), "growing 500; KEEP; unchanged"),
                row("an outgrown 200", outgrown(request(), 200), "outgrown 200; drop plain; MARK; unchanged"),
                row(
                        "an outgrown 200 to one user",
                        outgrown(personal(), 200),
                        "outgrown 200; drop mine; drop for all plain; MARK; unchanged"),
                row("an outgrown 403", outgrown(request(), 403), "outgrown 403; drop plain; MARK; unchanged"),
                row("an outgrown 503", outgrown(request(), 503), "outgrown 503; MARK; failure covered"));
    }

    @ParameterizedTest
    @MethodSource("live")
    void a_body_read_live(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    private static Supplier<LandingPlan> denied(CacheRequest request, int status, Validity validity) {
        return () -> planner().denied(request, response(status, validity), Failure.of(status, "no"), NO_WAIT, WAY, 0);
    }

    static Stream<Row<Supplier<LandingPlan>>> denied() {
        return Stream.of(
                row(
                        "a 404",
                        denied(request(), 404, lasting(60)),
                        "failed STATUS 404, answered 404; drop plain; put plain; CLEAR; failure not covered"),
                row(
                        "a 404 to one user",
                        denied(personal(), 404, lasting(60)),
                        "failed STATUS 404, answered 404; drop mine; drop for all plain; put mine; CLEAR; failure not"
                                + " covered"),
                row(
                        "a 404 to one user for all",
                        denied(personal(), 404, lasting(60, ALWAYS, COMMON)),
                        "failed STATUS 404, answered 404; drop mine; drop for all plain; put plain; drop mine; CLEAR;"
                                + " failure not covered"),
                row(
                        "a 405",
                        denied(request(), 405, lasting(60)),
                        "failed STATUS 405, answered 405; put plain; CLEAR; failure not covered"),
                row(
                        "a 404 for one caller, never fresh",
                        denied(request(), 404, lasting(0, NEVER, PARTITION)),
                        "failed STATUS 404, answered 404; drop plain; put plain; MARK; failure not covered"),
                row(
                        "a 503",
                        denied(request(), 503, lasting(60)),
                        "failed STATUS 503, answered 503; put plain; CLEAR; failure covered"),
                row(
                        "a 503 with a wait",
                        () -> planner()
                                .denied(
                                        request(),
                                        response(503, lasting(60)),
                                        Failure.of(503, "no"),
                                        OptionalLong.of(5 * SECOND),
                                        WAY,
                                        0),
                        "failed STATUS 503, answered 503; put plain; CLEAR; failure covered, wait 5 s"),
                row(
                        "a 404 that exceeds the store",
                        () -> new LandingPlanner(Samples.http(), 1)
                                .denied(request(), response(404, lasting(60)), Failure.of(404, "no"), NO_WAIT, WAY, 0),
                        "failed STATUS 404, answered 404 but too-heavy; drop plain; put plain; CLEAR; failure not"
                                + " covered"));
    }

    @ParameterizedTest
    @MethodSource("denied")
    void a_failure_that_is_remembered(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410, 451})
    void a_remembered_status_that_revokes_drops_the_own_and_the_common_response(int status) {
        assertThat(Plans.words(denied(personal(), status, lasting(60)).get()))
                .contains("; drop mine; drop for all plain; put mine; ");
        assertThat(Plans.words(
                        failed(personal(), Failure.of(status, "no"), null).get()))
                .contains("; drop mine; drop for all plain; KEEP; ");
    }

    private static Supplier<LandingPlan> failed(
            CacheRequest request, Failure failure, @Nullable StoredResponse usable) {
        return failed(planner(), request, failure, usable);
    }

    private static Supplier<LandingPlan> failed(
            LandingPlanner planner, CacheRequest request, Failure failure, @Nullable StoredResponse usable) {
        return () -> planner.failed(request, failure, new FlightOutcome.Failed(failure), NO_WAIT, usable);
    }

    static Stream<Row<Supplier<LandingPlan>>> failed() {
        LandingPlanner coversAll = new LandingPlanner(Samples.http(status -> true), 10_000);
        LandingPlanner coversNoStatus = new LandingPlanner(Samples.http(status -> false), 10_000);
        Failure timeout = Failure.of(Reason.TIMEOUT, "late");
        Failure ofType = Failure.threw(Reason.UNDECODABLE, "no", new IllegalStateException());
        return Stream.of(
                row("no connection", failed(request(), REFUSED, null), "failed CONNECT; KEEP; failure covered"),
                row(
                        "no connection with a stored response",
                        failed(request(), REFUSED, SMALL),
                        "failed CONNECT; KEEP; failure covered, stored"),
                row(
                        "an outage",
                        failed(request(), Failure.of(503, "no"), null),
                        "failed STATUS 503; KEEP; failure covered"),
                row(
                        "an outage with a wait",
                        () -> planner()
                                .failed(
                                        request(),
                                        REFUSED,
                                        new FlightOutcome.Failed(REFUSED),
                                        OptionalLong.of(7 * SECOND),
                                        SMALL),
                        "failed CONNECT; KEEP; failure covered, stored, wait 7 s"),
                row(
                        "an outage that is not covered",
                        failed(coversNoStatus, request(), Failure.of(503, "no"), SMALL),
                        "failed STATUS 503; KEEP; failure not covered, stored"),
                row(
                        "a 404",
                        failed(request(), Failure.of(404, "no"), SMALL),
                        "failed STATUS 404; drop plain; KEEP; failure not covered, stored"),
                row(
                        "a 404 that is covered",
                        failed(coversAll, request(), Failure.of(404, "no"), SMALL),
                        "failed STATUS 404; KEEP; failure covered, stored"),
                row(
                        "a 405",
                        failed(request(), Failure.of(405, "no"), null),
                        "failed STATUS 405; KEEP; failure not covered"),
                row("a timeout", failed(request(), timeout, null), "failed TIMEOUT; KEEP; failure covered"),
                row(
                        "a timeout shorter than that of the cache",
                        failed(within(TIMEOUT.minusNanos(1)), timeout, SMALL),
                        "failed TIMEOUT; KEEP; unchanged"),
                row(
                        "a timeout longer than that of the cache",
                        failed(within(TIMEOUT.plusNanos(1)), timeout, null),
                        "failed TIMEOUT; KEEP; failure covered"),
                row(
                        "no connection within a short timeout",
                        failed(within(TIMEOUT.minusNanos(1)), REFUSED, null),
                        "failed CONNECT; KEEP; failure covered"),
                row(
                        "code of the application that failed",
                        failed(request(), Failure.of(Reason.APPLICATION, "no"), SMALL),
                        "failed APPLICATION; KEEP; unchanged"),
                row(
                        "code of a type that threw",
                        failed(request(), ofType, SMALL),
                        "failed UNDECODABLE; KEEP; unchanged"),
                row(
                        "a body of another type",
                        failed(request(), Failure.of(Reason.UNDECODABLE, "no"), SMALL),
                        "failed UNDECODABLE; KEEP; failure covered, stored"),
                row(
                        "a closed cache",
                        failed(request(), Failure.of(Reason.CLOSED, "no"), SMALL),
                        "failed CLOSED; KEEP; failure not covered, stored"));
    }

    @ParameterizedTest
    @MethodSource("failed")
    void a_failure(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    @Test
    void a_staleIfStatus_that_throws_leaves_no_plan_for_a_status() {
        LandingPlanner throwing = new LandingPlanner(
                Samples.http(status -> {
                    throw new IllegalStateException("spoilt");
                }),
                10_000);
        assertThatThrownBy(() -> failed(throwing, request(), Failure.of(503, "no"), SMALL)
                        .get())
                .isInstanceOf(UserCodeException.class)
                .hasMessageContaining("staleIfStatus");
        assertThat(Plans.words(failed(throwing, request(), REFUSED, SMALL).get()))
                .isEqualTo("failed CONNECT; KEEP; failure covered, stored");
    }
}
