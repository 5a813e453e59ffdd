package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9111 §4.3: the conditional requests of the cache, the effect of a 304 response, and the conditions of callers.
 */
class Rfc9111ValidationTest {
    private static final String DATE = "Tue, 03 Feb 2026 04:03:26 GMT";
    private static final String MINUTE = "Cache-Control: max-age=60";

    @RegisterExtension
    final Invariants given = new Invariants();

    private List<Side> both() {
        return List.of(Side.ofOne(given), Side.ofMany(given));
    }

    /**
     * Lets the origin answer a request without a condition with the first fields. It answers a conditional request with
     * 304 and the other fields.
     */
    private static Side confirming(Side side, String first, String notModified) {
        side.origin.on("/a", call -> {
            boolean asked = call.field("If-None-Match").isPresent()
                    || call.field("If-Modified-Since").isPresent();
            if (asked) {
                call.status(304, Side.lines(notModified));
            } else {
                call.send(200, Side.body(call), Side.lines(first));
            }
        });
        return side;
    }

    @Nested
    @DisplayName("RFC 9111 §4.3.1 sending a validation request")
    class Section_4_3_1 {
        @ParameterizedTest(name = "{0}: {1} {2}")
        @CsvSource(
                delimiter = '|',
                nullValues = "-",
                value = {
                    "ETag: \"x\"                     | \"x\"   | -",
                    "ETag: W/\"x\"                   | W/\"x\" | -",
                    "ETag: unquoted                  | unquoted | -",
                    "Last-Modified: " + DATE + "     | -       | " + DATE,
                    "ETag: \"x\"; Last-Modified: " + DATE + " | \"x\" | " + DATE,
                    "X-None: 1                       | -       | -",
                })
        void its_validators_are_sent(String fields, String tag, String date) throws Exception {
            for (Side side : both()) {
                side.answers(200, "Cache-Control: max-age=1; " + fields).get("");
                side.after(61).get("");
                Call second = side.origin.calls("/a").get(1);
                assertThat(second.field("If-None-Match")).isEqualTo(Optional.ofNullable(tag));
                assertThat(second.field("If-Modified-Since")).isEqualTo(Optional.ofNullable(date));
            }
        }

