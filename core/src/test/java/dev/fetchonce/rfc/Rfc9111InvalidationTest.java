package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4.4: the effect of an unsafe request on stored responses. */
class Rfc9111InvalidationTest {
    private static final String MINUTE = "Cache-Control: max-age=60";

    @RegisterExtension
    final Invariants given = new Invariants();

    private List<Side> both() {
        return List.of(Side.ofOne(given), Side.ofMany(given));
    }

    /**
     * Stores the response to a GET of each target. The origin answers the second request for a target with this status
     * and these fields.
     */
    private static Side stored(Side side, int status, String fields, String... targets) throws Exception {
        for (String target : targets) {
            side.origin.on(target, call -> {
                if (call.number() == 2) {
                    call.status(status, Side.lines(fields));
                } else {
                    call.send(200, Side.body(call), MINUTE);
                }
            });
            side.send("GET", target, "");
        }
        return side;
    }

    private static boolean isStored(Side side, String target) throws Exception {
        int before = side.origin.requests();
        side.send("GET", target, "");
        return side.origin.requests() == before;
    }

    @Nested
    @DisplayName("RFC 9111 §4.4 invalidating stored responses")
    class Section_4_4 {
        @ParameterizedTest
        @CsvSource({
            "POST, false",
            "PUT, false",
            "DELETE, false",
            "PATCH, false",
            "PROPFIND, false",
            "get, false",
            "FOO, false",
            "HEAD, true",
            "OPTIONS, true",
            "TRACE, true",
            "QUERY, true",
        })
        void unsafe_and_unknown_methods_invalidate_their_target(String method, boolean stays) throws Exception {
            for (Side side : both()) {
                stored(side, 204, "", "/a").send(method, "/a", "");
                assertThat(side.found("")).isEqualTo(stays ? Found.HIT : Found.ASKED);
            }
        }

        @ParameterizedTest
        @CsvSource({
            "200, false",
            "201, false",
            "204, false",
            "299, false",
            "302, false",
            "304, false",
            "399, false",
            "400, true",
            "404, true",
            "409, true",
            "500, true",
            "503, true"
        })
        void only_an_answer_that_is_no_error_does(int status, boolean stays) throws Exception {
            for (Side side : both()) {
                stored(side, status, "", "/a").send("POST", "/a", "");
                assertThat(side.found("")).isEqualTo(stays ? Found.HIT : Found.ASKED);
            }
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "Location: /b                        | false",
                    "Content-Location: /b                | false",
                    "Location: b                         | false",
                    "Location: ./c/../b                  | false",
                    "Location: /b#part                   | false",
                    "Content-Location: HERE/b            | false",
                    "Location: /other; Content-Location: /b | false",
                    "Location: http://127.0.0.1:1/b      | true",
                    "Location: https://127.0.0.1/b       | true",
                    "Location: //elsewhere.example/b     | true",
                    "Location: /b/                       | true",
                    "Location: /b?q                      | true",
                    "Location: http://[                  | true",
                    "Link: </b>                          | true",
                })
        void those_that_the_answer_names_are_invalidated_too_within_the_origin(String fields, boolean stays)
                throws Exception {
            for (Side side : both()) {
                stored(side, 201, fields.replace("HERE", side.origin.url("")), "/a", "/b");
                side.send("PUT", "/a", "");
                assertThat(isStored(side, "/b")).isEqualTo(stays);
                assertThat(isStored(side, "/a")).isFalse();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"Location", "Content-Location"})
        void a_response_of_another_origin_is_not_invalidated(String field) throws Exception {
            for (Side side : both()) {
                FakeOrigin other = given.origin().json("/a", "1", MINUTE);
                HttpRequest request = HttpRequest.newBuilder(other.uri("/a")).build();
                side.client.send(request, BodyHandlers.ofString());
                side.answers(201, field + ": " + other.url("/a")).send("POST", "/a", "");
                side.client.send(request, BodyHandlers.ofString());
                assertThat(other.requests()).isEqualTo(1);
            }
        }

