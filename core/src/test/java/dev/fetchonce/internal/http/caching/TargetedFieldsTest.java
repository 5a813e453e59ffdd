package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.FieldScope;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetedFieldsTest {
    private static final List<String> TARGETS = List.of("Example-Cache-Control", "CDN-Cache-Control");

    @Nested
    @DisplayName("RFC 9213 §2.1 syntax")
    class Section_2_1 {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "max-age=60,",
                    "max-age =60",
                    "max-age= 60",
                    "MAX-AGE=60",
                    "max-age=60, &&&&&",
                    "max-age=60; no-store=",
                    "private=\"a",
                    "max-age=1000000000000000",
                    "max-age=\u00e4",
                    "max-age=60,,no-store",
                })
        void a_field_that_is_empty_or_no_dictionary_is_ignored(String line) {
            HttpHeaders response = fields("CDN-Cache-Control", line, "Cache-Control", "max-age=5");
            ResponseDirectives directives = ResponseDirectives.of(response, TARGETS);
            assertThat(directives).isEqualTo(ResponseDirectives.of(fields("Cache-Control", "max-age=5"), List.of()));
            assertThat(directives.targeted()).isFalse();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "max-age=60              # 60",
                    "max-age=0               # 0",
                    "max-age=99999999999     # 2147483648",
                    "max-age=999999999999999 # 2147483648",
                    "max-age=60;x=y          # 60",
                    "max-age=60, max-age=7   # 7",
                    "max-age=-1              # 0",
                    "max-age=60.0            # 0",
                    "max-age=60.5            # 0",
                    "max-age=\"60\"          # 0",
                    "max-age=a60             # 0",
                    "max-age                 # 0",
                    "max-age=?1              # 0",
                    "max-age=(60)            # 0",
                    "max-age=:NjA=:          # 0",
                    "max-age=@60             # 0",
                })
        void only_an_integer_is_a_number_of_seconds(String line, long expected) {
            assertThat(targeted(line).maxAge()).hasValue(expected);
            assertThat(targeted(line.replace("max-age", "s-maxage")).sMaxage()).hasValue(expected);
        }

        @Test
        void a_window_that_is_no_integer_is_none() {
            assertThat(targeted("stale-if-error=5, stale-while-revalidate=6").staleIfError())
                    .hasValue(5);
            assertThat(targeted("stale-if-error=5, stale-while-revalidate=6").staleWhileRevalidate())
                    .hasValue(6);
            assertThat(targeted("stale-if-error=\"5\"").staleIfError()).isEmpty();
            assertThat(targeted("stale-while-revalidate=5.0").staleWhileRevalidate())
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "max-age=1             # -",
                    "private               # *",
                    "private=?1            # *",
                    "private=?0            # -",
                    "private=\"a, B\"      # a b",
                    "private=a             # a",
                    "private=\"\"          # *",
                    "private=\"5\"         # *",
                    "private=5             # 5",
                    "private=(\"a\" \"b\") # *",
                    "private=1.5           # *",
                    "private, private=\"a\" # a",
                    "private=\"a\", private # *",
                })
        void a_string_names_fields(String line, String expected) {
            FieldScope scope = switch (expected) {
                case "-" -> new FieldScope.None();
                case "*" -> new FieldScope.Whole();
                default -> new FieldScope.Fields(Set.of(expected.split(" ")));
            };
            assertThat(targeted(line).isPrivate()).isEqualTo(scope);
            assertThat(targeted(line.replace("private", "no-cache")).noCache()).isEqualTo(scope);
        }

        @Test
        void true_is_a_directive_without_an_argument_and_false_is_none() {
            ResponseDirectives all =
                    targeted("no-store, must-revalidate=?1, public;x, immutable, must-understand, proxy-revalidate");
            assertThat(all.noStore()).isTrue();
            assertThat(all.mustRevalidate()).isTrue();
            assertThat(all.isPublic()).isTrue();
            assertThat(all.immutable()).isTrue();
            assertThat(all.mustUnderstand()).isTrue();
            assertThat(all.proxyRevalidate()).isTrue();
            assertThat(targeted("no-store=?0").noStore()).isFalse();
            assertThat(targeted("no-store=1").noStore())
                    .as("the more restrictive reading")
                    .isTrue();
        }
    }

    @Nested
    @DisplayName("RFC 9213 §2.2 cache behavior")
    class Section_2_2 {
        @Test
        void the_first_valid_field_of_the_list_counts_alone() {
            HttpHeaders response = fields(
                    "CDN-Cache-Control", "max-age=2, private",
                    "Example-Cache-Control", "max-age=1",
                    "Cache-Control", "no-store");
            ResponseDirectives directives = ResponseDirectives.of(response, TARGETS);
            assertThat(directives.maxAge()).hasValue(1);
            assertThat(directives.isPrivate()).isEqualTo(new FieldScope.None());
            assertThat(directives.noStore()).isFalse();
            assertThat(directives.targeted()).isTrue();
            assertThat(ResponseDirectives.of(response, TARGETS.reversed()).maxAge())
                    .hasValue(2);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "max-age=1,"})
        void the_next_one_counts_where_it_is_empty_or_invalid(String line) {
            HttpHeaders response = fields(
                    "Example-Cache-Control", line, "CDN-Cache-Control", "max-age=2", "Cache-Control", "max-age=3");
            assertThat(ResponseDirectives.of(response, TARGETS).maxAge()).hasValue(2);
        }

        @Test
        void one_without_a_known_directive_counts_too() {
            HttpHeaders response = fields("CDN-Cache-Control", "none", "Cache-Control", "no-store");
            assertThat(ResponseDirectives.of(response, TARGETS).noStore()).isFalse();
            assertThat(ResponseDirectives.of(response, TARGETS).targeted()).isTrue();
        }

        @Test
        void a_field_that_is_not_on_the_list_changes_nothing() {
            HttpHeaders response = fields("CDN-Cache-Control", "no-store", "Cache-Control", "max-age=3");
            ResponseDirectives directives = ResponseDirectives.of(response, List.of("Example-Cache-Control"));
            assertThat(directives.noStore()).isFalse();
            assertThat(directives.maxAge()).hasValue(3);
            assertThat(directives.targeted()).isFalse();
        }

        @Test
        void several_lines_are_one_dictionary() {
            HttpHeaders response = fields("CDN-Cache-Control", "max-age=2", "cdn-cache-control", "private");
            ResponseDirectives directives = ResponseDirectives.of(response, TARGETS);
            assertThat(directives.maxAge()).hasValue(2);
            assertThat(directives.isPrivate()).isEqualTo(new FieldScope.Whole());
        }
    }

    private static ResponseDirectives targeted(String line) {
        ResponseDirectives directives = ResponseDirectives.of(fields("CDN-Cache-Control", line), TARGETS);
        assertThat(directives.targeted()).isTrue();
        return directives;
    }
}