        @Test
        void the_tags_of_all_variants_are_sent_at_once() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                String tag = '"' + call.field("Accept-Language").orElse("none") + '"';
                call.send(200, Side.body(call), "Vary: Accept-Language", "ETag: " + tag, MINUTE);
            });
            for (String language : List.of("de", "fr", "it")) {
                side.get("Accept-Language: " + language);
            }
            side.get("Accept-Language: en");
            assertThat(side.origin
                            .calls("/a")
                            .getLast()
                            .field("If-None-Match")
                            .orElse("")
                            .split(", "))
                    .as("none of them was selected, and any may be right")
                    .containsExactlyInAnyOrder("\"de\"", "\"fr\"", "\"it\"");
            side.after(61).get("Accept-Language: fr");
            assertThat(side.origin.calls("/a").getLast().field("If-None-Match").orElse(""))
                    .as("the selected one first")
                    .startsWith("\"fr\", ")
                    .contains("\"en\"");
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.3.2 handling a received validation request")
    class Section_4_3_2 {
        private static final String STORED = MINUTE + "; ETag: \"x\"; Last-Modified: " + DATE + "; X-Other: 1";

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "If-None-Match: \"x\"                                 | 304",
                    "If-None-Match: W/\"x\"                               | 304",
                    "If-None-Match: \"y\", \"x\"                          | 304",
                    "If-None-Match: \"y\"; If-None-Match: \"x\"           | 304",
                    "If-None-Match: *                                     | 304",
                    "If-None-Match: \"y\"                                 | 200",
                    "If-None-Match: x                                     | 200",
                    "If-None-Match: \"y\"; If-Modified-Since: " + DATE + "| 200",
                    "If-Modified-Since: " + DATE + "                      | 304",
                    "If-Modified-Since: Tue, 03 Feb 2026 04:03:27 GMT     | 304",
                    "If-Modified-Since: Tue, 03 Feb 2026 04:03:25 GMT     | 200",
                    "If-Modified-Since: yesterday                         | 200",
                })
        void the_callers_own_conditions_are_answered_from_the_store(String condition, int status) throws Exception {
            for (Side side : both()) {
                side.answers(200, STORED).get("");
                HttpResponse<String> response = side.after(10).get(condition);
                assertThat(side.origin.requests()).isEqualTo(1);
                assertThat(response.statusCode()).isEqualTo(status);
                assertThat(response.body()).isEqualTo(status == 304 ? "" : "1");
                assertThat(Side.age(response)).isEqualTo("10");
                assertThat(response.headers().firstValue("etag")).hasValue("\"x\"");
                assertThat(response.headers().firstValue("x-other").isPresent()).isEqualTo(status == 200);
            }
        }

        @Test
        void where_nothing_is_stored_the_whole_is_asked_for_and_the_condition_answered_from_that() throws Exception {
            Side side = Side.ofOne(given).answers(200, STORED);
            assertThat(side.get("If-None-Match: \"x\"").statusCode()).isEqualTo(304);
            assertThat(side.origin.calls("/a").getFirst().field("If-None-Match"))
                    .isEmpty();
            assertThat(side.found("")).isEqualTo(Found.HIT);
        }

        @Test
        void a_stale_response_is_validated_with_its_own_condition_first() throws Exception {
            Side side = confirming(Side.ofMany(given), STORED, STORED);
            side.get("");
            assertThat(side.after(61).get("If-None-Match: \"y\"").statusCode()).isEqualTo(200);
            assertThat(side.origin.calls("/a").getLast().field("If-None-Match")).hasValue("\"x\"");
            assertThat(side.after(61).get("If-None-Match: \"x\"").statusCode()).isEqualTo(304);
        }

        @Test
        void without_last_modified_the_date_counts_and_without_that_the_arrival() throws Exception {
            for (String stored : List.of(MINUTE, MINUTE + "; Date: Tue, 03 Feb 2026 04:05:06 GMT")) {
                Side side = Side.ofOne(given).answers(200, stored);
                side.get("");
                assertThat(side.get("If-Modified-Since: Tue, 03 Feb 2026 04:05:06 GMT")
                                .statusCode())
                        .isEqualTo(304);
                assertThat(side.get("If-Modified-Since: Tue, 03 Feb 2026 04:05:05 GMT")
                                .statusCode())
                        .isEqualTo(200);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"If-Match: \"x\"", "If-Match: *", "If-Unmodified-Since: " + DATE, "If-Range: \"x\""})
        @DisplayName("what only the origin can judge is forwarded")
        void a_condition_that_only_the_origin_can_judge_is_forwarded(String condition) throws Exception {
            for (Side side : both()) {
                side.answers(200, STORED).get("");
                HttpResponse<String> response = side.get(condition);
                assertThat(response.body()).isEqualTo("2");
                assertThat(Side.cacheStatus(response)).isEqualTo("Fetchonce; fwd=request; fwd-status=200");
                assertThat(side.origin.calls("/a").get(1).field(condition.split(":")[0]))
                        .isPresent();
            }
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.3.3 handling a validation response")
    class Section_4_3_3 {
        @ParameterizedTest
        @ValueSource(ints = {200, 404, 410, 500})
        void another_answer_than_a_304_is_the_answer(int status) throws Exception {
            for (Side side : both()) {
                side.origin.on("/a", call -> {
                    int code = call.number() == 1 ? 200 : status;
                    call.send(code, Side.body(call), MINUTE, "ETag: \"" + call.number() + '"');
                });
                side.get("");
                HttpResponse<String> second = side.after(61).get("");
                assertThat(second.statusCode()).isEqualTo(status);
                assertThat(second.body()).isEqualTo("2");
                assertThat(side.get("").statusCode())
                        .as("it has taken its place")
                        .isEqualTo(status);
                assertThat(side.origin.requests()).isEqualTo(2);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {200, 404, 410})
        @DisplayName("our own choice: what is not to be stored removes what was")
        void a_response_that_must_not_be_stored_removes_the_stored_one(int status) throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE + ", stale-if-error=600");
            side.get("");
            side.answers(status, "Cache-Control: no-store");
            assertThat(side.after(61).get("").statusCode()).isEqualTo(status);
            side.answers(500, "");
            assertThat(side.get("").statusCode())
                    .as("the old one does not come back")
                    .isEqualTo(500);
        }

        @Test
        void a_new_answer_that_is_not_to_be_stored_is_the_answer_as_well() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.send(
                            200, Side.body(call), Side.TAG, call.number() == 1 ? MINUTE : "Cache-Control: no-store"));
            side.get("");
            assertThat(side.after(61).get("").body()).isEqualTo("2");
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.3.4 freshening stored responses, and §3.2 updating fields")
    class Section_4_3_4 {
        @ParameterizedTest(name = "stored {0}, told {1}: {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "ETag: \"x\"                    | ETag: \"x\"                  | VALIDATED",
                    "ETag: W/\"x\"                  | ETag: W/\"x\"                | VALIDATED",
                    "ETag: W/\"x\"                  | ETag: \"x\"                  | VALIDATED",
                    "ETag: \"x\"                    | ''                           | VALIDATED",
                    "Last-Modified: " + DATE + "    | ''                           | VALIDATED",
                    "Last-Modified: " + DATE + "    | Last-Modified: " + DATE + "  | VALIDATED",
                    // a 304 for another response: the cache asks again
                    "ETag: \"x\"                    | ETag: \"y\"                  | ASKED",
                    "Last-Modified: " + DATE + "    | Last-Modified: Tue, 03 Feb 2026 04:05:00 GMT | ASKED",
                    "Last-Modified: " + DATE + "    | ETag: \"y\"                  | ASKED",
                })
        void a_304_confirms_what_it_speaks_of_and_another_is_asked_again_without_conditions(
                String stored, String told, Found last) throws Exception {
            for (Side side : both()) {
                confirming(side, MINUTE + "; " + stored, MINUTE + (told.isEmpty() ? "" : "; " + told));
                side.get("");
                assertThat(side.after(61).found("")).isEqualTo(last);
                assertThat(side.origin.requests()).isEqualTo(last == Found.ASKED ? 3 : 2);
                assertThat(side.get("").body()).isEqualTo(last == Found.ASKED ? "3" : "1");
                assertThat(side.found("")).as("it is fresh again").isEqualTo(Found.HIT);
            }
        }

        @Test
        void the_fields_of_the_304_take_the_place_of_the_stored_ones() throws Exception {
            for (Side side : both()) {
                String first = MINUTE + "; ETag: \"x\"; X-A: 1; X-A: 2; X-B: 1; Content-Type: text/plain; Age: 7";
                String told = "Cache-Control: max-age=90; ETag: \"x\"; x-a: 3; X-C: 1; Content-Type: text/html; "
                        + "Content-Encoding: br; Content-Range: bytes 0-0/9; Content-Length: 99; Connection: X-D; X-D: 1";
                confirming(side, first, told);
                side.get("");
                for (HttpResponse<String> response : List.of(side.after(61).get(""), side.get(""))) {
                    assertThat(response.body()).isEqualTo("1");
                    assertThat(response.headers().allValues("x-a")).containsExactly("3");
                    assertThat(response.headers().allValues("x-b")).containsExactly("1");
                    assertThat(response.headers().allValues("x-c")).containsExactly("1");
                    assertThat(response.headers().allValues("content-type")).containsExactly("text/plain");
                    assertThat(response.headers().allValues("content-length")).containsExactly("1");
                    assertThat(response.headers().map())
                            .doesNotContainKeys("content-encoding", "content-range", "x-d", "connection");
                }
                assertThat(Side.age(side.get("")))
                        .as("that of an older answer is gone")
                        .isEqualTo("0");
                assertThat(side.after(89).found("")).isEqualTo(Found.HIT);
                assertThat(side.after(1).found("")).isEqualTo(Found.VALIDATED);
            }
        }

        @Test
        void the_age_of_the_304_counts_and_so_does_the_old_date_where_it_has_none() throws Exception {
            Side aged = confirming(Side.ofOne(given), MINUTE + "; ETag: \"x\"", MINUTE + "; ETag: \"x\"; Age: 20");
            aged.get("");
            aged.after(61).get("");
            assertThat(Side.age(aged.get(""))).isEqualTo("20");
            Side dated = confirming(
                    Side.ofOne(given), MINUTE + "; ETag: \"x\"; Date: Tue, 03 Feb 2026 04:05:06 GMT", MINUTE);
            dated.get("");
            dated.after(61).get("");
            assertThat(Side.age(dated.get("")))
                    .as("a 304 without Date was made when it came")
                    .isEqualTo("0");
        }

        @ParameterizedTest
        @CsvSource({
            "private, no-store, ASKED",
            "shared, no-store, ASKED",
            "shared, private, ASKED",
            "private, no-cache, VALIDATED",
            "shared, 'max-age=60, must-revalidate', HIT"
        })
        void the_rules_of_the_304_about_storing_hold_from_now_on(String kind, String told, Found after)
                throws Exception {
            Side side =
                    confirming(Side.of(given, kind), MINUTE + "; ETag: \"x\"", "ETag: \"x\"; Cache-Control: " + told);
            side.get("");
            HttpResponse<String> confirmed = side.after(61).get("");
            assertThat(confirmed.body()).isEqualTo("1");
            assertThat(confirmed.headers().firstValue("cache-control"))
                    .as("its caller is told")
                    .hasValue(told);
            assertThat(side.found("")).isEqualTo(after);
        }

        @Test
        void a_304_may_select_another_variant_and_updates_that() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                String language = call.field("Accept-Language").orElse("");
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, "ETag: \"de\"", MINUTE, "Vary: Accept-Language", "X-New: 1");
                } else {
                    call.send(
                            200,
                            language.getBytes("US-ASCII"),
                            "ETag: \"" + language + '"',
                            MINUTE,
                            "Vary: Accept-Language");
                }
            });
            side.get("Accept-Language: de");
            side.after(30);
            HttpResponse<String> english = side.get("Accept-Language: en");
            assertThat(english.body())
                    .as("the origin says that the German one is the answer")
                    .isEqualTo("de");
            assertThat(Side.cacheStatus(english)).isEqualTo("Fetchonce; fwd=vary-miss; fwd-status=304; stored; ttl=60");
            int before = side.origin.requests();
            assertThat(side.get("Accept-Language: en").body()).as("from now on").isEqualTo("de");
            side.after(31);
            HttpResponse<String> german = side.get("Accept-Language: de");
            assertThat(german.headers().firstValue("x-new"))
                    .as("the one that it spoke of is updated")
                    .hasValue("1");
            assertThat(Side.age(german)).isEqualTo("31");
            assertThat(side.origin.requests()).isEqualTo(before);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"%s\"", "W/\"%s\""})
        void a_304_for_another_variant_may_have_a_weak_tag(String pattern) throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                String language = call.field("Accept-Language").orElse("");
                String tag =
                        "ETag: " + pattern.formatted(call.field("If-None-Match").isPresent() ? "de" : language);
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, tag, MINUTE, "Vary: Accept-Language");
                } else {
                    call.send(200, language.getBytes("US-ASCII"), tag, MINUTE, "Vary: Accept-Language");
                }
            });
            side.get("Accept-Language: de");
            assertThat(side.get("Accept-Language: en").body()).isEqualTo("de");
            assertThat(side.origin.requests()).isEqualTo(2);
        }

        @Test
        void a_304_updates_every_variant_with_its_strong_tag() throws Exception {
            Side side = Side.ofMany(given);
            side.origin.on("/a", call -> {
                String[] fields = {
                    "ETag: \"same\"",
                    "Cache-Control: max-age=60, private=\"x-mine\"",
                    "Vary: Accept-Language",
                    "X-N: " + call.number(),
                    "X-Mine: 1"
                };
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, fields);
                } else {
                    call.send(200, Side.body(call), fields);
                }
            });
            side.get("Accept-Language: de");
            side.get("Accept-Language: fr");
            side.after(61).get("Accept-Language: de");
            int before = side.origin.requests();
            HttpResponse<String> other = side.get("Accept-Language: fr");
            assertThat(side.origin.requests())
                    .as("it was confirmed together with the other")
                    .isEqualTo(before);
            assertThat(other.headers().firstValue("x-n")).hasValue(Integer.toString(before));
            assertThat(other.headers().firstValue("x-mine"))
                    .as("which was not to be stored")
                    .isEmpty();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.3.5 freshening with HEAD")
    class Section_4_3_5 {
        private static final String STORED = MINUTE + "; ETag: \"x\"; Last-Modified: " + DATE;

        private Side headed(Side side, String head) {
            side.origin.on("/a", call -> {
                if (call.number() == 2) {
                    call.raw("HTTP/1.1 200 OK\r\n" + String.join("\r\n", Side.lines(head)) + "\r\n\r\n");
                } else {
                    call.send(200, Side.body(call), Side.lines(STORED));
                }
            });
            return side;
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "Content-Length: 1; ETag: \"x\"                                              | HIT",
                    "ETag: \"x\"                                                                 | HIT",
                    "Content-Length: 1; Last-Modified: " + DATE + "                              | HIT",
                    "Content-Length: 1                                                           | HIT",
                    "Content-Length: 2; ETag: \"x\"                                              | ASKED",
                    "Content-Length: 1; ETag: \"y\"                                              | ASKED",
                    "Content-Length: 1; ETag: \"x\"; Last-Modified: Tue, 03 Feb 2026 04:05:00 GMT| ASKED",
                })
        void the_answer_to_head_updates_what_is_stored_or_shows_it_to_be_old(String head, Found then) throws Exception {
            for (Side side : both()) {
                headed(side, head + "; X-New: 1; Cache-Control: max-age=90");
                side.get("");
                assertThat(side.after(61).send("HEAD", "/a", "").statusCode()).isEqualTo(200);
                assertThat(side.found("")).isEqualTo(then);
                if (then == Found.HIT) {
                    HttpResponse<String> hit = side.get("");
                    assertThat(hit.headers().firstValue("x-new")).hasValue("1");
                    assertThat(hit.headers().firstValue("content-length")).hasValue("1");
                    assertThat(hit.body()).isEqualTo("1");
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Transfer-Encoding: chunked",
                    "Transfer-Encoding: gzip, chunked",
                    "Transfer-Encoding: x",
                    "Content-Length: 1; Transfer-Encoding: chunked",
                    "Content-Length: 9; Transfer-Encoding: chunked"
                })
        void an_answer_to_head_has_no_body_whatever_its_fields_announce(String framing) throws Exception {
            for (Side side : both()) {
                headed(side, "ETag: \"x\"; Cache-Control: max-age=90; " + framing);
                side.get("");
                assertThat(side.after(61).send("HEAD", "/a", "").statusCode()).isEqualTo(200);
                assertThat(side.found("")).isEqualTo(Found.HIT);
            }
        }

        @Test
        void an_answer_to_head_that_is_not_to_be_believed_updates_nothing() throws Exception {
            for (Side side : both()) {
                headed(side, "ETag: \"x\"; Content-Length: 1; Cache-Control: max-age=90; X: " + "x".repeat(70_000));
                side.get("");
                side.after(61).send("HEAD", "/a", "");
                assertThat(side.found("")).isNotEqualTo(Found.HIT);
            }
        }

        @Test
        void fields_that_the_answer_to_head_forbids_to_store_are_not_stored() throws Exception {
            Side side =
                    headed(Side.ofMany(given), "ETag: \"x\"; X-Mine: 1; Cache-Control: max-age=90, private=\"x-mine\"");
            side.get("");
            side.after(61).send("HEAD", "/a", "");
            assertThat(side.found("")).isEqualTo(Found.HIT);
            assertThat(side.get("").headers().firstValue("x-mine")).isEmpty();
        }

        @Test
        void a_head_is_answered_from_what_a_get_has_stored() throws Exception {
            for (Side side : both()) {
                side.answers(200, STORED).get("");
                HttpResponse<String> head = side.after(10).send("HEAD", "/a", "");
                assertThat(head.body()).isEmpty();
                assertThat(head.headers().firstValue("content-length")).hasValue("1");
                assertThat(Side.age(head)).isEqualTo("10");
                assertThat(Side.cacheStatus(head)).isEqualTo("Fetchonce; hit; ttl=50");
                assertThat(side.send("HEAD", "/a", "If-None-Match: \"x\"").statusCode())
                        .isEqualTo(304);
                assertThat(side.origin.requests()).isEqualTo(1);
            }
        }
    }
}
