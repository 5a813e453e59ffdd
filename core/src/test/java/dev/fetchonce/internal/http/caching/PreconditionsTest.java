package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.answered;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The conditions of a caller's own request (RFC 9111 §4.3.2, RFC 9110 §13.1, §13.2 and §15.4.5). */
class PreconditionsTest {
    private static final String BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String AFTER = "Sun, 06 Nov 1994 08:49:38 GMT";
    private static final Instant AT = Instant.parse("1994-11-06T08:49:37Z");

    @Nested
    @DisplayName("RFC 9110 §13.1.2 If-None-Match")
    class Section_13_1_2 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    // stored tag, tag in the request, whether a 304 is the response
                    "\"1\"   # \"1\"                  # true",
                    "\"1\"   # \"2\"                  # false",
                    "\"1\"   # W/\"1\"                # true",
                    "W/\"1\" # \"1\"                  # true",
                    "W/\"1\" # W/\"1\"                # true",
                    "\"1\"   # \"2\", \"1\"           # true",
                    "\"1\"   # \"2\",, W/\"1\" ,      # true",
                    "\"1\"   # \"2\", \"3\"           # false",
                    "\"a,b\" # \"a,b\"                # true",
                    "\"b\"   # \"a,\"b\",c\"          # false",
                    "\"b\"   # \"a, \"b\"             # false",
                    "\"a\"   # \"a\" \"b\"            # false",
                    "\"1\"   # 1                      # false",
                    "1       # \"1\"                  # false",
                    "1       # 1                      # true",
                    "\"1\"   # w/\"1\"                # false",
                    "\"1\"   # *                      # true",
                    "\"1\"   # ` * `                  # true",
                    "\"1\"   # *, \"2\"               # false",
                    "\"1\"   # *, \"1\"               # true",
                    "\"1\"   # \"*\"                  # false",
                    "\"1\"   # ``                     # false",
                    "``      # *                      # true",
                    "``      # \"1\"                  # false",
                    "``      # \"\"                   # false",
                    "``      # ``                     # false",
                })
        void it_is_compared_weakly_with_what_is_stored(String stored, String asked, boolean notModified) {
            assertThat(notModified(fields("If-None-Match", asked), answered(200, 1, AT, "ETag", stored)))
                    .isEqualTo(notModified);
        }

        @Test
        void several_lines_are_one_list() {
            HttpHeaders request = fields("If-None-Match", "\"1\", \"2", "if-none-match", "W/\"3\"");
            assertThat(notModified(request, answered(200, 1, AT, "ETag", "\"3\"")))
                    .isTrue();
            assertThat(notModified(request, answered(200, 1, AT, "ETag", "\"2\"")))
                    .isFalse();
        }

        @Test
        void an_asterisk_on_one_of_two_lines_is_none() {
            HttpHeaders request = fields("If-None-Match", "*", "If-None-Match", "\"2\"");
            assertThat(notModified(request, answered(200, 1, AT, "ETag", "\"1\"")))
                    .isFalse();
        }
    }

    @Nested
    @DisplayName("RFC 9110 §13.1.3 If-Modified-Since, RFC 9111 §4.3.2")
    class Section_13_1_3 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    // Last-Modified, Date, time of receipt, date in the request, whether a 304 is the response
                    "DATE   # ''    # 0 # BEFORE # false",
                    "DATE   # ''    # 0 # DATE   # true",
                    "DATE   # ''    # 0 # AFTER  # true",
                    "DATE   # AFTER # 9 # DATE   # true",
                    "AFTER  # DATE  # 0 # DATE   # false",
                    "''     # DATE  # 9 # BEFORE # false",
                    "''     # DATE  # 9 # DATE   # true",
                    "''     # AFTER # 0 # DATE   # false",
                    "''     # ''    # 0 # BEFORE # false",
                    "''     # ''    # 0 # DATE   # true",
                    "''     # ''    # 1 # DATE   # false",
                    "''     # ''    # 1 # AFTER  # true",
                    "odd    # DATE  # 0 # AFTER  # false",
                    "''     # odd   # 0 # AFTER  # false",
                    "DATE   # ''    # 0 # odd    # false",
                    "DATE   # ''    # 0 # ''     # false",
                    "DATE   # ''    # 0 # AFTER, AFTER # false",
                })
        void it_is_compared_with_last_modified_else_date_else_the_time_of_receipt(
                String modified, String date, int received, String asked, boolean notModified) {
            StoredResponse stored =
                    answered(200, 1, AT.plusSeconds(received), "Last-Modified", dated(modified), "Date", dated(date));
            assertThat(notModified(fields("If-Modified-Since", dated(asked)), stored))
                    .isEqualTo(notModified);
        }

        @Test
        void all_three_formats_are_dates() {
            StoredResponse stored = answered(200, 1, AT, "Last-Modified", "Sunday, 06-Nov-94 08:49:37 GMT");
            assertThat(notModified(fields("If-Modified-Since", "Sun Nov  6 08:49:37 1994"), stored))
                    .isTrue();
            assertThat(notModified(fields("If-Modified-Since", "Sun Nov  6 08:49:36 1994"), stored))
                    .isFalse();
        }

        @Test
        void two_lines_are_no_date() {
            HttpHeaders request = fields("If-Modified-Since", AFTER, "If-Modified-Since", AFTER);
            assertThat(notModified(request, answered(200, 1, AT, "Last-Modified", DATE)))
                    .isFalse();
        }
    }

    @Nested
    @DisplayName("RFC 9110 §13.2 evaluation of preconditions")
    class Section_13_2 {
        @ParameterizedTest
        @ValueSource(strings = {"\"2\"", "", "malformed"})
        void if_modified_since_does_not_count_beside_if_none_match(String tags) {
            HttpHeaders request = fields("If-None-Match", tags, "If-Modified-Since", AFTER);
            assertThat(notModified(request, answered(200, 1, AT, "ETag", "\"1\"", "Last-Modified", DATE)))
                    .isFalse();
        }

        @Test
        void nor_does_it_where_it_says_otherwise() {
            HttpHeaders request = fields("If-None-Match", "\"1\"", "If-Modified-Since", BEFORE);
            assertThat(notModified(request, answered(200, 1, AT, "ETag", "\"1\"", "Last-Modified", DATE)))
                    .isTrue();
        }

        @ParameterizedTest
        @ValueSource(ints = {203, 204, 301, 404, 410, 500})
        void no_condition_is_evaluated_against_what_is_no_200(int status) {
            HttpHeaders request = fields("If-None-Match", "*", "If-Modified-Since", AFTER);
            assertThat(notModified(request, answered(status, 0, AT, "ETag", "\"1\"")))
                    .isFalse();
        }

        @Test
        void a_request_without_conditions_is_answered_in_full() {
            assertThat(notModified(fields("Accept", "x"), answered(200, 1, AT))).isFalse();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "If-Match: x                        # true",
                    "if-match: *                        # true",
                    "If-Unmodified-Since: x             # true",
                    "If-Range: x                        # true",
                    "If-Range: x | Range: y             # false",
                    "If-Match: x | If-None-Match: y     # true",
                    "If-Match:                          # true",
                    "If-None-Match: x                   # false",
                    "If-Modified-Since: x               # false",
                    "Range: y                           # false",
                    "Accept: x                          # false",
                })
        void conditions_for_the_origin_only_are_forwarded(String request, boolean forwarded) {
            assertThat(Preconditions.forwarded(parsed(request))).isEqualTo(forwarded);
        }

        @Test
        void a_request_of_the_cache_itself_has_none_of_the_conditions_that_it_can_answer() {
            HttpHeaders request = fields(
                    "IF-NONE-MATCH", "x", "If-Modified-Since", "y", "Accept", "a", "Range", "b", "If-Match", "c");
            assertThat(Preconditions.conditional(request)).isTrue();
            HttpHeaders left = Preconditions.unconditional(request);
            assertThat(left).isEqualTo(fields("Accept", "a", "Range", "b", "If-Match", "c"));
            assertThat(Preconditions.conditional(left)).isFalse();
            assertThat(Preconditions.unconditional(left)).isSameAs(left);
        }

        private static HttpHeaders parsed(String request) {
            String[] parts = request.split(" ?\\| ?|: ?", -1);
            return fields(parts);
        }
    }

    @Nested
    @DisplayName("RFC 9110 §15.4.5 304 Not Modified")
    class Section_15_4_5 {
        @Test
        void it_has_the_fields_that_a_200_would_have_and_no_others() {
            StoredResponse stored = answered(
                    200,
                    1,
                    AT,
                    "AGE",
                    "3",
                    "Cache-Control",
                    "max-age=1",
                    "Content-Location",
                    "/x",
                    "Date",
                    DATE,
                    "ETag",
                    "\"1\"",
                    "Expires",
                    DATE,
                    "VARY",
                    "a",
                    "Vary",
                    "b",
                    "Last-Modified",
                    BEFORE,
                    "Content-Type",
                    "a/b",
                    "Content-Length",
                    "1",
                    "Content-Encoding",
                    "gzip",
                    "Set-Cookie",
                    "c",
                    "X",
                    "y");
            assertThat(headers(stored).map())
                    .containsOnlyKeys("AGE", "Cache-Control", "Content-Location", "Date", "ETag", "Expires", "VARY");
            assertThat(headers(stored).allValues("vary")).isEqualTo(List.of("a", "b"));
        }

        @Test
        void last_modified_is_for_what_has_no_tag() {
            assertThat(headers(answered(200, 1, AT, "Last-Modified", DATE, "Content-Type", "x")))
                    .isEqualTo(fields("Last-Modified", DATE));
        }

        private static HttpHeaders headers(StoredResponse stored) {
            Preconditions.Answer answer = Preconditions.evaluate(fields("If-None-Match", "*"), stored);
            return ((Preconditions.NotModified) answer).headers();
        }
    }

    private static String dated(String word) {
        return word.replace("BEFORE", BEFORE).replace("DATE", DATE).replace("AFTER", AFTER);
    }

    private static boolean notModified(HttpHeaders request, StoredResponse stored) {
        return switch (Preconditions.evaluate(request, stored)) {
            case Preconditions.Full full -> false;
            case Preconditions.NotModified answer -> true;
        };
    }
}