        @Test
        void other_urls_and_other_queries_stay() throws Exception {
            Side side = stored(Side.ofOne(given), 200, "", "/a", "/b");
            side.send("GET", "/a?q", "");
            side.origin.on("/a", call -> call.send(200, Side.body(call), MINUTE));
            assertThat(isStored(side, "/a?q")).isFalse();
            assertThat(isStored(side, "/a?q")).isTrue();
            side.send("POST", "/a", "");
            assertThat(isStored(side, "/a")).isFalse();
            assertThat(isStored(side, "/a?q")).isTrue();
            assertThat(isStored(side, "/b")).isTrue();
        }

        @Test
        void all_variants_and_what_every_user_has_go_at_once() throws Exception {
            for (Side side : both()) {
                side.origin.on(
                        "/a",
                        call -> call.send(
                                200, Side.body(call), "Cache-Control: max-age=60, public", "Vary: Accept-Language"));
                List<String> requests = List.of(
                        "Accept-Language: de",
                        "Accept-Language: fr",
                        "Authorization: a",
                        "Authorization: b; Accept-Language: it");
                for (String request : requests) {
                    side.get(request);
                    assertThat(side.found(request)).isEqualTo(Found.HIT);
                }
                side.send("DELETE", "/a", "Authorization: c");
                for (String request : requests) {
                    assertThat(side.found(request)).isEqualTo(Found.ASKED);
                }
            }
        }

        @Test
        void private_responses_of_others_go_as_well() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> call.send(200, Side.body(call), MINUTE));
            side.get("Authorization: a");
            side.get("Cookie: b=c");
            side.send("POST", "/a", "");
            assertThat(side.found("Authorization: a")).isEqualTo(Found.ASKED);
            assertThat(side.found("Cookie: b=c")).isEqualTo(Found.ASKED);
        }

        @Test
        void it_is_done_before_the_caller_sees_the_answer() throws Exception {
            Side side = stored(Side.ofOne(given), 200, "", "/a");
            AtomicReference<Found> seen = new AtomicReference<>();
            side.client.send(side.request("POST", "/a", ""), head -> {
                try {
                    seen.set(Crowd.one(() -> side.found("")).value());
                } finally {
                    assertThat(head.statusCode()).isEqualTo(200);
                }
                return java.net.http.HttpResponse.BodySubscribers.discarding();
            });
            assertThat(seen).hasValue(Found.ASKED);
        }

        @Test
        void an_answer_that_was_under_way_is_not_stored_afterwards() throws Exception {
            Side side = Side.ofMany(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                if (call.number() == 1) {
                    latch.pass();
                }
                call.send(200, Side.body(call), MINUTE);
            });
            Crowd<String> early = Crowd.one(() -> side.get("").body());
            latch.awaitArrivals(1);
            side.send("PUT", "/a", "");
            assertThat(side.get("").body())
                    .as("who asks afterwards does not wait for it")
                    .isEqualTo("3");
            latch.open();
            assertThat(early.value()).isEqualTo("1");
            assertThat(side.get("").body()).isEqualTo("3");
            assertThat(side.found("")).isEqualTo(Found.HIT);
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "FOO"})
        @DisplayName("our own caution: a request that got no answer may have changed something")
        void no_answer_invalidates_as_well(String method) throws Exception {
            for (Side side : both()) {
                side.answers(200, MINUTE).get("");
                side.origin.on("/a", Call::reset);
                assertThatThrownBy(() -> side.send(method, "/a", "")).isInstanceOf(IOException.class);
                side.answers(200, MINUTE);
                assertThat(side.found("")).isEqualTo(Found.ASKED);
            }
        }

        @Test
        @DisplayName("RFC 9111 §4: an unsafe request is written through, and answered by the origin")
        void unsafe_requests_are_written_through() throws Exception {
            Side side = stored(Side.ofOne(given), 200, "X-Answer: 1", "/a");
            assertThat(side.send("POST", "/a", "Cache-Control: max-stale")
                            .headers()
                            .firstValue("x-answer"))
                    .hasValue("1");
        }
    }
}
