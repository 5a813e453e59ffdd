package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4.1: the requests that a stored response matches. */
class Rfc9111VaryTest {
    private static final String MINUTE = "Cache-Control: max-age=60";

    @RegisterExtension
    final Invariants given = new Invariants();

    private List<Side> both() {
        return List.of(Side.ofOne(given), Side.ofMany(given));
    }

    @Nested
    @DisplayName("RFC 9111 §4.1 calculating cache keys with the Vary header field")
    class Section_4_1 {
        @ParameterizedTest(name = "{0}: {1}, then {2}: {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "Vary: X-A         | X-A: 1               | X-A: 1               | HIT",
                    "Vary: X-A         | X-A: 1               | X-A: 2               | ASKED",
                    "vary: x-a         | X-A: 1               | X-a: 1               | HIT",
                    "Vary: X-A, X-B    | X-A: 1; X-B: 1       | X-A: 1; X-B: 1       | HIT",
                    "Vary: X-A, X-B    | X-A: 1; X-B: 1       | X-A: 1; X-B: 2       | ASKED",
                    "Vary: X-A; Vary: X-B | X-A: 1; X-B: 1    | X-A: 1; X-B: 2       | ASKED",
                    "Vary: X-A         | X-A: 1; X-B: 1       | X-A: 1; X-B: 2       | HIT",
                    // an absent field is not an empty field
                    "Vary: X-A         | X-B: 1               | X-B: 2               | HIT",
                    "Vary: X-A         | X-B: 1               | X-A: 1               | ASKED",
                    "Vary: X-A         | X-A: 1               | X-B: 1               | ASKED",
                    "Vary: X-A         | X-A:                 | X-B: 1               | ASKED",
                    "Vary: X-A         | X-A:                 | X-A:                 | HIT",
                    // several lines are one list, and blanks around commas do not count
                    "Vary: X-A         | X-A: 1,2             | X-A: 1 , 2           | HIT",
                    "Vary: X-A         | X-A: 1, 2            | X-A: 1; X-A: 2       | HIT",
                    "Vary: X-A         | X-A: 1, 2            | X-A: 2, 1            | ASKED",
                    "Vary: X-A         | X-A: \"1,2\"         | X-A: \"1 , 2\"       | ASKED",
                    "Vary: X-A         | X-A: a               | X-A: A               | ASKED",
                    // an asterisk never matches, neither alone nor in a list
                    "Vary: *           | X-A: 1               | X-A: 1               | ASKED",
                    "Vary: X-A, *      | X-A: 1               | X-A: 1               | ASKED",
                    "Vary: *; Vary: X-A| X-A: 1               | X-A: 1               | ASKED",
                    // empty and invalid members
                    "Vary:             | X-A: 1               | X-A: 2               | HIT",
                    "Vary: , ,         | X-A: 1               | X-A: 2               | HIT",
                    "Vary: ,X-A,,      | X-A: 1               | X-A: 2               | ASKED",
                    "Vary: X A, X-A    | X-A: 1               | X-A: 2               | ASKED",
                    "Vary: X-A, x-a    | X-A: 1               | X-A: 1               | HIT",
                    "Vary: \"*\"       | X-A: 1               | X-A: 1               | HIT",
                })
        void a_response_is_used_where_the_fields_that_it_names_match(
                String vary, String first, String second, Found found) throws Exception {
            for (Side side : both()) {
                side.answers(200, MINUTE + "; " + vary).get(first);
                assertThat(side.found(second)).isEqualTo(found);
            }
        }

        @Test
        void all_variants_stay_stored_side_by_side() throws Exception {
            for (Side side : both()) {
                side.answers(200, MINUTE + "; Vary: Accept-Language");
                for (int i = 1; i <= 20; i++) {
                    assertThat(side.get("Accept-Language: l" + i).body()).isEqualTo(Integer.toString(i));
                }
                for (int i = 1; i <= 20; i++) {
                    assertThat(side.get("Accept-Language: l" + i).body()).isEqualTo(Integer.toString(i));
                }
                assertThat(side.origin.requests()).isEqualTo(20);
            }
        }

