package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.ScriptedOrigin.Request;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Responses of an origin to conditional requests of the cache: responses without a body whose fields announce one, and
 * useless responses. After a useless response the cache asks again without conditions, and sends no conditions from
 * then on.
 */
class ConditionalRequestsTest {
    private static final String DATED =
            "Last-Modified: Mon, 02 Feb 2026 04:03:26 GMT|Date: Tue, 03 Feb 2026 04:05:06 GMT|";
    private static final String NOT_MODIFIED = "HTTP/1.1 304 Not Modified|Cache-Control: max-age=1|";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();
    private final TestClock clock = new TestClock();

    /** The API and the freshness rules of a call. */
    enum Way {
        TTL,
        HTTP,
        CLIENT
    }

    /** Calls the cache after the freshness lifetime of its stored response. */
    @FunctionalInterface
    private interface Asker {
        String ask() throws Exception;
    }

    private HttpCache cache;

    private Asker asker(Way way) {
        HttpCache asked =
                given.cache(b -> (way == Way.TTL ? b.ttl(Duration.ofSeconds(1)) : b.freshness(Freshness.http()))
                        .clock(clock::nanoTime, clock.wall()));
        CachingHttpClient client = way == Way.CLIENT ? asked.asHttpClient() : null;
        cache = asked;
        return () -> {
            clock.advance(Duration.ofSeconds(2));
            return client == null
                    ? asked.fetch(origin.url("/a")).text()
                    : client.send(HttpRequest.newBuilder(origin.uri("/a")).build(), BodyHandlers.ofString())
                            .body();
        };
    }

    private static boolean conditional(Request request) {
        String head = request.head().toLowerCase(Locale.ROOT);
        return head.contains("if-none-match:") || head.contains("if-modified-since:");
    }

    /** Sends a 200 response with a number of its own as the body, and with these fields beside a lifetime. */
    private static void whole(Request request, int number, String fields) throws Exception {
        String body = "[" + number + "]";
        request.send("HTTP/1.1 200 OK|Content-Type: application/json|Cache-Control: max-age=1|" + fields
                + "Content-Length: " + body.length() + "||" + body);
    }

    private void origin(String fields, ScriptedOrigin.Script toConditions) {
        origin.on("/a", request -> {
            if (conditional(request)) {
                toConditions.play(request);
            } else {
                whole(request, origin.requests("/a").size(), fields);
            }
        });
    }

    private List<Boolean> asked() {
        return origin.requests("/a").stream()
                .map(ConditionalRequestsTest::conditional)
                .toList();
    }

