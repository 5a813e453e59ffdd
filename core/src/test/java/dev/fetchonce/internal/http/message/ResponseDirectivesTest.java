package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseDirectivesTest {
    @Test
    void a_response_that_says_nothing_has_no_directives() {
        ResponseDirectives nothing = new ResponseDirectives(
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                new FieldScope.None(),
                new FieldScope.None(),
                false,
                false,
                false,
                false,
                false,
                OptionalLong.empty(),
                OptionalLong.empty(),
                false);
        assertThat(ResponseDirectives.of(fields(), List.of())).isEqualTo(nothing);
        for (String line : List.of("", ",", "x", "x=1, y=\"max-age=1\"", "no-transform")) {
            assertThat(cacheControl(line)).as(line).isEqualTo(nothing);
        }
        assertThat(ResponseDirectives.of(fields("Pragma", "no-cache"), List.of()))
                .as("RFC 9111 §5.4: Pragma has no meaning in a response")
                .isEqualTo(nothing);
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.1 duplicates, conflicts and nonsense")
    class Section_4_2_1 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "max-age=5, max-age=6          # 5",
                    "max-age=6, max-age=5          # 6",
                    "max-age=x, max-age=6          # 0",
                    "max-age=6, max-age=x          # 6",
                    "max-age=6, MAX-AGE=0          # 6",
                    "max-age, max-age=6            # 0",
                })
        void of_a_lifetime_given_twice_the_first_counts(String line, long expected) {
            assertThat(cacheControl(line).maxAge()).hasValue(expected);
            String shared = line.replace("max-age", "s-maxage");
            assertThat(cacheControl(shared).sMaxage()).hasValue(line.contains("MAX-AGE") ? 6 : expected);
            assertThat(cacheControl(line.split(",")).maxAge()).hasValue(expected);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "max-age",
                    "max-age=",
                    "max-age=\"\"",
                    "max-age=-1",
                    "max-age=+5",
                    "max-age=5.0",
                    "max-age=5.5",
                    "max-age=a5",
                    "max-age=5a",
                    "max-age='5'",
                    "max-age=5 6",
                    "max-age=5;x",
                    "max-age=\"5",
                    "max-age=\"5\"6",
                    "max-age=\" 5\"",
                    "max-age=soon",
                    "max-age=\"-5\"",
                    "max-age=5=5"
                })
        void a_lifetime_that_makes_no_sense_is_over(String line) {
            assertThat(cacheControl(line).maxAge()).hasValue(0);
            ResponseDirectives shared = cacheControl(line.replace("max-age", "s-maxage"));
            assertThat(shared.sMaxage()).hasValue(0);
            assertThat(shared.maxAge()).isEmpty();
        }

        @Test
        void directives_that_conflict_all_count() {
            ResponseDirectives both = cacheControl("max-age=5, no-cache, public, private, no-store, immutable");
            assertThat(both.maxAge()).hasValue(5);
            assertThat(both.noCache()).isEqualTo(new FieldScope.Whole());
            assertThat(both.isPrivate()).isEqualTo(new FieldScope.Whole());
            assertThat(both.isPublic()).isTrue();
            assertThat(both.noStore()).isTrue();
            assertThat(both.immutable()).isTrue();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.2 response directives")
    class Section_5_2_2 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "max-age=0                     # 0",
                    "max-age=3600                  # 3600",
                    "max-age=\"3600\"              # 3600",
                    "max-age=\"36\\00\"            # 3600",
                    "max-age=003600                # 3600",
                    "max-age=2147483648            # 2147483648",
                    "max-age=99999999999999999999  # 2147483648",
                    "MaX-aGe=3600                  # 3600",
                    "` max-age = 3600 `            # 3600",
                    "x=\"max-age=1\", max-age=7    # 7",
                    "x=\"a, max-age=1\", max-age=7 # 7",
                    "max-age=7, x=\"max-age=1\"    # 7",
                    "x-max-age=1, max-age=7        # 7",
                })
        void max_age_and_s_maxage_are_seconds_5_2_2_1_and_5_2_2_10(String line, long expected) {
            assertThat(cacheControl(line).maxAge()).hasValue(expected);
            assertThat(cacheControl(line).sMaxage()).isEmpty();
            String shared = line.replaceAll("(?i)(?<!x-)(?<!x=\"a, )(?<!x=\")max-age", "S-MaxAge");
            assertThat(cacheControl(shared).sMaxage()).hasValue(expected);
            assertThat(cacheControl(shared).maxAge()).isEmpty();
        }

        @Test
        void those_without_an_argument_are_there_or_not_and_an_argument_changes_nothing() {
            flag("must-revalidate", ResponseDirectives::mustRevalidate); // 5.2.2.2
            flag("must-understand", ResponseDirectives::mustUnderstand); // 5.2.2.3
            flag("no-store", ResponseDirectives::noStore); // 5.2.2.5
            flag("proxy-revalidate", ResponseDirectives::proxyRevalidate); // 5.2.2.8
            flag("public", ResponseDirectives::isPublic); // 5.2.2.9
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "x                                     # -",
                    "no-cache                              # *",
                    "NO-CACHE                              # *",
                    "no-cache=\"Set-Cookie\"               # set-cookie",
                    "no-cache=Set-Cookie                   # set-cookie",
                    "no-cache=\"a, B ,c,, \"               # a b c",
                    "no-cache = \"a\"                      # a",
                    "no-cache=\"a\", no-cache=\"b\"        # a b",
                    "no-cache=\"a\", no-cache              # *",
                    "no-cache, no-cache=\"a\"              # *",
                    "no-cache=                             # *",
                    "no-cache=\"\"                         # *",
                    "no-cache=\" , \"                      # *",
                    "no-cache=\"a b\"                      # *",
                    "no-cache=\"a, b:c\"                   # *",
                    "no-cache=\"a                          # *",
                    "no-cache=\"a\"b                       # *",
                    "no-cache=\"\\\"a\\\"\"                # *",
                    "no-cache=\"\u00e4\"                   # *",
                    "no-cache=\"a\", no-cache=\"b c\"      # *",
                    "x=\"no-cache\"                        # -",
                    "x=\"a, no-cache, b\"                  # -",
                })
        void no_cache_and_private_are_for_all_or_for_some_fields_5_2_2_4_and_5_2_2_7(String line, String expected) {
            FieldScope scope = switch (expected) {
                case "-" -> new FieldScope.None();
                case "*" -> new FieldScope.Whole();
                default -> new FieldScope.Fields(Set.of(expected.split(" ")));
            };
            assertThat(cacheControl(line).noCache()).isEqualTo(scope);
            assertThat(cacheControl(line).isPrivate()).isEqualTo(new FieldScope.None());
            String other = line.replaceAll("(?i)no-cache", "Private");
            assertThat(cacheControl(other).isPrivate()).isEqualTo(scope);
            assertThat(cacheControl(other).noCache()).isEqualTo(new FieldScope.None());
        }

        @Test
        void fields_without_a_name_are_no_scope_and_names_cannot_be_changed() {
            Set<String> none = Set.of();
            assertThatThrownBy(() -> new FieldScope.Fields(none)).isInstanceOf(IllegalArgumentException.class);
            FieldScope.Fields fields = new FieldScope.Fields(Set.of("a"));
            assertThatThrownBy(() -> fields.names().add("b")).isInstanceOf(UnsupportedOperationException.class);
        }

        @Test
        void every_line_of_the_field_counts() {
            ResponseDirectives all = cacheControl("max-age=5", "", "PUBLIC", "stale-if-error=\"7\", no-store");
            assertThat(all.maxAge()).hasValue(5);
            assertThat(all.isPublic()).isTrue();
            assertThat(all.staleIfError()).hasValue(7);
            assertThat(all.noStore()).isTrue();
        }

        @Test
        void a_quoted_string_that_is_not_closed_hides_nothing_in_other_lines() {
            assertThat(cacheControl("x=\"y", "no-store").noStore()).isTrue();
            assertThat(cacheControl("private=\"y", "no-store").isPrivate()).isEqualTo(new FieldScope.Whole());
        }
    }

    @Nested
    @DisplayName("RFC 5861 §3 and §4 stale-while-revalidate and stale-if-error")
    class Rfc_5861 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "stale-while-revalidate=0         # 0",
                    "stale-while-revalidate=60        # 60",
                    "Stale-While-Revalidate=\"60\"    # 60",
                    "stale-while-revalidate=4294967296 # 2147483648",
                    "stale-while-revalidate=1, stale-while-revalidate=2 # 1",
                })
        void they_are_seconds(String line, long expected) {
            assertThat(cacheControl(line).staleWhileRevalidate()).hasValue(expected);
            assertThat(cacheControl(line).staleIfError()).isEmpty();
            String other = line.replaceAll("(?i)stale-while-revalidate", "stale-if-error");
            assertThat(cacheControl(other).staleIfError()).hasValue(expected);
            assertThat(cacheControl(other).staleWhileRevalidate()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "=", "=\"\"", "=-1", "=1.5", "=x", "='1'", "=\"1", "=x, stale-if-error=5"})
        void one_that_makes_no_sense_allows_nothing(String argument) {
            assertThat(cacheControl("stale-while-revalidate" + argument).staleWhileRevalidate())
                    .isEmpty();
            assertThat(cacheControl("stale-if-error" + argument).staleIfError()).isEmpty();
        }
    }

    @Test
    @DisplayName("RFC 8246 §2 immutable: an argument or a repetition has no meaning")
    void immutable_is_there_or_not() {
        flag("immutable", ResponseDirectives::immutable);
    }

    private static void flag(String name, Predicate<ResponseDirectives> is) {
        String upper = name.toUpperCase(java.util.Locale.ROOT);
        for (String line : List.of(
                name,
                upper,
                " \t" + name + " ,",
                "a=b," + name,
                name + "," + name,
                name + "=\"x\"",
                name + "=0",
                "x=\"y, z\"," + name)) {
            assertThat(is.test(cacheControl(line))).as(line).isTrue();
        }
        for (String line : List.of(
                "x-" + name, name + "x", "x=" + name, "x=\"" + name + "\"", "x=\"y, " + name + "\"", "max-age=0")) {
            assertThat(is.test(cacheControl(line))).as(line).isFalse();
        }
    }

    private static ResponseDirectives cacheControl(String... lines) {
        String[] namesAndValues = new String[lines.length * 2];
        for (int i = 0; i < lines.length; i++) {
            namesAndValues[2 * i] = i % 2 == 0 ? "Cache-Control" : "cache-control";
            namesAndValues[2 * i + 1] = lines[i];
        }
        return ResponseDirectives.of(fields(namesAndValues), List.of());
    }
}