        @Test
        @DisplayName("RFC 9111 §4: of several that match the most recent is used")
        void the_most_recent_of_several_is_used() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.send(200, Side.body(call), MINUTE, call.number() == 1 ? "Vary: X-A" : "Vary: X-B"));
            side.get("X-A: 1; X-B: 1");
            side.get("X-A: 1; X-B: 1; Cache-Control: no-cache");
            assertThat(side.get("X-A: 1; X-B: 1").body()).isEqualTo("2");
            assertThat(side.get("X-A: 1; X-B: 2").body())
                    .as("which the other one still matches")
                    .isEqualTo("1");
        }

        @Test
        void a_response_without_vary_is_the_last_choice() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.send(
                            200, Side.body(call), MINUTE, call.field("X-A").isPresent() ? "Vary: X-A" : "X-None: 1"));
            side.get("X-A: 1");
            side.get("");
            assertThat(side.get("X-A: 1").body())
                    .as("though the other one is newer")
                    .isEqualTo("1");
            assertThat(side.get("X-A: 2").body()).isEqualTo("2");
        }

        @Test
        void a_vary_that_changes_holds_from_then_on() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.send(200, Side.body(call), MINUTE, call.number() == 1 ? "X-None: 1" : "Vary: X-A"));
            side.get("X-A: 1");
            assertThat(side.get("X-A: 2").body()).isEqualTo("1");
            side.after(61).get("X-A: 1");
            assertThat(side.get("X-A: 1").body()).isEqualTo("2");
            assertThat(side.get("X-A: 2").body()).isEqualTo("3");
        }

        @Test
        void callers_that_wait_together_get_each_their_own_variant() throws Exception {
            Side side = Side.ofMany(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                String language = call.field("Accept-Language").orElse("");
                call.send(200, language.getBytes("US-ASCII"), MINUTE, "Vary: Accept-Language");
            });
            Crowd<Boolean> crowd = Crowd.of(
                    200,
                    i -> () -> side.get("Accept-Language: l" + i % 10).body().equals("l" + i % 10));
            latch.awaitArrivals(1);
            latch.open();
            assertThat(crowd.values()).doesNotContain(false);
            assertThat(IntStream.range(0, 10))
                    .allSatisfy(i -> assertThat(side.origin.calls("/a").stream()
                                    .filter(call -> call.field("Accept-Language")
                                            .orElse("")
                                            .equals("l" + i))
                                    .count())
                            .isLessThanOrEqualTo(2));
        }
    }

    @Nested
    @DisplayName("RFC 9110 §12.5.3: a coding that a request does not accept is not for it, Vary or not")
    class Codings {
        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "Accept-Encoding: gzip                 | HIT",
                    "Accept-Encoding: GZIP;q=0.5           | HIT",
                    "Accept-Encoding: x-gzip               | HIT",
                    "Accept-Encoding: br, *;q=0.1          | HIT",
                    "Accept-Encoding: br                   | ASKED",
                    "Accept-Encoding: gzip;q=0             | ASKED",
                    "Accept-Encoding: *;q=0                | ASKED",
                    "Accept-Encoding:                      | ASKED",
                    "X-None: 1                             | ASKED",
                })
        void a_gzipped_response_is_for_those_who_accept_it(String request, Found found) throws Exception {
            for (String vary : List.of("X-None: 1", "Vary: X-A", "Vary:")) {
                Side side = Side.ofMany(given);
                side.origin.on("/a", call -> call.send(200, zipped("1"), MINUTE, "Content-Encoding: gzip", vary));
                side.get("Accept-Encoding: gzip, deflate");
                assertThat(side.found(request)).isEqualTo(found);
            }
        }

        @ParameterizedTest(name = "{0}, then {1}: {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "gzip                  | X-None: 1                   | HIT",
                    "gzip                  | Accept-Encoding: gzip       | HIT",
                    "gzip                  | Accept-Encoding: br         | ASKED",
                    "gzip                  | Accept-Encoding: identity   | ASKED",
                    "gzip                  | Accept-Encoding:            | ASKED",
                    "br                    | X-None: 1                   | HIT",
                    "zstd, br              | X-None: 1                   | HIT",
                    "br                    | Accept-Encoding: gzip       | ASKED",
                    "unheard-of            | X-None: 1                   | HIT",
                    "unheard-of            | Accept-Encoding: gzip       | HIT",
                    "UTF-8                 | Accept-Encoding: gzip, br   | HIT",
                    "aws-chunked,gzip      | X-None: 1                   | HIT",
                    "aws-chunked, gzip     | Accept-Encoding: gzip       | HIT",
                    "aws-chunked, gzip     | Accept-Encoding: br         | ASKED",
                    "unheard-of            | Accept-Encoding: unheard-of;q=0 | ASKED",
                })
        void a_response_to_a_request_without_the_field_is_for_others_like_it(String coding, String request, Found found)
                throws Exception {
            for (String vary : List.of("X-None: 1", "Vary: X-A")) {
                Side side = Side.ofMany(given);
                side.origin.on("/a", call -> call.send(200, zipped("1"), MINUTE, "Content-Encoding: " + coding, vary));
                side.get("");
                assertThat(side.found("")).as("the same again").isEqualTo(Found.HIT);
                assertThat(side.found(request)).isEqualTo(found);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"UTF-8", "none", "aws-chunked", "identity, UTF-8", "None|Content-Encoding: 8bit"})
        void a_name_that_is_no_coding_keeps_no_caller_from_the_response(String names) throws Exception {
            for (String asked : List.of("", "Accept-Encoding: gzip", "Accept-Encoding: br;q=1, *;q=0.1")) {
                Side side = Side.ofOne(given).answers(200, MINUTE + "; Content-Encoding: " + names.replace("|", "; "));
                assertThat(side.get(asked).body()).isEqualTo("1");
                assertThat(side.found(asked)).isEqualTo(Found.HIT);
                assertThat(side.found("")).isEqualTo(Found.HIT);
                assertThat(side.get("").headers().allValues("content-encoding")).isNotEmpty();
                assertThat(side.cache.fetch(side.origin.url("/a")).bytes())
                        .asString()
                        .matches("[12]");
            }
        }

        @Test
        void where_identity_is_refused_a_plain_response_is_not_used() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE);
            side.get("Accept-Encoding: gzip");
            assertThat(side.found("Accept-Encoding: gzip, identity;q=0")).isEqualTo(Found.ASKED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"gzip", "unheard-of", "unheard-of, gzip"})
        void its_bytes_come_as_they_came(String coding) throws Exception {
            Side side = Side.ofOne(given);
            byte[] bytes = zipped("1");
            side.origin.on(
                    "/a",
                    call -> call.send(200, bytes, MINUTE, "Vary: Accept-Encoding", "Content-Encoding: " + coding));
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> response = side.client.send(
                        side.request("GET", "/a", "Accept-Encoding: " + coding), BodyHandlers.ofByteArray());
                assertThat(response.body()).isEqualTo(bytes);
                assertThat(response.headers().firstValue("content-encoding")).hasValue(coding);
            }
            assertThat(side.origin.requests()).isEqualTo(1);
        }

        @Test
        void a_body_that_does_not_decode_is_passed_on_and_not_stored() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE + "; Content-Encoding: gzip");
            assertThat(side.get("Accept-Encoding: gzip").body()).isEqualTo("1");
            assertThat(side.found("Accept-Encoding: gzip")).isEqualTo(Found.ASKED);
        }

        private static byte[] zipped(String text) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                zip.write(text.getBytes(StandardCharsets.US_ASCII));
            }
            return bytes.toByteArray();
        }
    }
}
