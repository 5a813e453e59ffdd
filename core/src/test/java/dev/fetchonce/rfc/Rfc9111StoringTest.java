package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Invariants;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §3: the responses that a private cache stores, and those that a shared cache stores. */
class Rfc9111StoringTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private Found secondOf(Side side, int status, String response, String request) throws Exception {
        side.storable(status, response).get(request);
        return side.found(request);
    }

    @Nested
    @DisplayName("RFC 9111 §3 storing responses in caches")
    class Section_3 {
        @ParameterizedTest(name = "{0} {1}: private {2}, shared {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    // the last condition: the response allows its storing
                    "200 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "200 | Cache-Control: s-maxage=60                  | VALIDATED | HIT",
                    "200 | Expires: Tue, 03 Feb 2026 04:06:06 GMT      | HIT       | HIT",
                    "200 | Cache-Control: private                      | VALIDATED | ASKED",
                    "200 | Cache-Control: private, max-age=60          | HIT       | ASKED",
                    "200 | Cache-Control: public                       | VALIDATED | VALIDATED",
                    "200 | ''                                          | VALIDATED | VALIDATED",
                    "203 | ''                                          | VALIDATED | VALIDATED",
                    "201 | ''                                          | ASKED     | ASKED",
                    "201 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "201 | Cache-Control: public                       | VALIDATED | VALIDATED",
                    "201 | Cache-Control: private                      | VALIDATED | ASKED",
                    // the response forbids its storing
                    "200 | Cache-Control: no-store                     | ASKED     | ASKED",
                    "200 | Cache-Control: no-store, max-age=60         | ASKED     | ASKED",
                    "200 | Cache-Control: max-age=60, NO-STORE         | ASKED     | ASKED",
                    "200 | Cache-Control: max-age=60; Cache-Control: no-store | ASKED | ASKED",
                    // an unknown status
                    "299 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "299 | ''                                          | ASKED     | ASKED",
                    // error responses and redirects
                    "404 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "403 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "403 | ''                                          | ASKED     | ASKED",
                    "410 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "500 | Cache-Control: max-age=60                   | HIT       | HIT",
                    "503 | ''                                          | ASKED     | ASKED",
                    "302 | Cache-Control: max-age=60; Location: /b     | HIT       | HIT",
                    "302 | Location: /b                                | ASKED     | ASKED",
                    "301 | Cache-Control: max-age=60; Location: /b     | HIT       | HIT",
                })
        void a_response_is_stored_where_something_says_so_and_nothing_forbids_it(
                int status, String response, Found inPrivate, Found inShared) throws Exception {
            assertThat(secondOf(Side.ofOne(given), status, response, "")).isEqualTo(inPrivate);
            assertThat(secondOf(Side.ofMany(given), status, response, "")).isEqualTo(inShared);
        }

        @ParameterizedTest
        @CsvSource({"private, POST", "shared, POST", "private, PUT", "private, HEAD", "private, OPTIONS", "shared, FOO"
        })
        void only_the_answer_to_a_get_is_stored(String kind, String method) throws Exception {
            Side side = Side.of(given, kind);
            side.origin.on("/a", call -> call.status(200, "Cache-Control: max-age=60"));
            side.send(method, "/a", "");
            assertThat(side.found("")).isEqualTo(Found.ASKED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"private", "shared"})
        void a_206_and_what_has_a_content_range_is_not_stored(String kind) throws Exception {
            for (int status : List.of(206, 200)) {
                Side side = Side.of(given, kind);
                side.answers(status, "Cache-Control: max-age=60; Content-Range: bytes 0-0/1; " + Side.TAG);
                assertThat(side.get("").statusCode()).isEqualTo(status);
                assertThat(side.found("")).isEqualTo(Found.ASKED);
            }
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.1 storing header and trailer fields")
    class Section_3_1 {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Connection: keep-alive",
                    "Keep-Alive: timeout=5",
                    "Proxy-Authenticate: Basic",
                    "Proxy-Authentication-Info: x=y",
                    "Proxy-Connection: keep-alive",
                    "TE: trailers",
                    "Upgrade: h2c",
                    "Trailer: Expires",
                    "Connection: X-Mine; X-Mine: 1",
                    "Connection: close, x-mine; X-Mine: 1",
                })
        void fields_of_one_connection_are_not_stored(String fields) throws Exception {
            Side side = Side.ofMany(given).answers(200, "Cache-Control: max-age=60; " + fields);
            side.get("");
            HttpResponse<String> hit = side.get("");
            assertThat(Side.cacheStatus(hit)).startsWith("Fetchonce; hit");
            for (String line : Side.lines(fields)) {
                assertThat(hit.headers().firstValue(line.split(":")[0]))
                        .as(line)
                        .isEmpty();
            }
        }

        @Test
        void other_fields_are_stored_known_or_not() throws Exception {
            Side side = Side.ofOne(given)
                    .answers(200, "Cache-Control: max-age=60; X-Unknown: 1; X-Unknown: 2; Set-Cookie: a=b");
            side.get("");
            HttpResponse<String> hit = side.get("");
            assertThat(hit.headers().allValues("x-unknown")).containsExactly("1", "2");
            assertThat(hit.headers().allValues("set-cookie")).containsExactly("a=b");
        }

        @Test
        void trailers_are_not_merged_into_the_fields() throws Exception {
            assumeTrue(Runtime.version().feature() >= 25, "the client of older JDKs refuses trailers");
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.raw(
                            "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Late: 1\r\nCache-Control: no-store\r\n\r\n"));
            side.get("");
            HttpResponse<String> hit = side.get("");
            assertThat(side.origin.requests()).isEqualTo(1);
            assertThat(hit.body()).isEqualTo("x");
            assertThat(hit.headers().firstValue("x-late")).isEmpty();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.3 storing incomplete responses")
    class Section_3_3 {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Content-Length: 10\r\n\r\nhalf",
                    "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf",
                })
        void a_body_that_breaks_off_is_not_stored(String rest) throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                if (call.number() == 1) {
                    call.raw("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + rest);
                    call.end();
                } else {
                    call.json("2");
                }
            });
            assertThatThrownBy(() -> side.get("")).isInstanceOf(IOException.class);
            assertThat(side.get("").body()).isEqualTo("2");
        }

        @ParameterizedTest
        @CsvSource({"{\"a\":1}, HIT", "some text, ASKED", "17, ASKED"})
        void a_body_that_ends_with_its_connection_is_stored_only_if_it_is_surely_whole(String body, Found second)
                throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                call.raw("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\n" + body);
                call.end();
            });
            assertThat(side.get("").body()).isEqualTo(body);
            assertThat(side.found("")).isEqualTo(second);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.5 storing responses to authenticated requests")
    class Section_3_5 {
        @ParameterizedTest(
                name = "{0}: the same user in private {1}, in shared {2}; another in private {3}, in shared {4}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "Cache-Control: max-age=60                  | HIT   | ASKED | ASKED     | ASKED",
                    "Cache-Control: max-age=60, public          | HIT   | HIT   | HIT       | HIT",
                    "Cache-Control: max-age=60, must-revalidate | HIT   | HIT   | ASKED     | HIT",
                    "Cache-Control: max-age=60, s-maxage=60     | HIT   | HIT   | ASKED     | HIT",
                    "Cache-Control: max-age=60, proxy-revalidate | HIT  | ASKED | ASKED     | ASKED",
                    "Cache-Control: max-age=60, private         | HIT   | ASKED | ASKED     | ASKED",
                    "Cache-Control: max-age=60, public, private | HIT   | ASKED | ASKED     | ASKED",
                    "Cache-Control: max-age=60, public, no-cache | VALIDATED | VALIDATED | VALIDATED | VALIDATED",
                    "Cache-Control: public, max-age=60, private=\"x-mine\" | HIT | HIT | HIT | HIT",
                })
        void the_answer_to_a_request_with_authorization_is_for_others_only_where_it_says_so(
                String response, Found sameInPrivate, Found sameInShared, Found otherInPrivate, Found otherInShared)
                throws Exception {
            String mine = "Authorization: Bearer mine";
            String other = "Authorization: Bearer other";
            assertThat(secondOf(Side.ofOne(given), 200, response, mine)).isEqualTo(sameInPrivate);
            assertThat(secondOf(Side.ofMany(given), 200, response, mine)).isEqualTo(sameInShared);
            for (String who : List.of(other, "")) {
                Side one = Side.ofOne(given).storable(200, response);
                one.get(mine);
                assertThat(one.found(who)).isEqualTo(otherInPrivate);
                Side many = Side.ofMany(given).storable(200, response);
                many.get(mine);
                assertThat(many.found(who)).isEqualTo(otherInShared);
            }
        }

        @ParameterizedTest
        @CsvSource({"private, Cookie", "shared, Cookie", "private, Authorization", "shared, Authorization"})
        void a_response_stored_for_no_user_is_not_for_one_with_credentials_unless_public(String kind, String name)
                throws Exception {
            Side side = Side.of(given, kind).storable(200, "Cache-Control: max-age=60");
            side.get("");
            assertThat(side.found(name + ": a=b")).isEqualTo(Found.ASKED);
            Side open = Side.of(given, kind).storable(200, "Cache-Control: max-age=60, public");
            open.get("");
            assertThat(open.found(name + ": a=b")).isEqualTo(Found.HIT);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.1.5 and §5.2.2.3 to §5.2.2.9: directives about storing")
    class Section_5_2 {
        @ParameterizedTest(name = "{0} {1}: private {2}, shared {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    // must-understand overrides no-store for a known status
                    "200 | Cache-Control: max-age=60, must-understand, no-store | HIT   | HIT",
                    "299 | Cache-Control: max-age=60, must-understand, no-store | ASKED | ASKED",
                    "299 | Cache-Control: max-age=60, must-understand           | ASKED | ASKED",
                    // a response with no-cache is validated for every call
                    "200 | Cache-Control: no-cache                              | VALIDATED | VALIDATED",
                    "200 | Cache-Control: no-cache, max-age=60                  | VALIDATED | VALIDATED",
                    "200 | Cache-Control: max-age=60, no-cache=\"\"             | VALIDATED | VALIDATED",
                    "200 | Cache-Control: max-age=60, No-Cache                  | VALIDATED | VALIDATED",
                    // a directive with field names leaves out only these fields
                    "200 | Cache-Control: max-age=60, no-cache=\"x-mine\"       | HIT   | HIT",
                    "200 | Cache-Control: max-age=60, private=\"x-mine\"        | HIT   | HIT",
                    "200 | Cache-Control: max-age=60, private=\"x-mine\", private | HIT | ASKED",
                    "200 | Cache-Control: max-age=60, private=\"\"              | HIT   | ASKED",
                    // an unknown directive has no effect
                    "200 | Cache-Control: max-age=60, foo, bar=\"no-store\"     | HIT   | HIT",
                    "200 | Cache-Control: max-age=60, no-storee                 | HIT   | HIT",
                    // a quoted string has no directives, and an argument does not disable a directive
                    "200 | Cache-Control: max-age=60, x=\"a, no-store, b\"      | HIT   | HIT",
                    "200 | Cache-Control: max-age=60, no-store=1                | ASKED | ASKED",
                    // Pragma has no effect in a response
                    "200 | Cache-Control: max-age=60; Pragma: no-cache          | HIT   | HIT",
                })
        void a_response_directive_is_obeyed(int status, String response, Found inPrivate, Found inShared)
                throws Exception {
            assertThat(secondOf(Side.ofOne(given), status, response, "")).isEqualTo(inPrivate);
            assertThat(secondOf(Side.ofMany(given), status, response, "")).isEqualTo(inShared);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "private | no-cache=\"X-Mine, x-yours\"      | false",
                    "shared  | no-cache=\"X-Mine, x-yours\"      | false",
                    "private | private=\"x-mine, X-Yours\"       | true",
                    "shared  | private=\"x-mine, X-Yours\"       | false",
                    "shared  | private=x-mine, private=x-yours   | false",
                })
        void fields_that_a_directive_names_are_not_stored(String kind, String directive, boolean kept)
                throws Exception {
            Side side = Side.of(given, kind)
                    .answers(200, "X-Mine: 1; X-Yours: 2; X-Other: 3; Cache-Control: max-age=60, " + directive);
            assertThat(side.get("").headers().map())
                    .as("its own caller gets all")
                    .containsKeys("x-mine", "x-yours");
            HttpResponse<String> hit = side.get("");
            assertThat(Side.cacheStatus(hit)).startsWith("Fetchonce; hit");
            assertThat(hit.headers().firstValue("x-other")).hasValue("3");
            assertThat(hit.headers().firstValue("x-mine").isPresent()).isEqualTo(kept);
            assertThat(hit.headers().firstValue("x-yours").isPresent()).isEqualTo(kept);
        }

        @ParameterizedTest
        @ValueSource(strings = {"private", "shared"})
        void the_answer_to_a_no_store_request_is_not_stored_though_one_that_is_stored_will_do(String kind)
                throws Exception {
            Side side = Side.of(given, kind).storable(200, "Cache-Control: max-age=60");
            side.get("Cache-Control: no-store");
            assertThat(side.found("Cache-Control: no-store")).isEqualTo(Found.ASKED);
            assertThat(side.found("")).as("nothing was stored").isEqualTo(Found.ASKED);
            assertThat(side.found("Cache-Control: no-store")).isEqualTo(Found.HIT);
            side.after(61);
            assertThat(side.found("Cache-Control: no-store")).isEqualTo(Found.ASKED);
        }

        @Test
        void a_response_that_is_not_stored_leaves_no_entry() throws Exception {
            Side side = Side.ofOne(given).answers(200, "Cache-Control: no-store");
            side.get("");
            Await.until("nothing is left", () -> side.cache.stats().entries() == 0);
        }
    }
}
