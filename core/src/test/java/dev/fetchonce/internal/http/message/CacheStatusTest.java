package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.CacheStatus.Sign.COLLAPSED;
import static dev.fetchonce.internal.http.message.CacheStatus.Sign.STORED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Cache-Status field (RFC 9211). */
class CacheStatusTest {
    @Nested
    @DisplayName("RFC 9211 §2 the Cache-Status field")
    class Section_2 {
        @Test
        void a_hit() {
            assertThat(CacheStatus.hit("Fetchonce").text()).isEqualTo("Fetchonce; hit");
            assertThat(CacheStatus.hit("Fetchonce").ttl(30).text()).isEqualTo("Fetchonce; hit; ttl=30");
            assertThat(CacheStatus.hit("Fetchonce")
                            .ttl(-412)
                            .detail("stale-if-error")
                            .text())
                    .isEqualTo("Fetchonce; hit; ttl=-412; detail=stale-if-error");
        }

        @Test
        void what_went_forward() {
            assertThat(CacheStatus.forwarded("C", ForwardReason.STALE, COLLAPSED, STORED)
                            .status(304)
                            .ttl(376)
                            .detail("so")
                            .text())
                    .isEqualTo("C; fwd=stale; fwd-status=304; stored; collapsed; ttl=376; detail=so");
            assertThat(CacheStatus.forwarded("C", ForwardReason.URI_MISS).text())
                    .isEqualTo("C; fwd=uri-miss");
            assertThat(CacheStatus.forwarded("C", ForwardReason.MISS, COLLAPSED).text())
                    .isEqualTo("C; fwd=miss; collapsed");
        }

        @Test
        void the_last_word_counts() {
            assertThat(CacheStatus.hit("C")
                            .ttl(1)
                            .ttl(2)
                            .detail("a")
                            .detail("b")
                            .text())
                    .isEqualTo("C; hit; ttl=2; detail=b");
            assertThat(CacheStatus.hit("C").detail("a").detail("")).isEqualTo(CacheStatus.hit("C"));
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    "ExampleCache    # ExampleCache",
                    "*a:/1.2-3_%     # *a:/1.2-3_%",
                    "Two words       # \"Two words\"",
                    "1st             # \"1st\"",
                    "-a              # \"-a\"",
                    "a;b             # \"a;b\"",
                    "a,b             # \"a,b\"",
                    "a=b             # \"a=b\"",
                    "a\"b\\c         # \"a\\\"b\\\\c\"",
                    "[::1]           # \"[::1]\"",
                })
        void a_name_is_a_token_or_else_a_string(String name, String word) {
            assertThat(CacheStatus.hit(name).text()).isEqualTo(word + "; hit");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\t", "a\nb", "caf\u00e9", "\u007f", "a\u0000"})
        void a_name_is_printable_ascii(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CacheStatus.hit(name))
                    .withMessage("the name of a cache must be printable ASCII, and not blank");
        }

        @Test
        void a_new_member_comes_last_and_what_came_stays_as_it_is() {
            CacheStatus mine = CacheStatus.hit("Mine");
            assertThat(mine.appended(List.of())).isEqualTo("Mine; hit");
            assertThat(mine.appended(List.of("Up;  hit", " ", "\"Near, by\"; fwd=miss, Other")))
                    .isEqualTo("Up;  hit, \"Near, by\"; fwd=miss, Other, Mine; hit");
        }
    }

    @Nested
    @DisplayName("RFC 9211 §2.2 fwd")
    class Section_2_2 {
        @Test
        void all_reasons_have_their_words() {
            assertThat(Arrays.stream(ForwardReason.values())
                            .map(ForwardReason::token)
                            .collect(Collectors.joining(" ")))
                    .isEqualTo("bypass method uri-miss vary-miss miss request stale partial");
        }
    }

    @Nested
    @DisplayName("RFC 9211 §2.4 ttl and §2.8 detail")
    class Section_2_4 {
        @ParameterizedTest
        @CsvSource({
            "0, 0",
            "999999999999999, 999999999999999",
            "1000000000000000, 999999999999999",
            "9223372036854775807, 999999999999999",
            "-9223372036854775808, -999999999999999",
        })
        void a_number_fits_into_a_field(long seconds, String ttl) {
            assertThat(CacheStatus.hit("C").ttl(seconds).text()).isEqualTo("C; hit; ttl=" + ttl);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    "gate                # gate",
                    "two words           # \"two words\"",
                    "caf\u00e9           # \"caf?\"",
                    "`a\r\nX: 1`         # \"a??X: 1\"",
                    "\ud83d\ude00        # \"??\"",
                })
        void a_detail_is_whatever_it_is(String detail, String word) {
            assertThat(CacheStatus.hit("C").detail(detail).text()).isEqualTo("C; hit; detail=" + word);
        }
    }
}
