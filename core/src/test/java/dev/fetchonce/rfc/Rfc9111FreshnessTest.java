package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9111 §4.2 and its directives: the freshness lifetime of a stored response. The time of the response is 04:05:06.
 */
class Rfc9111FreshnessTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    /** Checks that the response is fresh for this number of seconds, and no longer. */
    private void freshFor(Side side, long seconds, String response) throws Exception {
        side.storable(200, response).get("");
        if (seconds > 0) {
            side.after(seconds - 1);
            assertThat(side.found("")).as("a second before its end").isEqualTo(Found.HIT);
            side.after(1);
        }
        assertThat(side.found("")).as("at its end").isEqualTo(Found.VALIDATED);
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.1 calculating freshness lifetime")
    class Section_4_2_1 {
        @ParameterizedTest(name = "{2}: private {0}, shared {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    // the order of the directives and fields
                    " 60 | 90 | Cache-Control: max-age=60, s-maxage=90; Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    " 60 | 60 | Cache-Control: max-age=60; Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    " 10 | 10 | Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    " 10 | 90 | Cache-Control: s-maxage=90; Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    "  0 |  0 | Cache-Control: s-maxage=0, max-age=0; Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    // Expires counts from Date
                    " 40 | 40 | Date: Tue, 03 Feb 2026 04:04:46 GMT; Expires: Tue, 03 Feb 2026 04:05:46 GMT",
                    " 20 | 20 | Date: Tue, 03 Feb 2026 05:00:00 GMT; Expires: Tue, 03 Feb 2026 05:00:20 GMT",
                    "  0 |  0 | Date: Tue, 03 Feb 2026 04:05:06 GMT; Expires: Tue, 03 Feb 2026 04:05:06 GMT",
                    " 10 | 10 | Date: nonsense; Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    // the three formats of an HTTP date
                    " 10 | 10 | Expires: Tuesday, 03-Feb-26 04:05:16 GMT",
                    " 10 | 10 | Expires: Tue Feb  3 04:05:16 2026",
                    " 10 | 10 | Expires: Fri, 03 Feb 2026 04:05:16 GMT",
                    " 10 | 10 | Expires: tue, 03 feb 2026 04:05:16 gmt",
                    // a value that is no HTTP date counts as the past
                    "  0 |  0 | Expires: Tue, 03 Feb 2026 04:05:16 EST",
                    "  0 |  0 | Expires: Tue, 03 Feb 2026 04:05:16 +0000",
                    "  0 |  0 | Expires: Tue, 03 Feb 2026 04:05:16",
                    "  0 |  0 | Expires: 0",
                    "  0 |  0 | Expires: -1",
                    "  0 |  0 | Expires: tomorrow",
                    "  0 |  0 | Expires: 03 Feb 2026",
                    // other formats that origins use for a date
                    " 10 | 10 | Expires: Tue, 3 Feb 2026 04:05:16 GMT",
                    " 10 | 10 | Expires: Tuesday, 3-Feb-26 04:05:16 GMT",
                    " 10 | 10 | Expires: Tue Feb 3 04:05:16 2026",
                    " 10 | 10 | Expires: Tue, 03-Feb-2026 04:05:16 GMT",
                    " 10 | 10 | Expires: Tue,  3  Feb 2026  04:05:16 GMT",
                    " 10 | 10 | Expires: 3 Feb 2026 04:05:16 GMT",
                    "  0 |  0 | Expires: Tue, 3 Feb 2026 04:05:16 UTC",
                    // such formats in other fields as well
                    " 40 | 40 | Date: Tue, 3 Feb 2026 04:04:46 GMT; Expires: Tue, 3 Feb 2026 04:05:46 GMT",
                    // repeated and conflicting directives
                    " 10 | 10 | Cache-Control: max-age=10, max-age=60",
                    " 10 | 10 | Cache-Control: max-age=10; Cache-Control: max-age=60",
                    "  0 |  0 | Expires: Tue, 03 Feb 2026 04:05:16 GMT; Expires: Tue, 03 Feb 2026 04:05:17 GMT",
                    " 10 | 10 | Expires: Tue, 03 Feb 2026 04:05:16 GMT; Expires: Tue, 03 Feb 2026 04:05:16 GMT",
                    "  0 |  0 | Cache-Control: max-age=60, no-cache",
                    // a response with an invalid lifetime is stale
                    "  0 |  0 | Cache-Control: max-age=-1",
                    "  0 |  0 | Cache-Control: max-age=1.5",
                    "  0 |  0 | Cache-Control: max-age=sixty",
                    "  0 |  0 | Cache-Control: max-age=",
                    "  0 |  0 | Cache-Control: max-age",
                    "  0 |  0 | Cache-Control: max-age=6 0",
                    // a field that is not readable as a whole is never fresher than its strictest reading
                    "  0 |  0 | Cache-Control: max-age: 60",
                    "  0 |  0 | Cache-Control: max-age 60",
                    "  0 |  0 | Cache-Control: max-age=60 s",
                    "  0 |  0 | Cache-Control: max-age=60;",
                    "  0 |  0 | Cache-Control: public;max-age=30",
                    "  0 |  0 | Cache-Control: public max-age=30",
                    "  0 |  0 | Cache-Control: max-age=60, public;max-age=30",
                    "  0 |  0 | Cache-Control: max-age=60\u00a0",
                    "  0 |  0 | Cache-Control: max-age: 60; Expires: Tue, 03 Feb 2026 04:06:16 GMT",
                    " 60 | 60 | Cache-Control: max-age=60, foo bar",
                    "  0 |  0 | Cache-Control: max-age=0x3c; Expires: Tue, 03 Feb 2026 04:06:16 GMT",
                    " 60 |  0 | Cache-Control: max-age=60, s-maxage=soon",
                    // other spellings
                    " 60 | 60 | cache-control: MAX-AGE=60",
                    " 60 | 60 | CACHE-CONTROL: public ,,  max-age=60  ,",
                    " 60 | 60 | Cache-Control: max-age=\"60\"",
                    " 60 | 60 | Cache-Control: foo; Cache-Control: max-age=60",
                    " 60 | 60 | Cache-Control: foo=\"max-age=10\", max-age=60",
                    " 60 | 60 | Cache-Control: xmax-age=10, max-age=60",
                    " 60 | 60 | Cache-Control: max-age=00060",
                })
        void the_lifetime_is_what_the_first_of_these_says(long inPrivate, long inShared, String response)
                throws Exception {
            freshFor(Side.ofOne(given), inPrivate, response);
            freshFor(Side.ofMany(given), inShared, response);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "max-age=2147483648",
                    "max-age=2147483649",
                    "max-age=9223372036854775808",
                    "max-age=99999999999999999999999999999999",
                    "max-age=\"99999999999999999999\"",
                })
        @DisplayName("RFC 9111 §1.2.2: what is too long is as long as may be")
        void a_number_that_overflows_is_as_long_as_may_be(String directive) throws Exception {
            Side side = Side.ofMany(given).storable(200, "Cache-Control: " + directive);
            side.get("");
            side.after(Duration.ofDays(366 * 50).toSeconds());
            assertThat(side.found("")).isEqualTo(Found.HIT);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.2 calculating heuristic freshness")
    class Section_4_2_2 {
        private static final String HUNDRED_AGO = "Last-Modified: Tue, 03 Feb 2026 04:03:26 GMT";

        @ParameterizedTest(name = "{0} {1}: {2} s")
        @CsvSource(
                delimiter = '|',
                value = {
                    "200 | ''                                               | 10",
                    "203 | ''                                               | 10",
                    "404 | ''                                               | 10",
                    "410 | ''                                               | 10",
                    "501 | ''                                               | 10",
                    "200 | Date: Tue, 03 Feb 2026 04:05:06 GMT              | 10",
                    // the time counts from Date, and not from the receipt of the response
                    "200 | Date: Tue, 03 Feb 2026 04:06:46 GMT              | 20",
                    // an explicit lifetime leaves no heuristic lifetime
                    "200 | Cache-Control: max-age=3                         | 3",
                    "200 | Expires: 0                                       | 0",
                    "200 | Cache-Control: max-age=soon                      | 0",
                    "200 | Cache-Control: no-cache                          | 0",
                    // a Cache-Control without a lifetime leaves no heuristic lifetime, unless it has public
                    "200 | Cache-Control: foo                               | 0",
                    "200 | Cache-Control:                                   | 0",
                    "200 | Cache-Control: private                           | 0",
                    "200 | Cache-Control: public                            | 10",
                    // a response with a Set-Cookie has no heuristic lifetime
                    "200 | Set-Cookie: a=b                                  | 0",
                    // other status codes have a heuristic lifetime only with public
                    "201 | Cache-Control: public                            | 10",
                    "403 | Cache-Control: public                            | 10",
                })
        void it_is_a_tenth_of_the_time_since_it_was_modified(int status, String response, long seconds)
                throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                side.storable(status, HUNDRED_AGO + (response.isEmpty() ? "" : "; " + response));
                side.get("");
                if (seconds > 0) {
                    assertThat(side.after(seconds - 1).found("")).isEqualTo(Found.HIT);
                    side.after(1);
                }
                assertThat(side.found("")).isNotEqualTo(Found.HIT);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {201, 403, 500, 503})
        void no_other_status_is_guessed_about(int status) throws Exception {
            Side side = Side.ofOne(given).storable(status, HUNDRED_AGO);
            side.get("");
            assertThat(side.found("")).isEqualTo(Found.ASKED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Last-Modified: Tue, 03 Feb 2026 04:05:07 GMT",
                    "Last-Modified: yesterday",
                    "Last-Modified: 0",
                    "",
                })
        void without_a_date_in_the_past_there_is_no_guess(String field) throws Exception {
            freshFor(Side.ofOne(given), 0, field);
        }

        @Test
        void it_is_at_most_a_day_and_the_application_may_say_otherwise() throws Exception {
            String old = "Last-Modified: Tue, 03 Feb 2015 04:05:06 GMT";
            freshFor(Side.ofOne(given), Duration.ofDays(1).toSeconds(), old);
            freshFor(Side.of(given, Freshness.http().heuristic(0.1, Duration.ofSeconds(30))), 30, old);
            freshFor(Side.of(given, Freshness.http().heuristic(0.5, Duration.ofDays(1))), 50, HUNDRED_AGO);
            freshFor(Side.of(given, Freshness.http().heuristic(0, Duration.ofDays(1))), 0, old);
            freshFor(Side.of(given, Freshness.http().heuristic(1, Duration.ZERO)), 0, old);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.3 calculating age, and §5.1 Age")
    class Section_4_2_3 {
        @ParameterizedTest(name = "{0}: {1} s old")
        @CsvSource(
                delimiter = '|',
                value = {
                    "''                                                     | 0",
                    "Age: 20                                                | 20",
                    "Age: 20, 30                                            | 20",
                    "Age: 20; Age: 30                                       | 20",
                    "Age: -20                                               | 0",
                    "Age: 20.5                                              | 0",
                    "Age: twenty                                            | 0",
                    "Age: nonsense, 20                                      | 0",
                    "Date: Tue, 03 Feb 2026 04:05:00 GMT                    | 6",
                    "Date: Tue, 03 Feb 2026 04:05:00 GMT; Age: 20           | 20",
                    "Date: Tue, 03 Feb 2026 04:04:36 GMT; Age: 20           | 30",
                    "Date: Tue, 03 Feb 2026 04:05:26 GMT                    | 0",
                    "Date: Tue, 03 Feb 2026 04:05:26 GMT; Age: 20           | 20",
                    "Date: nonsense; Age: 20                                | 20",
                })
        void the_age_that_it_brings_counts(String fields, long age) throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                side.storable(200, "Cache-Control: max-age=60" + (fields.isEmpty() ? "" : "; " + fields));
                side.get("");
                assertThat(Side.age(side.get(""))).isEqualTo(Long.toString(age));
                side.after(60 - age - 1);
                assertThat(Side.age(side.get(""))).isEqualTo("59");
                assertThat(side.found("")).isEqualTo(Found.HIT);
                assertThat(side.after(1).found("")).isEqualTo(Found.VALIDATED);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"Age: 60", "Age: 99999999999999999999", "Date: Tue, 03 Feb 2026 04:04:06 GMT"})
        void a_response_that_comes_too_old_is_stale_from_the_first(String fields) throws Exception {
            freshFor(Side.ofOne(given), 0, "Cache-Control: max-age=60; " + fields);
        }

        @Test
        void the_time_under_way_counts() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                side.after(7);
                call.json("1", "Cache-Control: max-age=60", "Age: 3");
            });
            side.get("");
            assertThat(Side.age(side.get(""))).isEqualTo("10");
        }

        @Test
        @DisplayName("RFC 9111 §4: Age replaces what came where the stored response is used without validation")
        void age_is_only_in_a_response_that_is_used_without_validation() throws Exception {
            Side side = Side.ofMany(given).answers(200, "Cache-Control: max-age=60; Age: 5");
            assertThat(side.get("").headers().allValues("age")).containsExactly("5");
            side.after(10);
            assertThat(side.get("").headers().allValues("age")).containsExactly("15");
            Side validated = Side.ofMany(given);
            validated.origin.on("/a", call -> {
                String[] fields = {"Cache-Control: max-age=60", "ETag: \"1\""};
                if (call.number() == 1) {
                    call.json("1", "Cache-Control: max-age=60", "ETag: \"1\"", "Age: 5");
                } else {
                    call.status(304, fields);
                }
            });
            validated.get("");
            HttpResponse<String> renewed = validated.after(60).get("");
            assertThat(Side.cacheStatus(renewed)).contains("fwd-status=304");
            assertThat(Side.age(renewed)).as("it is as new as its validation").isEmpty();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.1 request directives about freshness")
    class Section_5_2_1 {
        @ParameterizedTest(name = "after {1} s of 60, {2}: {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    // §5.2.1.1 max-age only restricts
                    "max-age=60 | 30 | Cache-Control: max-age=30                | HIT",
                    "max-age=60 | 31 | Cache-Control: max-age=30                | VALIDATED",
                    "max-age=60 |  0 | Cache-Control: max-age=0                 | HIT",
                    "max-age=60 |  1 | Cache-Control: max-age=0                 | VALIDATED",
                    "max-age=60 | 61 | Cache-Control: max-age=100               | VALIDATED",
                    "max-age=60 |  1 | Cache-Control: max-age=nonsense          | VALIDATED",
                    "max-age=60 |  1 | cache-control: Max-Age=\"30\"            | HIT",
                    // §5.2.1.2 max-stale
                    "max-age=60 | 65 | Cache-Control: max-stale=5               | HIT",
                    "max-age=60 | 66 | Cache-Control: max-stale=5               | VALIDATED",
                    "max-age=60 | 9999 | Cache-Control: max-stale               | HIT",
                    "max-age=60 | 9999 | Cache-Control: max-stale=nonsense      | VALIDATED",
                    "max-age=60 | 9999 | Cache-Control: max-stale=99999999999999| HIT",
                    "max-age=60 | 65 | Cache-Control: max-stale=5, max-age=10   | VALIDATED",
                    // §5.2.1.3 min-fresh
                    "max-age=60 | 30 | Cache-Control: min-fresh=30              | HIT",
                    "max-age=60 | 31 | Cache-Control: min-fresh=30              | VALIDATED",
                    "max-age=60 | 31 | Cache-Control: min-fresh=nonsense        | HIT",
                    "max-age=60 |  0 | Cache-Control: min-fresh=61              | VALIDATED",
                    // §5.2.1.4 no-cache, and §5.4 Pragma where there is no Cache-Control
                    "max-age=60 |  0 | Cache-Control: no-cache                  | VALIDATED",
                    "max-age=60 |  0 | Cache-Control: NO-CACHE                  | VALIDATED",
                    "max-age=60 |  0 | Cache-Control: no-cache, max-stale       | VALIDATED",
                    "max-age=60 |  0 | Pragma: no-cache                         | VALIDATED",
                    "max-age=60 |  0 | Pragma: foo, No-Cache                    | VALIDATED",
                    "max-age=60 |  0 | Pragma: foo                              | HIT",
                    "max-age=60 |  0 | Pragma: no-cache; Cache-Control: foo     | HIT",
                    "max-age=60 |  0 | Cache-Control: foo=\"no-cache\"          | HIT",
                    // an unknown directive has no effect
                    "max-age=60 |  0 | Cache-Control: foo, bar=1                | HIT",
                    // §4.2.4 and §5.2.2: a response that forbids staleness beats max-stale
                    "max-age=60, must-revalidate  | 61 | Cache-Control: max-stale | VALIDATED",
                    "no-cache, max-age=60         |  1 | Cache-Control: max-stale | VALIDATED",
                })
        void a_request_restricts_or_allows(String response, long after, String request, Found found) throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                side.storable(200, "Cache-Control: " + response).get("");
                assertThat(side.after(after).found(request)).isEqualTo(found);
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "s-maxage=60                    | VALIDATED",
                    "max-age=60, s-maxage=60        | VALIDATED",
                    "max-age=60, proxy-revalidate   | VALIDATED",
                    "max-age=60, must-revalidate    | VALIDATED",
                    "max-age=60                     | HIT",
                })
        @DisplayName("RFC 9111 §5.2.2.8 and §5.2.2.10: in a shared cache these forbid staleness as well")
        void in_a_shared_cache_these_beat_max_stale(String response, Found found) throws Exception {
            Side side = Side.ofMany(given).storable(200, "Cache-Control: " + response);
            side.get("");
            assertThat(side.after(61).found("Cache-Control: max-stale")).isEqualTo(found);
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=60, proxy-revalidate", "max-age=60, s-maxage=60"})
        void in_a_private_cache_they_do_not(String response) throws Exception {
            Side side = Side.ofOne(given).storable(200, "Cache-Control: " + response);
            side.get("");
            assertThat(side.after(61).found("Cache-Control: max-stale")).isEqualTo(Found.HIT);
        }

        @Test
        void a_stale_answer_that_the_request_allows_has_an_age() throws Exception {
            Side side = Side.ofOne(given).storable(200, "Cache-Control: max-age=60");
            side.get("");
            HttpResponse<String> stale = side.after(65).get("Cache-Control: max-stale=5");
            assertThat(Side.age(stale)).isEqualTo("65");
            assertThat(Side.cacheStatus(stale)).isEqualTo("Fetchonce; hit; ttl=-5");
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.1.7 only-if-cached")
    class Section_5_2_1_7 {
        @ParameterizedTest(name = "{0} {1} {2} after {3} s: {4}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "GET  | ''           | only-if-cached                | 0  | 200",
                    "GET  | ''           | only-if-cached                | 61 | 504",
                    "GET  | ''           | only-if-cached, max-stale=5   | 61 | 200",
                    "GET  | ''           | only-if-cached, no-cache      | 0  | 504",
                    "GET  | ''           | only-if-cached, no-store      | 0  | 200",
                    "GET  | ''           | only-if-cached, no-store      | 61 | 504",
                    "GET  | ''           | only-if-cached, min-fresh=61  | 0  | 504",
                    "HEAD | ''           | only-if-cached                | 0  | 200",
                    "HEAD | ''           | only-if-cached                | 61 | 504",
                    "GET  | Range: bytes=0-0 | only-if-cached            | 0  | 206",
                    "GET  | Range: bytes=0-0 | only-if-cached            | 61 | 504",
                    "GET  | If-Match: \"2\"  | only-if-cached            | 0  | 504",
                })
        void a_response_that_is_not_stored_is_not_asked_for(
                String method, String more, String directives, long after, int status) throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                side.storable(200, "Cache-Control: max-age=60").get("");
                String fields = "Cache-Control: " + directives + (more.isEmpty() ? "" : "; " + more);
                assertThat(side.after(after).send(method, "/a", fields).statusCode())
                        .isEqualTo(status);
                assertThat(side.origin.requests()).isEqualTo(1);
            }
        }

        @Test
        void nothing_is_stored_at_all() throws Exception {
            Side side = Side.ofOne(given).storable(200, "");
            HttpResponse<String> none = side.get("Cache-Control: only-if-cached");
            assertThat(none.statusCode()).isEqualTo(504);
            assertThat(none.body()).isEmpty();
            assertThat(side.origin.requests()).isZero();
        }
    }
}
