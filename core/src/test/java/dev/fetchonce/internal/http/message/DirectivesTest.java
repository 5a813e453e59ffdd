package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectivesTest {
    @Nested
    @DisplayName("RFC 9111 §5.2 Cache-Control")
    class Section_5_2 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "``                                   # ``",
                    "` , ,`                               # ``",
                    "no-store                             # no-store",
                    "NO-Store                             # no-store",
                    "no-store,no-cache                    # no-store|no-cache",
                    "`  no-store\t ,,  no-cache ,`        # no-store|no-cache",
                    "max-age=5                            # max-age<5>",
                    "Max-Age=5                            # max-age<5>",
                    "max-age=\"5\"                        # max-age<5>",
                    "max-age = 5                          # max-age<5>",
                    "`max-age\t=\t\"5\"`                  # max-age<5>",
                    "max-age='5'                          # max-age<'5'>",
                    "max-age=                             # max-age<>",
                    "max-age=\"\"                         # max-age<>",
                    "max-age=5=6                          # max-age<>",
                    "max-age=5;x                          # max-age<>",
                    "max-age=1, max-age=2                 # max-age<1>|max-age<2>",
                    "a=B                                  # a<B>",
                    "a=\"B, c=d\", e                      # a<B, c=d>|e",
                    "a=\"\\B\\\"\\\\\"                    # a<B\"\\>",
                    "a=\"b\"c                             # ``",
                    "a=\"b\" \"c\"                        # ``",
                    "a=\"b, no-store                      # no-store",
                    "a=\"b\\                              # ``",
                    "a=b\"c                               # ``",
                    "=5, a                                # a",
                    "` = , a`                             # a",
                    "no-store max-age=1                   # no-store|max-age<>",
                    "no-store; max-age=1                  # no-store|max-age<>",
                    "max-age=9, public; max-age=1         # max-age<>|max-age<9>",
                    "public; immutable; foo               # ``",
                    "must-understand; foo                 # no-store",
                    "min-fresh 5                          # max-age<>",
                })
        void directives_are_read_whatever_their_case_and_spacing(String line, String expected) {
            assertThat(shown(Directives.parse(List.of(line)))).isEqualTo(expected);
        }

        @Test
        void any_number_of_lines_is_one_field() {
            assertThat(shown(Directives.parse(List.of("a=1, b", "", "c=\"d", "no-store"))))
                    .isEqualTo("a<1>|b|no-store");
            assertThat(Directives.parse(List.of()).all()).isEmpty();
        }

        @Test
        void text_in_a_quoted_string_is_no_directive() {
            Directives directives = Directives.parse(List.of("extension=\"max-age=3600, no-store\", max-age=1"));
            assertThat(directives.has("no-store")).isFalse();
            assertThat(directives.seconds("max-age")).hasValue(1);
        }

        @Test
        void every_character_of_one_byte_may_come_anywhere() {
            for (char c = 0; c < 256; c++) {
                for (String line : List.of("a" + c + "b", "a=" + c, "a=\"" + c + "\"", c + "=" + c, "a=\"\\" + c)) {
                    assertThat(Directives.parse(List.of(line)).all()).hasSizeLessThanOrEqualTo(2);
                }
            }
        }
    }

    private static String shown(Directives directives) {
        return directives.all().stream()
                .map(d -> d.argument() == null ? d.name() : d.name() + '<' + d.argument() + '>')
                .collect(Collectors.joining("|"));
    }
}
