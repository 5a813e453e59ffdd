package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListFieldTest {
    @Nested
    @DisplayName("RFC 9110 §5.3 a field in several lines")
    class Section_5_3 {
        @Test
        void lines_are_one_list_in_their_order() {
            List<String> lines = List.of("a, b", "", "c", ",d");
            assertThat(ListField.members(lines)).containsExactly("a", "b", "c", "d");
            assertThat(ListField.tokens(lines)).containsExactly("a", "b", "c", "d");
        }

        @Test
        void no_line_has_no_member() {
            assertThat(ListField.members(List.of())).isEmpty();
            assertThat(ListField.tokens(List.of())).isEmpty();
        }
    }

    @Nested
    @DisplayName("RFC 9110 §5.6.1 lists")
    class Section_5_6_1 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "''            # ''",
                    "','           # ''",
                    "' , ,, '      # ''",
                    "a             # a",
                    "' a ,\tb , '  # a|b",
                    "',a,,b,'      # a|b",
                    "a b,c         # a b|c",
                    "a\\,b         # a\\|b",
                    "a;q=0.1, b=c  # a;q=0.1|b=c",
                })
        void empty_members_and_white_space_round_members_do_not_count(String line, String members) {
            assertThat(String.join("|", ListField.members(List.of(line)))).isEqualTo(members);
            assertThat(String.join("|", ListField.tokens(List.of(line)))).isEqualTo(members);
        }
    }

    @Nested
    @DisplayName("RFC 9110 §5.6.4 quoted strings")
    class Section_5_6_4 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                quoteCharacter = '`',
                value = {
                    "a=\"b, c\", d         # a=\"b, c\"|d",
                    "a=\"b  ,c\"           # a=\"b  ,c\"",
                    "\"a,b\",\"c,d\"       # \"a,b\"|\"c,d\"",
                    "a=\"\", b             # a=\"\"|b",
                    "a=\"\\\"\", b         # a=\"\\\"\"|b",
                    "a=\"\\\\\", b         # a=\"\\\\\"|b",
                    "a=\"\\,\", b          # a=\"\\,\"|b",
                    "a=\"b\"c\",d\", e     # a=\"b\"c\",d\"|e",
                    "a, b=\"c, d           # a|b=\"c, d",
                    "a, \"                 # a|\"",
                    "a=\"b\\               # a=\"b\\",
                    "a=\"b\\\", c          # a=\"b\\\", c",
                })
        void a_comma_within_quotation_marks_parts_nothing(String line, String members) {
            assertThat(String.join("|", ListField.members(List.of(line)))).isEqualTo(members);
        }

        @Test
        void one_that_is_not_closed_ends_with_its_line() {
            assertThat(ListField.members(List.of("a=\"b, c", "no-store", "\"")))
                    .containsExactly("a=\"b, c", "no-store", "\"");
        }

        @Test
        void a_list_of_tokens_has_none() {
            assertThat(ListField.tokens(List.of("\"x, Accept", "y\"", "\"a,b\"")))
                    .containsExactly("\"x", "Accept", "y\"", "\"a", "b\"");
        }
    }
}