    static Stream<Arguments> bodiless() {
        List<Arguments> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            for (String fields : List.of(
                    "",
                    "Content-Length: 3|",
                    "Content-Length: 3|Content-Length: 3|",
                    "Content-Length: 0|",
                    "Content-Length: 3|Content-Length: 4|",
                    "Content-Length: 3, 3|",
                    "Content-Length: many|",
                    "Content-Length: -1|",
                    "Content-Length: 99999999999999999999|",
                    "Content-Length:|",
                    "Transfer-Encoding: chunked|",
                    "transfer-encoding: CHUNKED|",
                    "Transfer-Encoding: gzip, chunked|",
                    "Transfer-Encoding: identity|",
                    "Transfer-Encoding: x|",
                    "Transfer-Encoding:|",
                    "Transfer-Encoding: chunked|Transfer-Encoding: chunked|",
                    "Content-Length: 3|Transfer-Encoding: chunked|",
                    "Transfer-Encoding: chunked|Content-Length: 0|",
                    "Content-Encoding: gzip|Transfer-Encoding: chunked|")) {
                cases.add(Arguments.of(way, fields));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("bodiless")
    void a_304_has_no_body_whatever_its_fields_announce(Way way, String fields) throws Exception {
        Asker asker = asker(way);
        origin("ETag: \"1\"|", request -> request.send(NOT_MODIFIED + "ETag: \"1\"|" + fields + "|"));
        for (int i = 0; i < 3; i++) {
            assertThat(asker.ask()).isEqualTo("[1]");
        }
        assertThat(asked()).containsExactly(false, true, true);
    }

    @ParameterizedTest
    @EnumSource
    void a_304_of_an_older_version_of_http_has_none_either(Way way) throws Exception {
        Asker asker = asker(way);
        origin(
                "ETag: \"1\"|",
                request -> request.send("HTTP/1.0 304 Not Modified|ETag: \"1\"|Content-Length: 3||")
                        .fin());
        for (int i = 0; i < 3; i++) {
            assertThat(asker.ask()).isEqualTo("[1]");
        }
        assertThat(asked()).containsExactly(false, true, true);
    }

    @ParameterizedTest
    @EnumSource
    void a_304_that_sends_a_body_all_the_same_spoils_no_later_answer(Way way) throws Exception {
        Asker asker = asker(way);
        String next = "HTTP/1.1 200 OK|Content-Length: 8||[\"evil\"]";
        origin(
                "ETag: \"1\"|",
                request -> request.send(NOT_MODIFIED + "ETag: \"1\"|Transfer-Encoding: chunked||"
                        + Integer.toHexString(next.length()) + "|" + next + "|0||" + next));
        for (int i = 0; i < 4; i++) {
            assertThat(asker.ask()).isEqualTo("[1]");
        }
        assertThat(asked()).containsExactly(false, true, true, true);
        assertThat(origin.connections().stream().filter(connection -> connection.requests() > 2))
                .as("connections that were used again after such a 304")
                .isEmpty();
        origin.requests("/a").get(1).connection().awaitClosedByClient();
    }

    @ParameterizedTest
    @EnumSource
    void an_ordinary_304_keeps_its_connection(Way way) throws Exception {
        Asker asker = asker(way);
        origin("ETag: \"1\"|", request -> request.send(NOT_MODIFIED + "ETag: \"1\"|Content-Length: 3||"));
        for (int i = 0; i < 4; i++) {
            asker.ask();
        }
        assertThat(origin.connections()).hasSize(1);
    }

    static Stream<Arguments> useless() {
        List<Arguments> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            for (String answer : List.of(
                    "HTTP/1.1 412 -|Content-Length: 2||no",
                    "HTTP/1.1 412 -|Content-Length: 0||",
                    "HTTP/1.1 431 -|Content-Length: 0||",
                    "HTTP/1.1 416 -|Content-Length: 0||",
                    "HTTP/1.1 206 -|Content-Range: bytes 0-0/3|Content-Length: 1||[",
                    "HTTP/1.1 206 -|Content-Range: what?|Content-Length: 1||[",
                    "HTTP/1.1 206 -|Content-Length: 1||[",
                    "HTTP/1.1 200 -|Content-Length: 3|Transfer-Encoding: chunked||0||",
                    "HTTP/1.1 200 -|Transfer-Encoding: gzip||",
                    "HTTP/1.1 200 -|Content-Length: 3|Content-Length: 4||[0]",
                    "HTTP/1.1 200 -|Content-Length: x||[0]",
                    "HTTP/1.1 200 -|Transfer-Encoding: chunked||zz|",
                    "HTTP/1.1 304 -|X: LONG||",
                    "no HTTP at all||",
                    "HTTP/1.1 200 -|Cache-Control: max-age=1|Content-Encoding: gzip|Content-Length: 3||[0]",
                    "HTTP/1.1 200 -|Cache-Control: max-age=1|Content-Encoding: deflate|Content-Length: 3||[0]")) {
                cases.add(Arguments.of(way, answer));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("useless")
    void an_answer_that_conditions_make_useless_is_asked_for_without_them_once_and_from_then_on(Way way, String answer)
            throws Exception {
        Asker asker = asker(way);
        origin("ETag: \"1\"|" + DATED, request -> request.send(answer.replace("LONG", "x".repeat(70_000))));
        assertThat(asker.ask()).isEqualTo("[1]");
        assertThat(asker.ask()).as("after one request in vain").isEqualTo("[3]");
        assertThat(asker.ask()).isEqualTo("[4]");
        assertThat(asker.ask()).isEqualTo("[5]");
        assertThat(asked()).containsExactly(false, true, false, false, false);
        assertThat(cache.stats().misses()).as("calls, and not requests").isEqualTo(4);
        assertThat(cache.stats().failures()).as("none of them failed").isEmpty();
        assertThat(cache.stats().revalidated()).isZero();
    }

    /** The rest of a response after a status line that is enough for the cache. */
    enum Unread {
        LONGER_THAN_MAY_BE(request -> request.send("Content-Length: 999999999||no")),
        ANNOUNCED_AND_NEVER_SENT(request -> request.send("Content-Length: 5||no")),
        WITHOUT_A_BYTE(request -> request.send("Content-Length: 5||")),
        CHUNKS_THAT_PAUSE(request -> request.send("Transfer-Encoding: chunked||2|no|")),
        CHUNKS_WITHOUT_END(
                request -> request.send("Transfer-Encoding: chunked||").drip("2|no|", Duration.ofMillis(1))),
        UNTIL_A_CLOSE_THAT_NEVER_COMES(request -> request.send("|no")),
        CUT_OFF(request -> request.send("Content-Length: 5||no").fin()),
        CHUNKS_CUT_OFF(
                request -> request.send("Transfer-Encoding: chunked||2|no|").fin()),
        RESET(request -> request.send("Content-Length: 5||no").reset()),
        CHUNKS_THAT_ARE_NONE(request -> request.send("Transfer-Encoding: chunked||zz|")),
        NOT_OF_ITS_CODING(request -> request.send("Content-Encoding: gzip|Content-Length: 2||no"));

        private final ScriptedOrigin.Script rest;

        Unread(ScriptedOrigin.Script rest) {
            this.rest = rest;
        }
    }

    static Stream<Arguments> unread() {
        List<Arguments> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            for (int status : List.of(206, 412, 416, 431)) {
                for (Unread body : Unread.values()) {
                    cases.add(Arguments.of(way, status, body));
                }
            }
        }
        return cases.stream();
    }

    /** The requests have no timeout here, so a call that waits for such a body waits for ever. */
    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("unread")
    void the_body_of_an_answer_to_conditions_of_its_own_neither_delays_nor_prevents_the_request_without_them(
            Way way, int status, Unread body) throws Exception {
        Asker asker = asker(way);
        origin("ETag: \"1\"|" + DATED, request -> {
            request.send("HTTP/1.1 " + status + " -|Content-Range: bytes 0-4/9|");
            body.rest.play(request);
        });
        assertThat(asker.ask()).isEqualTo("[1]");
        assertThat(asker.ask()).isEqualTo("[3]");
        assertThat(asker.ask()).as("it was learnt").isEqualTo("[4]");
        assertThat(asked()).containsExactly(false, true, false, false);
        assertThat(cache.stats().failures()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void bytes_behind_the_head_of_such_an_answer_spoil_no_later_one(Way way) throws Exception {
        Asker asker = asker(way);
        String evil = "HTTP/1.1 200 OK|Content-Length: 8||[\"evil\"]";
        origin(
                "ETag: \"1\"|",
                request -> request.send("HTTP/1.1 412 -|Content-Length: " + evil.length() + "||" + evil + evil));
        for (String expected : List.of("[1]", "[3]", "[4]")) {
            assertThat(asker.ask()).isEqualTo(expected);
        }
        origin.requests("/a").get(1).connection().awaitClosedByClient();
    }

    @ParameterizedTest
    @EnumSource
    void such_an_answer_to_a_request_without_conditions_is_the_answer(Way way) throws Exception {
        Asker asker = asker(way);
        origin.on("/a", request -> request.send("HTTP/1.1 412 -|Content-Length: 2||no"));
        if (way == Way.CLIENT) {
            assertThat(asker.ask()).isEqualTo("no");
        } else {
            assertThatThrownBy(asker::ask)
                    .isInstanceOfSatisfying(
                            StatusException.class,
                            e -> assertThat(e.status().getAsInt()).isEqualTo(412));
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_origin_that_cannot_be_read_either_way_is_asked_twice_at_most(Way way) throws Exception {
        Asker asker = asker(way);
        origin("ETag: \"1\"|", request -> {});
        asker.ask();
        origin.on("/a", ScriptedOrigin.sends("HTTP/1.1 200 -|Content-Length: 1|Content-Length: 2||"));
        try {
            assertThat(asker.ask()).as("with a TTL the good answer stands in").isEqualTo("[1]");
        } catch (java.io.IOException e) {
            assertThat(way).isNotEqualTo(Way.TTL);
        }
        assertThat(asked()).containsExactly(false, true, false);
        origin("ETag: \"1\"|", request -> request.send(NOT_MODIFIED + "ETag: \"1\"||"));
        assertThat(asker.ask()).as("nothing was learnt of it").isEqualTo("[1]");
        assertThat(asked()).containsExactly(false, true, false, true);
    }

    static Stream<Arguments> otherTags() {
        List<Arguments> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            cases.add(Arguments.of(way, "\"abc-gzip\"", "\"abc\""));
            cases.add(Arguments.of(way, "\"abc\"", "\"abc-gzip\""));
            cases.add(Arguments.of(way, "\"abc--gzip\"", "\"abc\""));
            cases.add(Arguments.of(way, "\"abc;br\"", "\"abc\""));
            cases.add(Arguments.of(way, "W/\"abc-gzip\"", "W/\"abc\""));
            cases.add(Arguments.of(way, "W/\"abc-gzip\"", "\"abc\""));
            cases.add(Arguments.of(way, "\"abc-gzip\"", "W/\"abc\""));
            cases.add(Arguments.of(way, "\"abc\"", "abc"));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}: {1}, told {2}")
    @MethodSource("otherTags")
    void a_304_with_another_tag_confirms_nothing_and_from_then_on_one_request_will_do(Way way, String tag, String told)
            throws Exception {
        Asker asker = asker(way);
        origin("ETag: " + tag + "|", request -> request.send(NOT_MODIFIED + "ETag: " + told + "||"));
        assertThat(asker.ask()).isEqualTo("[1]");
        assertThat(asker.ask()).isEqualTo("[3]");
        assertThat(asker.ask()).isEqualTo("[4]");
        assertThat(asker.ask()).isEqualTo("[5]");
        assertThat(asked()).containsExactly(false, true, false, false, false);
    }

    @ParameterizedTest(name = "{0}: {1}, told {2}")
    @MethodSource("otherTags")
    void where_such_a_304_has_the_stored_date_that_is_asked_by_from_then_on(Way way, String tag, String told)
            throws Exception {
        Asker asker = asker(way);
        origin(
                "ETag: " + tag + "|" + DATED,
                request -> request.send(NOT_MODIFIED + "ETag: " + told + "|" + DATED + "|"));
        assertThat(asker.ask()).isEqualTo("[1]");
        assertThat(asker.ask()).isEqualTo("[3]");
        assertThat(asker.ask()).isEqualTo("[3]");
        assertThat(asker.ask()).isEqualTo("[3]");
        assertThat(asked()).containsExactly(false, true, false, true, true);
        for (Request request : origin.requests("/a").subList(3, 5)) {
            assertThat(request.head())
                    .containsIgnoringCase("if-modified-since:")
                    .doesNotContainIgnoringCase("if-none");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_date_that_may_be_that_of_a_later_change_confirms_nothing_beside_another_tag(Way way) throws Exception {
        String weak = "Last-Modified: Tue, 03 Feb 2026 04:05:06 GMT|Date: Tue, 03 Feb 2026 04:05:06 GMT|";
        Asker asker = asker(way);
        origin("ETag: \"abc-gzip\"|" + weak, request -> request.send(NOT_MODIFIED + "ETag: \"abc\"|" + weak + "|"));
        for (int i = 0; i < 4; i++) {
            asker.ask();
        }
        assertThat(asked()).containsExactly(false, true, false, false, false);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void a_tag_that_is_weakened_on_one_of_both_confirms_at_once(Way way) throws Exception {
        for (List<String> tags : List.of(List.of("\"abc\"", "W/\"abc\""), List.of("W/\"abc\"", "\"abc\""))) {
            int before = origin.requests("/a").size();
            Asker asker = asker(way);
            origin("ETag: " + tags.get(0) + "|", request -> request.send(NOT_MODIFIED + "ETag: " + tags.get(1) + "||"));
            String first = asker.ask();
            assertThat(asker.ask()).isEqualTo(first);
            assertThat(asker.ask()).isEqualTo(first);
            assertThat(asked().subList(before, before + 3)).containsExactly(false, true, true);
        }
    }
}
