package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestDirectivesTest {
    @Test
    void a_request_that_says_nothing_asks_for_nothing() {
        assertThat(RequestDirectives.of(fields())).isSameAs(RequestDirectives.NONE);
        assertThat(RequestDirectives.of(fields("Accept", "a"))).isSameAs(RequestDirectives.NONE);
        for (String line : List.of("", ",", "x", "no-transform", "x=\"no-store, max-age=0\"", "public, private")) {
            assertThat(cacheControl(line)).as(line).isEqualTo(RequestDirectives.NONE);
        }
        assertThat(RequestDirectives.NONE.noCache()).isFalse();
        assertThat(RequestDirectives.NONE.maxAge()).isEmpty();
    }

    @Nested
    @DisplayName("RFC 9111 §5.2.1 request directives")
    class Section_5_2_1 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "NAME=0                    # 0",
                    "NAME=60                   # 60",
                    "NAME=\"60\"               # 60",
                    "NAME = 60                 # 60",
                    "NAME=0060                 # 60",
                    "NAME=2147483648           # 2147483648",
                    "NAME=99999999999999999999 # 2147483648",
                    "x, NAME=1, NAME=2         # 1",
                })
        void the_numbers_are_seconds(String line, long expected) {
            seconds(line, "Max-Age", RequestDirectives::maxAge, OptionalLong.of(expected)); // 5.2.1.1
            seconds(line, "max-stale", RequestDirectives::maxStale, OptionalLong.of(expected)); // 5.2.1.2
            seconds(line, "Min-Fresh", RequestDirectives::minFresh, OptionalLong.of(expected)); // 5.2.1.3
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "NAME=",
                    "NAME=\"\"",
                    "NAME=-1",
                    "NAME=+1",
                    "NAME=1.0",
                    "NAME=x",
                    "NAME='1'",
                    "NAME=\"1",
                    "NAME=1;x"
                })
        void a_number_that_makes_no_sense_never_makes_more_reusable(String line) {
            seconds(line, "max-age", RequestDirectives::maxAge, OptionalLong.of(0));
            seconds(line, "max-stale", RequestDirectives::maxStale, OptionalLong.empty());
            seconds(line, "min-fresh", RequestDirectives::minFresh, OptionalLong.empty());
        }

        @Test
        void max_stale_without_a_number_has_no_limit_5_2_1_2() {
            assertThat(cacheControl("max-stale").maxStale()).hasValue(DeltaSeconds.MAXIMUM);
            assertThat(cacheControl("max-stale, max-stale=5").maxStale()).hasValue(DeltaSeconds.MAXIMUM);
            assertThat(cacheControl("max-stale=5, max-stale").maxStale()).hasValue(5);
            assertThat(cacheControl("max-stale=x, max-stale").maxStale()).isEmpty();
        }

        @Test
        void the_others_without_a_number_make_no_sense() {
            assertThat(cacheControl("max-age").maxAge()).hasValue(0);
            assertThat(cacheControl("min-fresh").minFresh()).isEmpty();
        }

        @Test
        void those_without_an_argument_are_there_or_not() {
            flag("no-cache", RequestDirectives::noCache); // 5.2.1.4
            flag("no-store", RequestDirectives::noStore); // 5.2.1.5
            flag("only-if-cached", RequestDirectives::onlyIfCached); // 5.2.1.7
        }

        @Test
        void every_line_of_the_field_counts() {
            RequestDirectives all = RequestDirectives.of(
                    fields("Cache-Control", "max-age=1", "cache-control", "no-store", "CACHE-CONTROL", "min-fresh=2"));
            assertThat(all.maxAge()).hasValue(1);
            assertThat(all.noStore()).isTrue();
            assertThat(all.minFresh()).hasValue(2);
        }
    }

    @Nested
    @DisplayName("RFC 5861 §4 stale-if-error in a request")
    class Rfc_5861 {
        @Test
        void it_is_seconds_or_nothing() {
            assertThat(cacheControl("stale-if-error=60").staleIfError()).hasValue(60);
            assertThat(cacheControl("Stale-If-Error=\"60\"").staleIfError()).hasValue(60);
            for (String argument : List.of("", "=", "=x", "=-1")) {
                assertThat(cacheControl("stale-if-error" + argument).staleIfError())
                        .isEmpty();
            }
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.4 Pragma")
    class Section_5_4 {
        @ParameterizedTest
        @ValueSource(strings = {"no-cache", "No-Cache", " no-cache ", "x, no-cache", "x=\"y, z\",no-cache"})
        void no_cache_counts_where_there_is_no_cache_control(String line) {
            assertThat(RequestDirectives.of(fields("pragma", line))).isEqualTo(cacheControl("no-cache"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "no-store", "max-age=0", "x=no-cache", "x=\"a, no-cache\""})
        void nothing_else_counts(String line) {
            assertThat(RequestDirectives.of(fields("Pragma", line))).isSameAs(RequestDirectives.NONE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", "max-age=60", "max-stale"})
        void any_cache_control_at_all_makes_it_meaningless(String line) {
            assertThat(RequestDirectives.of(fields("Pragma", "no-cache", "Cache-Control", line)))
                    .isEqualTo(cacheControl(line));
        }
    }

    private static void seconds(
            String line, String name, Function<RequestDirectives, OptionalLong> number, OptionalLong expected) {
        assertThat(number.apply(cacheControl(line.replace("NAME", name))))
                .as(name)
                .isEqualTo(expected);
    }

    private static void flag(String name, Predicate<RequestDirectives> is) {
        for (String line : List.of(name, name.toUpperCase(java.util.Locale.ROOT), " x ,\t" + name, name + "=\"x\"")) {
            assertThat(is.test(cacheControl(line))).as(line).isTrue();
        }
        for (String line : List.of("x=" + name, "x=\"a, " + name + "\"", name + "x", "max-age=0")) {
            assertThat(is.test(cacheControl(line))).as(line).isFalse();
        }
    }

    private static RequestDirectives cacheControl(String line) {
        return RequestDirectives.of(fields("Cache-Control", line));
    }
}
