package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.TargetUri;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The invalidation of stored responses by an unsafe request (RFC 9111 §4.4). */
class InvalidationTest {
    private static final TargetUri TARGET = TargetUri.parse("http://h/a/b?q");

    @Nested
    @DisplayName("RFC 9111 §4.4 invalidating stored responses")
    class Section_4_4 {
        @ParameterizedTest
        @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
        void a_safe_method_invalidates_nothing(String method) {
            assertThat(Invalidation.safe(method)).isTrue();
            assertThat(Invalidation.of(method, TARGET, 200, fields("Location", "/x")))
                    .isEmpty();
            assertThat(Invalidation.unanswered(method, TARGET)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "MKCOL", "PROPFIND", "get", "query", "X", ""})
        void any_other_invalidates_its_target(String method) {
            assertThat(Invalidation.safe(method)).isFalse();
            assertThat(Invalidation.of(method, TARGET, 204, fields())).containsExactly(TARGET);
            assertThat(Invalidation.unanswered(method, TARGET)).containsExactly(TARGET);
        }

        @ParameterizedTest
        @CsvSource({
            "100, false", "199, false", "200, true", "201, true", "204, true", "299, true", "301, true", "303, true",
            "304, true", "399, true", "400, false", "404, false", "412, false", "500, false", "503, false",
                    "600, false",
        })
        void only_an_answer_that_is_no_error_does(int status, boolean invalidates) {
            assertThat(Invalidation.of("POST", TARGET, status, fields("Location", "/x")))
                    .hasSize(invalidates ? 2 : 0);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "/x                    # http://h/x",
                    "x                     # http://h/a/x",
                    "../x?y                # http://h/x?y",
                    "?z                    # http://h/a/b?z",
                    "''                    # ''",
                    "'#f'                  # ''",
                    "' /x '                # http://h/x",
                    "http://h/x            # http://h/x",
                    "HTTP://H:80/x         # http://h/x",
                    "//h/x                 # http://h/x",
                    "http://h:81/x         # ''",
                    "https://h/x           # ''",
                    "http://other/x        # ''",
                    "//other/x             # ''",
                    "http://h.other/x      # ''",
                    "http://other@h/x      # ''",
                    "http://h@other/x      # ''",
                    "ftp://h/x             # ''",
                    "http://               # ''",
                    "http://h:99999/x      # ''",
                    "'/x\\y'               # ''",
                })
        void so_it_does_what_location_and_content_location_name_on_the_same_origin(String reference, String other) {
            String expected = other.isEmpty() ? TARGET.text() : TARGET.text() + " " + other;
            assertThat(invalid("Location", reference)).isEqualTo(expected);
            assertThat(invalid("content-location", reference)).isEqualTo(expected);
        }

        @Test
        void every_line_of_both_counts_once() {
            assertThat(invalid(
                            "Location",
                            "/1",
                            "Location",
                            "http://other/",
                            "Location",
                            "/2",
                            "Content-Location",
                            "/1",
                            "Content-Location",
                            "/3",
                            "Content-Location",
                            "/a/b?q"))
                    .isEqualTo("http://h/a/b?q http://h/1 http://h/2 http://h/3");
        }

        private static String invalid(String... fields) {
            return Invalidation.of("POST", TARGET, 201, fields(fields)).stream()
                    .map(TargetUri::text)
                    .collect(Collectors.joining(" "));
        }
    }
}
